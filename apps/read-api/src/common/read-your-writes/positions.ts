import { parsePosition, type LogPosition } from '@app/engine';
import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import { badParameter } from '@app/platform';

export const READ_AFTER = 'read-after';
export const READ_PROJECTIONS = 'platform:projections';
const MOST_POSITIONS = 100;

/** Declares which projections a handler (or all of a controller's) reads, for `Read-After`. */
export const Reads = (...projections: readonly string[]): ClassDecorator & MethodDecorator =>
  applyDecorators(
    SetMetadata(READ_PROJECTIONS, projections),
    ApiHeader({
      name: 'Read-After',
      required: false,
      description:
        'Positions (`<topic>/<partition>@<offset>`, comma-separated) that the projections read here must have passed before the answer; 504 after 5 s, 400 where one is far beyond the end of the log.',
    }),
  );

/** Whether a handler is about what serves alone. */
export const WHAT_SERVES = 'platform:what-serves';
/** The same in the OpenAPI document, before it is complete. */
export const WHAT_SERVES_EXTENSION = 'x-what-serves';

/** Declares it for a handler that compares what serves with the log: it answers from no snapshot. */
export const ReadsWhatServes = (...projections: readonly string[]): ClassDecorator & MethodDecorator =>
  applyDecorators(
    Reads(...projections),
    SetMetadata(WHAT_SERVES, true),
    ApiExtension(WHAT_SERVES_EXTENSION, true),
  );

/**
 * The positions of a Read-After header; a header that came several times is one list.
 *
 * @throws {Problem} 400 naming `Read-After`
 */
export function parsePositions(header: string | readonly string[]): LogPosition[] {
  const texts = (typeof header === 'string' ? [header] : header).flatMap((text) => text.split(','));
  if (texts.length > MOST_POSITIONS)
    throw badParameter('Read-After', `has more than ${MOST_POSITIONS} positions`);
  return texts.map((text) => {
    const position = parsePosition(text.trim());
    if (!position)
      throw badParameter('Read-After', 'must be <topic>/<partition>@<offset>, several separated by commas');
    return position;
  });
}

import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { badParameter } from '@app/platform';
import { isStorable } from '../parameters/text';

/** `topic/partition@offset`, as the gateway answers it. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

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

export function formatPosition({ topic, partition, offset }: Position): string {
  return `${topic}/${partition}@${offset}`;
}

/**
 * The positions of a Read-After header; a header that came several times is one list.
 *
 * @throws {Problem} 400 naming `Read-After`
 */
export function parsePositions(header: string | readonly string[]): Position[] {
  const texts = (typeof header === 'string' ? [header] : header).flatMap((text) => text.split(','));
  if (texts.length > MOST_POSITIONS)
    throw badParameter('Read-After', `has more than ${MOST_POSITIONS} positions`);
  return texts.map((text) => {
    const match = /^([\w.-]{1,249})\/(\d{1,9})@(\d{1,16})$/.exec(text.trim());
    const [partition, offset] = [Number(match?.[2]), Number(match?.[3])];
    if (!match || !isStorable(text) || partition > 2_147_483_646 || !Number.isSafeInteger(offset))
      throw badParameter('Read-After', 'must be <topic>/<partition>@<offset>, several separated by commas');
    return { topic: match[1]!, partition, offset };
  });
}

import { badParameter, Problem, PROBLEM_JSON, type FieldProblem } from '@app/platform';
import { applyDecorators, Controller, Param, type PipeTransform } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiParam,
  ApiProperty,
  ApiPropertyOptional,
  ApiQuery,
  ApiResponse,
  ApiTags,
  ApiUnauthorizedResponse,
  type ApiParamOptions,
} from '@nestjs/swagger';
import { isNumberedId, isStorable, isUuid } from '../parameters/text';

export class FieldProblemDto {
  @ApiProperty({ example: 'limit', description: 'A parameter or header, or a path into the body.' })
  path!: string;
  @ApiProperty({ example: 'must be a whole number from 1 to 200' }) message!: string;
}

/** RFC 9457. */
export class ProblemDto {
  @ApiProperty({ example: 'about:blank' }) type!: string;
  @ApiProperty({ example: 'Bad Request' }) title!: string;
  @ApiProperty({ type: 'integer', example: 400 }) status!: number;
  @ApiPropertyOptional() detail?: string;
  @ApiPropertyOptional({ type: [FieldProblemDto] }) problems?: FieldProblemDto[];
}

export const problemContent = { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/ProblemDto' } } };

const WORKSPACE = ApiQuery({
  name: 'workspace',
  required: false,
  schema: { type: 'string' },
  description: 'Only this workspace; needed for a uid that several workspaces have.',
});

/**
 * A controller of the read API: bearer token, `?workspace=`, and the errors that every call may answer.
 *
 * @param about `all workspaces` for what no workspace has for itself
 */
export function ReadController(
  path: string,
  tag: string,
  about: 'a workspace' | 'all workspaces' = 'a workspace',
): ClassDecorator {
  return applyDecorators(
    Controller(path),
    ApiTags(tag),
    ApiBearerAuth(),
    ...(about === 'a workspace' ? [WORKSPACE] : []),
    ApiBadRequestResponse({ description: 'A parameter is invalid.', content: problemContent }),
    ApiUnauthorizedResponse({ description: 'No valid token.', content: problemContent }),
    ApiResponse({ status: 403, description: 'The token does not reach this.', content: problemContent }),
    ApiResponse({ status: 429, description: 'Too many requests.', content: problemContent }),
    ApiResponse({ status: 503, description: 'The database does not answer.', content: problemContent }),
  );
}

/** Says that the uid may be unknown. */
export const UnknownIs404 = (): MethodDecorator =>
  ApiResponse({ status: 404, description: 'The uid is unknown.', content: problemContent });

const uuidPipe = (name: string): PipeTransform<string, string> => ({
  transform(value) {
    if (!isUuid(value)) throw badParameter(name, 'must be a UUID');
    return value.toLowerCase();
  },
});

const numberPipe = (name: string): PipeTransform<string, string> => ({
  transform(value) {
    if (!isNumberedId(value)) throw badParameter(name, 'must be a whole number');
    return value;
  },
});

const LONGEST_UID = 400;

const uidPipe = (name: string, longest: number): PipeTransform<string, string> => ({
  transform(value) {
    if (value === '' || value.length > longest || !isStorable(value))
      throw badParameter(name, `must be a text of 1 to ${longest} characters without U+0000`);
    return value;
  },
});

/** A path parameter and what the OpenAPI document says of it, which Nest takes from the method alone. */
function described(
  name: string,
  schema: Extract<ApiParamOptions, { schema: unknown }>['schema'],
  pipe: PipeTransform<string, string>,
  description?: string,
): ParameterDecorator {
  return (target, method, index) => {
    Param(name, pipe)(target, method, index);
    const descriptor = method && Object.getOwnPropertyDescriptor(target, method);
    if (descriptor)
      ApiParam({ name, schema, ...(description !== undefined && { description }) })(
        target,
        method,
        descriptor,
      );
  };
}

/** A path parameter that is a UUID, lower-cased; 400 naming it otherwise. */
export const UuidParam = (name = 'uid', description?: string): ParameterDecorator =>
  described(name, { type: 'string', format: 'uuid' }, uuidPipe(name), description);

/** A path parameter that is the number of a row, as text; 400 naming it otherwise. */
export const NumberParam = (name = 'id'): ParameterDecorator =>
  described(name, { type: 'string', pattern: '^[1-9]\\d{0,17}$' }, numberPipe(name));

/** A path parameter that is a uid of any form; 400 naming it otherwise. */
export const UidParam = (
  name = 'uid',
  { longest = LONGEST_UID, description }: { longest?: number; description?: string } = {},
): ParameterDecorator =>
  described(name, { type: 'string', minLength: 1, maxLength: longest }, uidPipe(name, longest), description);

/** 409: what is asked for cannot be done as things are. */
export function conflict(detail: string, problems?: readonly FieldProblem[]): Problem {
  return new Problem(409, { detail, ...(problems && { problems }) });
}

export const ConflictIs409 = (description: string): MethodDecorator =>
  ApiResponse({ status: 409, description, content: problemContent });

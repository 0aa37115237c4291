import { Problem, type FieldProblem } from '@app/platform';
import { ApiResponse } from '@nestjs/swagger';
import { problemContent } from './read-controller';

/** 409: what is asked for cannot be done as things are. */
export function conflict(detail: string, problems?: readonly FieldProblem[]): Problem {
  return new Problem(409, { detail, ...(problems && { problems }) });
}

export const ConflictIs409 = (description: string): MethodDecorator =>
  ApiResponse({ status: 409, description, content: problemContent });

import { badParameter, badParameters, type FieldProblem } from '@app/platform';
import { Body, Injectable, Query, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

/** class-validator's errors, flat: one problem per field, nested ones with a dotted path. */
function fieldProblems(errors: readonly ValidationError[], prefix = ''): FieldProblem[] {
  return errors.flatMap((error) => {
    const path = `${prefix}${error.property}`;
    const messages = Object.values(error.constraints ?? {}).map((text) =>
      text.replace(`${error.property} `, ''),
    );
    return [
      ...(messages.length > 0 ? [{ path, message: messages.join(', ') }] : []),
      ...fieldProblems(error.children ?? [], `${path}.`),
    ];
  });
}

/**
 * A query string (names to text, or to lists of text when repeated) as an instance of its class. Parameters
 * that the class does not know are ignored; every one that it knows must have a validator that refuses lists.
 *
 * @throws {Problem} 400 naming each parameter that is invalid or given more than once
 */
export function readQuery<T extends object>(type: new () => T, query: unknown): T {
  const given = { ...(query as Readonly<Record<string, unknown>> | undefined) };
  const instance = plainToInstance(type, given, { exposeDefaultValues: true });
  const problems = fieldProblems(validateSync(instance, { whitelist: true, forbidUnknownValues: false }));
  if (problems.length === 0) return instance;
  throw badParameters(
    problems.map((problem) =>
      Array.isArray(given[problem.path]) ? { ...problem, message: 'is given more than once' } : problem,
    ),
  );
}

/** What no command needs, and what class-transformer would fall over, which goes through it by recursion. */
const TOO_DEEP = 20;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1)));

/**
 * A JSON body as an instance of its class; no body is an empty object. Members that the class does not know are
 * refused: a misspelt one would otherwise be as good as none, and a command that is meant for some would be for all.
 *
 * @throws {Problem} 400 naming each member that is invalid, and `body` when it is no object
 */
export function readBody<T extends object>(type: new () => T, body: unknown): T {
  const given = body ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw badParameter('body', 'must be a JSON object');
  if (isDeeper(given, TOO_DEEP)) throw badParameter('body', 'is nested too deep');
  const instance = plainToInstance(type, given, { exposeDefaultValues: true });
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
  });
  if (errors.length > 0) throw badParameters(fieldProblems(errors));
  return instance;
}

@Injectable()
class BodyPipe implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (!metatype) throw new Error('the parameter of @ValidBody() has no class');
    return readBody(metatype as new () => object, value);
  }
}

/** The JSON body as an instance of the parameter's class; 400 naming what is invalid in it, or unknown. */
export const ValidBody = (): ParameterDecorator => Body(new BodyPipe());

@Injectable()
class QueryPipe implements PipeTransform {
  transform(value: unknown, { metatype }: ArgumentMetadata): unknown {
    if (!metatype) throw new Error('the parameter of @ValidQuery() has no class');
    return readQuery(metatype as new () => object, value);
  }
}

/** The query string as an instance of the parameter's class; 400 naming what is invalid in it. */
export const ValidQuery = (): ParameterDecorator => Query(new QueryPipe());

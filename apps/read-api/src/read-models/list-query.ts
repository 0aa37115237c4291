import type { ApiFilter } from '@app/engine';
import { applyDecorators, type Type } from '@nestjs/common';
import { ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../common/parameters/page';
import { IsPlainText, IsSearchText, IsUid, LONGEST_PARAMETER } from '../common/parameters/text';

/** The query of a list: a page, and the filters that the read model declares. */
export type ListQuery = PageQuery & Readonly<Record<string, unknown>>;

export function queryOf(filters: readonly ApiFilter[]): Type<ListQuery> {
  class FilteredQuery extends PageQuery {}
  for (const filter of filters) parameterOf(filter)(FilteredQuery.prototype, filter.name);
  return FilteredQuery as Type<unknown> as Type<ListQuery>;
}

/** Documentation and validation of a filter's parameter. */
function parameterOf(filter: ApiFilter): PropertyDecorator {
  const { schema, validated } = parameterType(filter);
  const documented = { ...schema, description: filter.comment } as ApiPropertyOptions;
  return applyDecorators(ApiPropertyOptional(documented), IsOptional(), ...validated);
}

interface ParameterType {
  readonly schema: object;
  readonly validated: readonly PropertyDecorator[];
}

/** @throws {Error} for a filter of a column whose type cannot be compared with a parameter */
function parameterType({ name, condition, options }: ApiFilter): ParameterType {
  const { longest = LONGEST_PARAMETER } = options;
  const searched = { schema: { type: String }, validated: [IsSearchText(longest)] };
  switch (condition.kind) {
    case 'contains':
    case 'has an element':
    case 'equals in any case':
      return searched;
    case 'has a value':
      return trueOrFalse(name);
    case 'equals':
    case 'equals any of':
  }
  const { type, values } = condition.column;
  const listed = options.oneOf ?? values;
  if (condition.kind === 'equals any of' && listed) return anyOf(name, listed);
  if (listed) {
    const message = `${name} must be one of ${listed.join(', ')}`;
    return { schema: { enum: listed }, validated: [IsIn(listed, { message })] };
  }
  if (condition.kind === 'equals any of') throw new Error(`filter ${name}: which values are there?`);
  if (type.name === 'text') return searched;
  if (type.name === 'uid') return { schema: { type: String }, validated: [IsPlainText(longest)] };
  if (type.name === 'uuid') return { schema: { type: String, format: 'uuid' }, validated: [IsUid()] };
  if (type.name === 'boolean') return trueOrFalse(name);
  throw new Error(`filter ${name}: a parameter cannot be compared with a column of type ${type.name}`);
}

function anyOf(name: string, values: readonly unknown[]): ParameterType {
  const message = `${name} must be one of ${values.join(', ')}, or several separated by commas`;
  return {
    schema: { enum: values, isArray: true },
    validated: [
      Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value)),
      IsIn(values, { each: true, message }),
    ],
  };
}

function trueOrFalse(name: string): ParameterType {
  const read = (value: unknown): unknown =>
    value === 'true' || value === 'false' ? value === 'true' : value;
  return {
    schema: { type: Boolean },
    validated: [
      Transform(({ value }: { value: unknown }) => read(value)),
      IsBoolean({ message: `${name} must be true or false` }),
    ],
  };
}

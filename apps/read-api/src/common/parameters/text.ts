import { canonicalText } from '@app/projections';
import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { isUUID, ValidateBy } from 'class-validator';

/** As long as a uid or name may be. */
export const LONGEST_PARAMETER = 200;

/** Whether Postgres can hold and compare it: no U+0000, no lone surrogate. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

/** A text of 1 to 200 characters that Postgres can hold; refuses anything else, lists included. */
export function IsPlainText(longest = LONGEST_PARAMETER): PropertyDecorator {
  return ValidateBy({
    name: 'isPlainText',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && value.length > 0 && value.length <= longest && isStorable(value),
      defaultMessage: () => `$property must be a text of 1 to ${longest} characters without U+0000`,
    },
  });
}

/** A plain text that is compared with what read models hold: the value is in NFC, as theirs are. */
export function IsSearchText(longest = LONGEST_PARAMETER): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? canonicalText(value) : value)),
    IsPlainText(longest),
  );
}

/** A UUID in any letter case; the value is lower-cased. */
export function IsUid(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value)),
    ValidateBy({
      name: 'isUid',
      validator: {
        validate: (value: unknown) => isUuid(value),
        defaultMessage: () => '$property must be a UUID',
      },
    }),
  );
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && isUUID(value, 'loose');
}

/** Whether it is a row's number as text, which a bigint holds. */
export function isNumberedId(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9]\d{0,17}$/.test(value);
}

/** Whether it is a day of the calendar as YYYY-MM-DD, from year 1 on. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value) || value < '0001') return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

/** A day of the calendar as YYYY-MM-DD. */
export function IsDay(): PropertyDecorator {
  return ValidateBy({
    name: 'isDay',
    validator: { validate: isDay, defaultMessage: () => '$property must be a day as YYYY-MM-DD' },
  });
}

import { epochMilliseconds } from '@app/catalog';
import { ValidateBy } from 'class-validator';
import { isDay } from './text';

/** @returns epoch milliseconds of a UTC day's start, or of a time with its zone; null for anything else */
export function momentOf(value: unknown): number | null {
  if (isDay(value)) return Date.parse(`${value}T00:00:00Z`);
  if (typeof value !== 'string' || !/^\d{4}-.*(?:Z|[+-]\d\d:?\d\d)$/i.test(value)) return null;
  const time = epochMilliseconds(value);
  return Number.isNaN(time) ? null : time;
}

/** A day or time that `momentOf` reads. */
export function IsMoment(): PropertyDecorator {
  return ValidateBy({
    name: 'isMoment',
    validator: {
      validate: (value: unknown) => momentOf(value) !== null,
      defaultMessage: () =>
        '$property must be a UTC day (2025-02-03) or a time with its zone (2025-02-03T12:00:00Z)',
    },
  });
}

import { badParameter } from '@app/platform';
import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import type { Parameters } from '../database/statement';
import { IsDay } from './text';

/** UTC days: `from` inclusive, `to` exclusive; absent: all. */
export interface DayRange {
  readonly from?: string;
  readonly to?: string;
}

const day = (description: string): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ format: 'date', description }), IsOptional(), IsDay());

/** @param what has its time, as in "answers of this UTC day and later" */
export const FromDay = (what: string): PropertyDecorator => day(`Only ${what} of this UTC day and later.`);
export const ToDay = (what: string): PropertyDecorator => day(`Only ${what} of earlier UTC days.`);

/** @throws {Problem} 400 when `to` is before `from` */
export function assertRange({ from, to }: DayRange): void {
  if (from !== undefined && to !== undefined && to < from)
    throw badParameter('to', 'must not be before from');
}

export const isLimited = ({ from, to }: DayRange): boolean => from !== undefined || to !== undefined;

/** The conditions that limit a column of days to the range. */
export function daysWithin(column: string, { from, to }: DayRange, parameters: Parameters): string[] {
  return [
    ...(from === undefined ? [] : [`${column} >= ${parameters.add(from)}::date`]),
    ...(to === undefined ? [] : [`${column} < ${parameters.add(to)}::date`]),
  ];
}

/** The conditions that limit a column of instants to the days of the range. */
export function instantsWithin(column: string, { from, to }: DayRange, parameters: Parameters): string[] {
  const start = (text: string): string => parameters.add(new Date(`${text}T00:00:00Z`));
  return [
    ...(from === undefined ? [] : [`${column} >= ${start(from)}`]),
    ...(to === undefined ? [] : [`${column} < ${start(to)}`]),
  ];
}

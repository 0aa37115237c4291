import { IsOptional } from 'class-validator';
import type { Problem } from '@app/platform';
import { IsPlainText, isNumberedId } from '../parameters/text';
import { readBody } from './validation';

class Order {
  @IsOptional() @IsPlainText(20) reason?: string;
}

function problemsOf(body: unknown): unknown {
  try {
    return readBody(Order, body);
  } catch (error) {
    return (error as Problem).body.problems?.map(({ path }) => path);
  }
}

describe('a JSON body', () => {
  it('is read as its class; none is an empty object', () => {
    expect(readBody(Order, { reason: 'it is late' })).toEqual({ reason: 'it is late' });
    expect(readBody(Order, undefined)).toEqual({});
  });

  it.each([
    [{ reason: 1 }, ['reason']],
    [{ reason: 'x'.repeat(21) }, ['reason']],
    [{ raison: 'x' }, ['raison']],
    [[], ['body']],
    ['x', ['body']],
    [0, ['body']],
    [{ reason: JSON.parse('['.repeat(10_000) + ']'.repeat(10_000)) as unknown }, ['body']],
  ])('is refused by name: %#', (body, paths) => {
    expect(problemsOf(body)).toEqual(paths);
  });
});

it.each([
  ['1', true],
  ['999999999999999999', true],
  ['9999999999999999999', false],
  ['0', false],
  ['01', false],
  ['1.0', false],
  ['', false],
  [1, false],
])('%j as the number of a row: %j', (value, expected) => {
  expect(isNumberedId(value)).toBe(expected);
});

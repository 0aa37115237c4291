import { IsIn, IsOptional } from 'class-validator';
import type { Problem } from '@app/platform';
import { isNumberedId, IsPlainText } from '../parameters/text';
import { readBody, readQuery } from './validation';

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

class Paint {
  @IsIn(['red', 'blue']) colour: string = 'red';
}

describe('a query string', () => {
  it('is read as its class, without the parameters that it does not know', () => {
    expect(readQuery(Paint, { colour: 'blue', x: '1' })).toEqual({ colour: 'blue' });
    expect(readQuery(Paint, {})).toEqual({ colour: 'red' });
  });

  it.each([
    ['green', { path: 'colour' }],
    [['red', 'blue'], { path: 'colour', message: 'is given more than once' }],
  ])('is refused by name: %j', (colour, problem) => {
    expect(() => readQuery(Paint, { colour })).toThrow(
      expect.objectContaining({
        body: expect.objectContaining({
          status: 400,
          problems: [expect.objectContaining(problem)],
        }) as unknown,
      }) as Error,
    );
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

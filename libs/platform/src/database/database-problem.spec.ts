import { databaseProblem } from './database-problem';

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('faults of the database', () => {
  it.each([
    coded('ECONNREFUSED'),
    coded('57P01'),
    coded('57P03'),
    coded('57014'),
    coded('55000'),
    coded('3D000'),
    coded('28P01'),
    coded('40001'),
    coded('53300'),
    coded('08006'),
    coded('25P03'),
    coded('55P03'),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Query read timeout'),
    new Error('Client was closed and is not queryable'),
    Object.assign(new Error('wrapped'), { driverError: coded('57P01') }),
    Object.assign(new AggregateError([coded('ECONNREFUSED')])),
  ])('are a 503 that asks to come again: %s', (error) => {
    const problem = databaseProblem(error);
    expect(problem?.getStatus()).toBe(503);
    expect(problem?.headers['retry-after']).toBe('2');
  });

  it('include a read-only database, and say so', () => {
    const error = coded('25006', 'cannot execute INSERT in a read-only transaction');
    for (const thrown of [error, Object.assign(new Error('wrapped'), { driverError: error })]) {
      const problem = databaseProblem(thrown);
      expect([problem?.getStatus(), problem?.headers['retry-after']]).toEqual([503, '10']);
      expect(problem?.body.detail).toContain('read-only');
    }
  });

  it('include read models that are not built yet', () => {
    expect(databaseProblem(coded('42P01'))?.body.detail).toBe('The read models are not built yet.');
  });

  it.each([coded('22P02'), coded('42601'), new Error('x'), null, 'text', undefined])(
    'do not include other errors: %s',
    (error) => {
      expect(databaseProblem(error)).toBeNull();
    },
  );
});

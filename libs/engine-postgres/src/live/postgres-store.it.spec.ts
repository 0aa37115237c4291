import { deadLettersContract, everything, postgresFor, projectionStoreContract } from '@app/testing';
import { PostgresDeadLetters } from './dead-letters';
import { openGenerations } from '../generations/generations';

const postgres = postgresFor(everything);

describe('dead letters in Postgres', () => {
  deadLettersContract(async () => {
    const deadLetters = new PostgresDeadLetters(postgres.pool, [everything]);
    return {
      ...(await postgres.empty()),
      letters: deadLetters,
      open: () => deadLetters.open(everything.name, null),
    };
  });
});

describe('the store in Postgres', () => {
  projectionStoreContract(() => postgres.empty(), 60);

  it('survives a connection that Postgres closes while it is in use, between two queries', async () => {
    const client = await postgres.pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
    await postgres.pool.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
    await ended;
    await expect(client.query('SELECT 1')).rejects.toThrow();
    client.release(true);
    await expect(postgres.pool.query('SELECT 1')).resolves.toBeDefined();
  });

  it('keeps its tables when another process provisions the same declaration', async () => {
    const again = await openGenerations(postgres.pool, [everything]);
    expect(again.get(everything.name)!.active.schema).toBe(postgres.schema);
  });

  it('refuses a changed declaration whose version was not raised, naming the projection', async () => {
    const changed = { ...everything, topics: ['left'] };
    await expect(openGenerations(postgres.pool, [changed])).rejects.toThrow(/every-thing.*raise the version/);
  });
});

import { acceptEvent, ALL_TOPICS, TOPICS } from '@app/catalog';
import { textHeaders } from '@app/engine';
import { MemoryLog } from '@app/engine-memory';
import { whileAnswering } from '../access/token-context';
import { LogTurns } from '../log/log-turns';
import { event, experience, jimer, second } from '../read-api.fixture';
import { EvidenceLog } from './evidence-log';

const ALL = { topic: TOPICS.engagement, partition: 0, from: 0 };
const turns = new LogTurns({ all: 1, waiting: 0 });

/** A log of events with so many blanks behind them, which are one object. */
function logOf(events: number, blanks = 0): { readonly log: MemoryLog; readonly evidence: EvidenceLog } {
  const log = new MemoryLog(ALL_TOPICS, 1);
  const text = JSON.stringify(
    event('tour.started', second(1), { experience: experience(1), jimer: jimer(1) }),
  );
  const taken = acceptEvent({ workspace: 'default', text, now: second(9) });
  if (taken.outcome !== 'accepted') throw new Error(taken.outcome);
  const value = Buffer.concat([taken.value, Buffer.alloc(blanks, ' ')]);
  for (let i = 0; i < events; i++)
    log.append(TOPICS.engagement, 0, {
      ...{ key: Buffer.from(taken.key), value, headers: textHeaders(taken.headers), timestamp: second(i) },
    });
  return { log, evidence: new EvidenceLog(log, turns, () => Promise.resolve(Number.POSITIVE_INFINITY)) };
}

const refused = (status: number, detail: string): object =>
  expect.objectContaining({
    body: expect.objectContaining({ status, detail: expect.stringContaining(detail) as unknown }) as unknown,
  }) as object;

describe('a search for evidence', () => {
  it('finds what is wanted', async () => {
    const { evidence } = logOf(5);
    expect((await evidence.search([{ ...ALL, to: 5 }], () => true)).length).toBe(5);
    expect(await evidence.search([{ ...ALL, to: 5 }], () => false)).toEqual([]);
  });

  it('is refused when it would keep too much', async () => {
    const { evidence } = logOf(9, 8 << 20);
    await expect(evidence.search([{ ...ALL, to: 9 }], () => true)).rejects.toEqual(refused(503, '64 MiB'));
    expect((await evidence.search([{ ...ALL, to: 9 }], () => false)).length).toBe(0);
  });

  it('takes a turn among all that search the log', async () => {
    const { evidence } = logOf(1);
    const held = Promise.withResolvers<void>();
    const other = turns.during('other', new AbortController().signal, () => held.promise);
    const answering = { tokenKey: 'own', gone: () => new AbortController().signal };
    await expect(
      whileAnswering(answering, () => evidence.search([{ ...ALL, to: 1 }], () => true)),
    ).rejects.toEqual(refused(429, 'Too many searches'));
    held.resolve();
    await other;
    expect((await evidence.search([{ ...ALL, to: 1 }], () => true)).length).toBe(1);
  });

  it('ends when the client is gone', async () => {
    const { log, evidence } = logOf(9);
    const gone = new AbortController();
    const batch = jest.spyOn(log, 'batch').mockImplementationOnce((range) => {
      gone.abort();
      return { ...range, fromOffset: range.from, nextOffset: range.to, records: [] };
    });
    const answering = { tokenKey: 'own', gone: () => gone.signal };
    await expect(
      whileAnswering(answering, () => evidence.search([{ ...ALL, to: 9 }], () => true)),
    ).rejects.toEqual(refused(503, 'given up'));
    expect(batch).toHaveBeenCalledTimes(1);
  });

  it('may end where the records are of a later time', async () => {
    const { evidence } = logOf(9);
    expect(await evidence.endsBefore([TOPICS.engagement], second(4))).toEqual([
      { topic: TOPICS.engagement, partition: 0, offset: 4 },
    ]);
  });
});

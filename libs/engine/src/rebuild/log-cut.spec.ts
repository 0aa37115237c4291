import { MemoryLog } from '@app/engine-memory';
import fc from 'fast-check';
import { contribute } from '../declare/contribution';
import { greatest } from '../declare/merges';
import { instant, uuid } from '../declare/columns';
import { defineProjection } from '../declare/projection';
import { readModel } from '../declare/read-model';
import type { EngineEvent } from '../log/event';
import { NO_HEADERS, type LogRecord } from '../log/record';
import { sourceUntil } from './log-cut';

const WHO = '11111111-1111-4111-8111-111111111111';
const Gone = readModel('gone', 'Test.', { key: { who: uuid('Who.') }, columns: {}, person: null });
const Seen = readModel('seen', 'Test.', {
  key: { who: uuid('Who.') },
  columns: { last: greatest(instant('When.')) },
  person: 'who',
});
const projection = defineProjection<EngineEvent>({
  ...{ name: 'cut', version: 1, topics: ['t'], erased: Gone, tables: [Seen] },
  on: {
    erase: (event) => [contribute(Gone, event, { who: WHO })],
    refuse: () => {
      throw new Error('never');
    },
  },
  otherwise: (event) => [contribute(Seen, event, { who: WHO, last: event.time })],
});

/** The value of a record is its event's name. */
const decode = ({ value }: LogRecord) =>
  value!.toString() === 'odd'
    ? ({ ok: false, reason: 'odd' } as const)
    : ({
        ok: true,
        event: { workspace: 'w', id: WHO, name: value!.toString(), time: 0, rank: 0 },
      } as const);

interface Written {
  readonly name: string | null;
  readonly timestamp: number;
  /** When the log began to say it, where it stands for an older record. */
  readonly since: number;
}

it('has the records of the log until then, and every one that erases somebody', async () => {
  const written = fc.record({
    name: fc.constantFrom('see', 'erase', 'refuse', 'odd', null),
    timestamp: fc.nat({ max: 20 }),
    since: fc.nat({ max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(written), fc.nat({ max: 20 }), async (records, until) => {
      const log = new MemoryLog(['t'], 1);
      for (const { name, timestamp } of records)
        log.append('t', 0, {
          key: null,
          value: name === null ? null : Buffer.from(name),
          ...{ headers: NO_HEADERS, timestamp },
        });
      const source = sourceUntil({ log, decode }, projection, {
        until,
        loggedAt: ({ offset, timestamp }) => Math.min(records[offset]!.since, timestamp),
      });
      const offsets: number[] = [];
      let reached = 0;
      await source.log.read(
        [{ topic: 't', partition: 0, from: 0, to: records.length }],
        (batch) => {
          offsets.push(...batch.records.map(({ offset }) => offset));
          reached = batch.nextOffset;
          return Promise.resolve();
        },
        new AbortController().signal,
      );
      const counts = ({ name, timestamp, since }: Written): boolean =>
        Math.min(timestamp, since) <= until || name === 'erase';
      expect(offsets).toEqual(records.flatMap((record, i) => (counts(record) ? [i] : [])));
      expect(reached).toBe(records.length);
    }),
  );
});

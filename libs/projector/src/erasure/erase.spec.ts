import {
  ALL_TOPICS,
  backlogItemTriaged,
  JIMER_TOPICS,
  rejectedReplayed,
  uuidsIn,
  type SystemRecord,
} from '@app/catalog';
import { MemoryLog } from '@app/engine-memory';
import { textHeaders, type LogRecord } from '@app/engine';
import type { AppendMessage } from '@app/engine-kafka';
import type { Erasure, ErasurePartition } from '@app/engine-postgres';
import { systemRecordOf, recordOf, type Placed } from '@app/testing';
import { erase } from './erase';
import type { ErasingLog } from './erasing-log';

const [GONE, STAYS] = ['11111111-1111-4111-8111-1111111111AA', '22222222-2222-4222-8222-222222222222'];
const EXPERIENCE = '33333333-3333-4333-8333-333333333333';
const TIME = 1_740_125_703;
const PARTITIONS = 3;

/** A log in memory; a hook may let an append fail. */
class FakeLog implements ErasingLog {
  readonly memory = new MemoryLog(ALL_TOPICS, PARTITIONS);
  readonly appended: AppendMessage[] = [];
  beforeAppend: (message: AppendMessage) => void = () => undefined;

  bounds(topics: readonly string[]) {
    return this.memory.bounds(topics);
  }

  read(...call: Parameters<MemoryLog['read']>) {
    return this.memory.read(...call);
  }

  append(messages: readonly AppendMessage[]): Promise<void> {
    for (const message of messages) {
      this.beforeAppend(message);
      this.appended.push(message);
      const { topic, key, value, headers, partition = 0 } = message;
      const record = { key: Buffer.from(key), value, headers: textHeaders(headers), timestamp: 0 };
      this.memory.append(topic, partition, record);
    }
    return Promise.resolve();
  }

  place({ topic, record }: Placed, partition: number): string {
    this.memory.append(topic, partition, record);
    return String(record.key);
  }

  async records(topic: string, partition: number): Promise<readonly LogRecord[]> {
    return this.memory.batch({ topic, partition, from: 0, to: 1_000 }).records;
  }
}

const erasure = (more: Partial<Erasure> = {}): Erasure => ({
  workspace: 'default',
  jimerUid: GONE.toLowerCase(),
  erasedAt: new Date(1_800_000_000_000),
  requestedBy: 'admin',
  requestedAt: new Date(1_800_000_000_000),
  clearedAt: null,
  records: 0,
  ...more,
});
const cleared = (each: Erasure): Erasure => ({ ...each, clearedAt: each.requestedAt });

const run = (log: FakeLog, erasures: readonly Erasure[], partitions: readonly ErasurePartition[] = []) =>
  erase({
    ...{ log, erasures, partitions, tell: () => undefined, now: () => new Date(0) },
    signal: new AbortController().signal,
  });

const event = (jimer: string, title: string, second = TIME, workspace = 'default') =>
  recordOf(
    JSON.stringify({
      ...{ event: 'tour.started', time: second, jimer: { uid: jimer } },
      experience: { uid: EXPERIENCE, title },
    }),
    0,
    workspace,
  );
const own = (record: SystemRecord) => systemRecordOf(record, 0);

describe('removing a jimer from the log', () => {
  let log: FakeLog;
  beforeEach(() => void (log = new FakeLog()));

  const tombstones = () =>
    log.appended
      .filter(({ value }) => value === null)
      .map(({ topic, partition, key }) => `${topic}/${partition} ${String(key)}`)
      .sort();

  it('first appends the erasure to every partition of every topic with jimers', async () => {
    log.place(event(GONE, 'Hello'), 1);
    await run(log, [erasure()]);
    const places = JIMER_TOPICS.flatMap((topic) => [0, 1, 2].map((partition) => `${topic}/${partition}`));
    const told = log.appended.slice(0, places.length);
    expect(told.map(({ topic, partition }) => `${topic}/${partition}`).sort()).toEqual(places.sort());
    expect(new Set(told.map(({ key }) => key)).size).toBe(1);
    expect(JSON.parse(told[0]!.value!.toString())).toMatchObject({
      ...{ event: 'jimer.erased', time: 1_800_000_000_000, by: 'admin' },
      jimer: { uid: GONE.toLowerCase() },
    });
  });

  it('writes a tombstone for each of their records into its partition, and for no other record', async () => {
    const odd = { event: 'tour.started', time: TIME, jimer: { name: `I am ${GONE.toLowerCase()}` } };
    const unknown = { event: 'usage.limit', time: TIME, people: [{ [GONE]: 1 }] };
    const request = { request: { uid: 'r' }, jimer: { uid: GONE } };
    const item = { status: 'new', tags: [], assignee: null, note: 'Sam', mergedInto: null } as const;
    const about = { workspace: 'default', time: TIME, by: 'admin' };
    const theirs: [Placed, number][] = [
      [event(GONE, 'Hello'), 1],
      [event(GONE.toUpperCase(), 'Again', TIME + 1), 2],
      [recordOf(JSON.stringify(odd), 0), 0],
      [recordOf(JSON.stringify(unknown), 0), 2],
      [
        recordOf(
          JSON.stringify({ event: 'request.created', time: TIME, ...request, project: { uid: EXPERIENCE } }),
          0,
        ),
        0,
      ],
      [
        own(
          backlogItemTriaged({
            ...{ ...about, ...request, version: 2, item, changed: [], actor: null },
            change: EXPERIENCE,
          }),
        ),
        1,
      ],
      [
        own(
          rejectedReplayed({
            ...{ ...about, partitionKey: 'k', setAside: { kind: 'quarantine', id: EXPERIENCE } },
            ...{ accepted: { id: EXPERIENCE, position: 'x' }, carries: uuidsIn(JSON.stringify(odd)) },
          }),
        ),
        2,
      ],
    ];
    const expected = theirs.map(([placed, at]) => `${placed.topic}/${at} ${log.place(placed, at)}`).sort();
    log.place(event(STAYS, 'Hello'), 1);
    log.place(event(GONE, 'Elsewhere', TIME, 'acme'), 1);
    const { found, tombstones: counts, partitions } = await run(log, [erasure()]);
    expect(tombstones()).toEqual(expected);
    expect([found, counts]).toEqual([
      [7],
      { 'jimo.engagement': 2, 'jimo.feedback': 2, 'jimo.unrecognized': 1, 'jimo.quarantine': 2 },
    ]);
    const waiting = partitions.filter(({ tombstonedAt }) => tombstonedAt !== null);
    expect(waiting.map(({ topic, partition }) => `${topic}/${partition}`).sort()).toEqual(
      [...new Set(expected.map((each) => each.split(' ')[0]))].sort(),
    );
  });

  it("finds another producer's record by its content", async () => {
    const record = { ...event(GONE, 'x').record, headers: textHeaders({}) };
    const key = log.place({ topic: 'jimo.engagement', partitionKey: '', record }, 0);
    const broken = { ...event(STAYS, 'x').record, key: Buffer.from('k'), value: Buffer.from(`{${GONE}`) };
    log.place({ topic: 'jimo.engagement', partitionKey: '', record: broken }, 0);
    await run(log, [erasure()]);
    expect(tombstones()).toEqual(['jimo.engagement/0 k', `jimo.engagement/0 ${key}`].sort());
  });

  it('keeps facts about experiences that only they had sent, before the first tombstone', async () => {
    log.place(event(STAYS, 'Old', TIME), 0);
    log.place(event(GONE, 'New', TIME + 1), 1);
    const { kept } = await run(log, [erasure()]);
    const values = log.appended.map(
      ({ value }) => value && (JSON.parse(value.toString()) as { event: string }),
    );
    const at = values.findIndex((value) => value?.event === 'experience.observed');
    expect([kept, values[at]]).toMatchObject([1, { time: (TIME + 1) * 1000, experience: { title: 'New' } }]);
    expect(at).toBeLessThan(values.indexOf(null));
    expect(JSON.stringify(values[at])).not.toContain(GONE);
  });

  it('has the same result when it is killed at any append and started again', async () => {
    const fill = (into: FakeLog) => {
      for (let i = 0; i < 6; i++) into.place(event(i % 2 ? GONE : STAYS, `${i}`, TIME + i), i % PARTITIONS);
    };
    fill(log);
    await run(log, [erasure()]);
    const keysOf = ({ appended }: FakeLog) =>
      [
        ...new Set(appended.map(({ topic, partition, key }) => `${topic}/${partition ?? 0} ${String(key)}`)),
      ].sort();
    const expected = keysOf(log);
    for (let killedAt = 0; killedAt < log.appended.length; killedAt++) {
      const other = new FakeLog();
      fill(other);
      other.beforeAppend = () => {
        if (other.appended.length === killedAt) throw new Error('killed');
      };
      await expect(run(other, [erasure()])).rejects.toThrow('killed');
      other.beforeAppend = () => undefined;
      await run(other, [erasure()]);
      expect(keysOf(other)).toEqual(expected);
    }
  });

  it('later reads only new records, and removes late ones of erased jimers', async () => {
    log.place(event(GONE, 'Hello'), 1);
    const first = await run(log, [erasure()]);
    const before = log.appended.length;
    const key = log.place(event(GONE, 'Late', TIME + 9), 2);
    log.place(event(STAYS, 'Other', TIME + 10), 2);
    const other = erasure({ jimerUid: STAYS, workspace: 'acme' });
    const { found, partitions } = await run(log, [cleared(erasure()), cleared(other)], first.partitions);
    expect(log.appended.slice(before).map((each) => [String(each.key), each.partition])).toEqual([[key, 2]]);
    expect(found).toEqual([1, 0]);
    const again = log.appended.length;
    await run(log, [cleared(erasure())], partitions);
    expect(log.appended).toHaveLength(again);
  });

  it('reads the whole log for a jimer who is erased later, and skips records with tombstones', async () => {
    log.place(event(GONE, 'Hello', TIME + 1), 1);
    const late = log.place(event(STAYS, 'Old'), 0);
    const first = await run(log, [erasure()]);
    const before = log.appended.length;
    const { kept, found } = await run(
      log,
      [cleared(erasure()), erasure({ jimerUid: STAYS })],
      first.partitions,
    );
    const removed = log.appended.slice(before).filter(({ value }) => value === null);
    expect(removed.map((each) => String(each.key))).toEqual([late]);
    // The newest facts of the first jimer are kept already.
    expect([kept, found]).toEqual([0, [0, 1]]);
  });

  it('starts again with a topic that has become shorter', async () => {
    const key = log.place(event(GONE, 'Hello'), 1);
    const partitions = [{ topic: 'jimo.engagement', partition: 1, sweptTo: 900, tombstonedAt: null }];
    await run(log, [cleared(erasure())], partitions);
    expect(tombstones()).toEqual([`jimo.engagement/1 ${key}`]);
  });
});

import {
  acceptEvent,
  REJECTED_REPLAYED,
  rejectedDiscarded,
  rejectedReplayed,
  uuidsIn,
  type SystemRecord,
  type RejectedReplayed,
} from '@app/catalog';
import {
  applied,
  memoryOf,
  systemRecordOf,
  projectionContract,
  setAsideDeliveries,
  type Placed,
} from '@app/testing';
import { setAside } from './set-aside.projection';

const TIME = Date.UTC(2025, 1, 21);
const REPLAYED_AT = Date.UTC(2026, 0, 1);
const unknown = (more: object = {}): string => JSON.stringify({ event: 'usage.limit', time: TIME, ...more });

function idOf(text: string): string {
  const acceptance = acceptEvent({ workspace: 'default', text, now: TIME });
  if (acceptance.outcome === 'rejected') throw new Error(acceptance.detail);
  return acceptance.id;
}

function replayed(
  text: string,
  more: Partial<RejectedReplayed> & { readonly time?: number } = {},
): SystemRecord {
  return rejectedReplayed({
    workspace: 'default',
    time: REPLAYED_AT,
    partitionKey: 'k',
    setAside: { kind: 'unrecognized', id: idOf(text) },
    accepted: { id: idOf(unknown({ other: true })), position: 'jimo.engagement/3@17' },
    carries: uuidsIn(text),
    by: 'a test',
    ...more,
  });
}

const rowsAfter = async (...deliveries: (string | Placed)[]) =>
  (await applied(setAside, memoryOf(setAside), [deliveries]))['set_aside_event']!;
const placed = (record: SystemRecord): Placed => systemRecordOf(record, REPLAYED_AT);

describe('what was set aside', () => {
  projectionContract(setAside, () => Promise.resolve(memoryOf(setAside)), {
    life: 60,
    runs: 15,
    deliveriesOf: setAsideDeliveries,
  });

  it('is not replayed until the log says so, and then tells where', async () => {
    expect(await rowsAfter(unknown())).toMatchObject([
      { eventName: 'usage.limit', payload: unknown(), original: null, replayedAt: null, acceptedId: null },
    ]);
    const rows = await rowsAfter(unknown(), placed(replayed(unknown())));
    expect(rows).toMatchObject([
      {
        eventName: 'usage.limit',
        payload: unknown(),
        replayedAt: REPLAYED_AT,
        acceptedId: idOf(unknown({ other: true })),
        replayedPosition: 'jimo.engagement/3@17',
      },
    ]);
    expect(await rowsAfter(placed(replayed(unknown())), unknown())).toEqual(rows);
  });

  it('tells of the newest of several replays', async () => {
    const again = replayed(unknown(), {
      time: REPLAYED_AT + 1,
      accepted: { id: idOf(unknown()), position: 'jimo.engagement/3@99' },
    });
    const rows = await rowsAfter(unknown(), placed(again), placed(replayed(unknown())));
    expect(rows).toMatchObject([{ replayedAt: REPLAYED_AT + 1, replayedPosition: 'jimo.engagement/3@99' }]);
  });

  it('is given up when the log says so, whichever is heard of first, and may be replayed all the same', async () => {
    const discarded = rejectedDiscarded({
      ...{ workspace: 'default', time: REPLAYED_AT + 5, partitionKey: 'k', by: 'a test' },
      setAside: { kind: 'unrecognized', id: idOf(unknown()) },
      reason: 'enough',
      carries: [],
    });
    const rows = await rowsAfter(unknown(), placed(discarded));
    expect(rows).toMatchObject([
      { payload: unknown(), discardedAt: REPLAYED_AT + 5, discardReason: 'enough', replayedAt: null },
    ]);
    expect(await rowsAfter(placed(discarded), unknown())).toEqual(rows);
    expect(await rowsAfter(unknown(), placed(discarded), placed(replayed(unknown())))).toMatchObject([
      { discardedAt: REPLAYED_AT + 5, replayedAt: REPLAYED_AT },
    ]);
  });

  it('cannot be said to be replayed by a webhook', async () => {
    const forged = JSON.stringify({
      event: REJECTED_REPLAYED,
      time: REPLAYED_AT,
      ...(JSON.parse(replayed(unknown()).value.toString()) as object),
    });
    const rows = await rowsAfter(unknown(), forged);
    expect(rows.map(({ eventName, replayedAt }) => [eventName, replayedAt]).sort()).toEqual([
      [REJECTED_REPLAYED, null],
      ['usage.limit', null],
    ]);
  });

  it('keeps the text as it was received where Postgres cannot hold it as JSON', async () => {
    const odd = unknown({ text: 'a\u0000b\ud800' });
    const [row] = await rowsAfter(odd);
    expect(row).toMatchObject({ payload: unknown({ text: 'a\ufffdb\ufffd' }), original: odd });
    const deep = unknown({ deep: 0 }).replace('0}', `${'['.repeat(500)}${']'.repeat(500)}}`);
    expect(await rowsAfter(deep)).toMatchObject([{ payload: JSON.stringify(deep), original: deep }]);
  });
});

import { REJECTED_REPLAYED, rejectedDiscarded, rejectedReplayed, uuidsIn } from '@app/catalog';
import {
  at,
  givenFor,
  idOf,
  memoryOf,
  projectionContract,
  rejectedDeliveries,
  type StoryEvent,
} from '@app/testing';
import { RejectedEvent, rejectedEvents } from './rejected-events';

const given = givenFor(rejectedEvents);

const UNKNOWN = { event: 'usage.limit', time: at('10:00'), limit: 5 };

const INVALID = { event: 'tour.started', time: at('10:00'), jimer: 'Sam' };

const about = (rejected: StoryEvent, time: number) => ({
  ...{ workspace: 'default', time, partitionKey: 'k', by: 'a test' },
  setAside: { kind: 'unrecognized' as const, id: idOf(rejected) },
  carries: uuidsIn(JSON.stringify(rejected)),
});

const replayed = (rejected: StoryEvent, time: number, offset = 17) =>
  rejectedReplayed({
    ...about(rejected, time),
    accepted: { id: idOf({ ...UNKNOWN, offset }), position: `jimo.engagement/3@${offset}` },
  });

const discarded = (rejected: StoryEvent, time: number, reason: string) =>
  rejectedDiscarded({ ...about(rejected, time), reason });

describe('a rejected event', () => {
  projectionContract(rejectedEvents, () => Promise.resolve(memoryOf(rejectedEvents)), {
    life: 60,
    runs: 15,
    deliveriesOf: rejectedDeliveries,
  });

  it('is unrecognized when the catalogue does not know its name', () =>
    given(UNKNOWN).then(RejectedEvent, {
      topic: 'unrecognized',
      eventId: idOf(UNKNOWN),
      eventName: 'usage.limit',
      occurredAt: at('10:00'),
      payload: JSON.stringify(UNKNOWN),
      ...{ problems: '[]', replayedAt: null, discardedAt: null },
    }));

  it('is quarantined, with its problems, when it lacks what its name promises', () =>
    given(INVALID).then(RejectedEvent, {
      topic: 'quarantine',
      eventName: 'tour.started',
      problems: JSON.stringify([
        { path: 'experience', message: 'is missing' },
        { path: 'jimer', message: 'must be an object' },
      ]),
    }));

  it('was accepted after all when the log says so, and where: the newest of several replays', () =>
    given(UNKNOWN)
      .when(replayed(UNKNOWN, at('12:00'), 99), replayed(UNKNOWN, at('11:00'), 17))
      .then(RejectedEvent, {
        eventName: 'usage.limit',
        replayedAt: at('12:00'),
        acceptedId: idOf({ ...UNKNOWN, offset: 99 }),
        replayedPosition: 'jimo.engagement/3@99',
      }));

  it('is discarded with a reason when the log says so, and may be replayed all the same', () =>
    given(UNKNOWN)
      .when(discarded(UNKNOWN, at('11:00'), 'enough'), replayed(UNKNOWN, at('12:00')))
      .then(RejectedEvent, {
        payload: JSON.stringify(UNKNOWN),
        discardedAt: at('11:00'),
        discardReason: 'enough',
        replayedAt: at('12:00'),
      }));

  it('cannot be said to be replayed by a webhook', () => {
    const { value } = replayed(UNKNOWN, at('12:00'));
    const forged = {
      ...(JSON.parse(value.toString()) as object),
      event: REJECTED_REPLAYED,
      time: at('11:00'),
    };
    return given(UNKNOWN, forged).then(
      RejectedEvent,
      { eventName: 'usage.limit', replayedAt: null },
      { eventName: REJECTED_REPLAYED, replayedAt: null },
    );
  });

  it('keeps the text as it was received where Postgres cannot hold it as JSON', () => {
    const odd = { ...UNKNOWN, text: 'a\u0000b\ud800' };
    const deep = { ...UNKNOWN, deep: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown };
    return given(odd, deep).then(
      RejectedEvent,
      { payload: JSON.stringify({ ...UNKNOWN, text: 'a\ufffdb\ufffd' }), original: JSON.stringify(odd) },
      { payload: JSON.stringify(JSON.stringify(deep)), original: JSON.stringify(deep) },
    );
  });
});

import { statusAt, statusesAfter, type LifecycleEventRow } from './statuses';

const LIVE = { state: 'LIVE', isDraft: false, expiresAt: null };

describe("an experience's status", () => {
  it.each([
    ['live', LIVE, false],
    ['paused', { ...LIVE, state: 'PAUSED' }, false],
    ['expired', { state: 'PAUSED', isDraft: false, expiresAt: 100 }, false],
    ['live', { ...LIVE, expiresAt: 101 }, false],
    ['draft', { state: 'PAUSED', isDraft: true, expiresAt: 100 }, false],
    ['deleted', { state: 'LIVE', isDraft: true, expiresAt: 100 }, true],
    ['live', { state: null, isDraft: null, expiresAt: null }, false],
  ] as const)('is %s for %j, deleted: %s', (status, snapshot, deleted) => {
    expect(statusAt(snapshot, deleted, 100)).toBe(status);
  });
});

describe('the history of an experience', () => {
  const event = (kind: string, at: number, snapshot: Partial<LifecycleEventRow> = {}): LifecycleEventRow => ({
    kind,
    occurredAt: at,
    hasSnapshot: true,
    ...LIVE,
    ...snapshot,
  });

  it('shows the status after each event', () => {
    const events = [
      event('tour.created', 1, { isDraft: true }),
      event('tour.published', 2),
      event('tour.status-changed', 3, { state: 'PAUSED' }),
      event('tour.status-changed', 4),
    ];
    expect(statusesAfter(events)).toEqual(['draft', 'live', 'paused', 'live']);
  });

  it('says expired only from the time of expiry on', () => {
    const events = [
      event('tour.published', 1, { expiresAt: 3 }),
      event('tour.status-changed', 3, { expiresAt: 3 }),
    ];
    expect(statusesAfter(events)).toEqual(['live', 'expired']);
  });

  it('keeps deleted for good, whatever comes later', () => {
    const events = [event('post.published', 1), event('post.deleted', 2), event('post.published', 3)];
    expect(statusesAfter(events)).toEqual(['live', 'deleted', 'deleted']);
  });

  it('goes by the snapshot before where an event carries none', () => {
    const events = [
      event('tour.created', 1, { isDraft: true }),
      event('tour.published', 2, { hasSnapshot: false, isDraft: null, state: null }),
    ];
    expect(statusesAfter(events)).toEqual(['draft', 'draft']);
  });

  it('is the same from any event on, with what is known from before', () => {
    const events = [
      event('tour.created', 1, { isDraft: true }),
      event('tour.published', 2, { hasSnapshot: false, isDraft: null, state: null }),
      event('tour.status-changed', 3, { state: 'PAUSED' }),
      event('tour.status-changed', 4, { hasSnapshot: false, isDraft: null, state: null }),
      event('tour.status-changed', 5, { hasSnapshot: false, isDraft: null, state: null }),
      event('tour.deleted', 5),
      event('tour.published', 6),
    ];
    const whole = statusesAfter(events);
    expect(whole).toEqual(['draft', 'draft', 'paused', 'paused', 'paused', 'deleted', 'deleted']);
    for (let from = 0; from < events.length; from++) {
      const snapshot = events.slice(0, from).findLast(({ hasSnapshot }) => hasSnapshot);
      expect(statusesAfter(events.slice(from), { snapshot, deletedAt: 5 })).toEqual(whole.slice(from));
    }
  });
});

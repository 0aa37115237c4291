import { backlogItemTriaged, decodeEvent, type CatalogEvent } from '@app/catalog';
import { Projector, textHeaders } from '@app/engine';
import type { BatchLease } from '@app/engine/adapters';
import { PostgresStore } from '@app/engine-postgres';
import { PROJECTIONS } from '@app/projections';
import { event, jimer, jimerUid, projectUid, second } from '../read-api.fixture';
import { accepted, idsOf, LogFixture, PARTITIONS, started, type Appended } from './log.fixture';

const LEASE: BatchLease = { renew: () => Promise.resolve(), wait: () => Promise.resolve() };

let log: LogFixture;
let projector: Projector<CatalogEvent>;
/** By partition, up to where the projections have read. */
const applied = new Map<string, number>();

beforeAll(async () => {
  log = await LogFixture.open('positions');
  projector = new Projector<CatalogEvent>(
    PROJECTIONS,
    decodeEvent,
    new PostgresStore(log.api.pool, PROJECTIONS),
    {
      committed: () => undefined,
      retrying: (_projection, error) => {
        throw error;
      },
      recovered: () => undefined,
      abandoned: () => undefined,
    },
  );
});

afterAll(() => log?.close());

/** What projectors do: these records, and whatever other specs have appended before them, as if it were not there. */
async function apply(...appended: readonly Appended[]): Promise<void> {
  for (const {
    event: { topic, key, value, headers },
    partition,
    offset,
  } of appended) {
    const place = `${topic}/${partition}`;
    const fromOffset = applied.get(place) ?? 0;
    const record = {
      offset,
      key: Buffer.from(key),
      value,
      headers: textHeaders(headers),
      timestamp: Date.now(),
    };
    const batch = { topic, partition, fromOffset, nextOffset: offset + 1, records: [record] };
    expect((await projector.apply(batch, LEASE)).outcome).toBe('applied');
    applied.set(place, offset + 1);
  }
}

/** So that every partition of the topics has a checkpoint at its end: what is there belongs to other specs. */
async function applyEnds(): Promise<void> {
  for (const { topic, partition, offset } of await log.ends()) {
    const fromOffset = applied.get(`${topic}/${partition}`) ?? 0;
    if (offset === fromOffset) continue;
    await projector.apply({ topic, partition, fromOffset, nextOffset: offset, records: [] }, LEASE);
    applied.set(`${topic}/${partition}`, offset);
  }
}

const submitted = (n: number, uid: string, at: number): object =>
  event('request.created', second(at), {
    request: { uid, title: 'Dark mode' },
    jimer: jimer(n),
    project: { uid: projectUid(1) },
  });

const triage = (n: number, uid: string) =>
  backlogItemTriaged({
    ...{
      workspace: log.workspace,
      time: second(50),
      request: { uid },
      jimer: { uid: jimerUid(n) },
      version: 2,
    },
    item: { status: 'planned', tags: [], assignee: null, note: null, mergedInto: null },
    ...{ changed: ['status'], change: jimerUid(90 + n), by: 'triage', actor: null },
  });

describe('the events of a person whose positions are known', () => {
  it('are found without a search of the log, with triage and what was appended since', async () => {
    const uid = `request-${log.workspace}`;
    const first = await log.append(log.workspace, started(1, 1), started(2, 2), submitted(1, uid, 4));
    const triaged = await log.place(triage(1, uid));
    await apply(...first, triaged);
    const later = await log.append(log.workspace, started(2, 5), started(1, 6));
    await apply(...later);
    await applyEnds();
    const [own, , request] = first;
    const [, again] = later;
    const known = await log.search(`jimerUid=${jimerUid(1)}`);
    expect(idsOf(known.items)).toEqual(idsOf([again!, triaged, request!, own!]));
    expect([known.basis, known.scanned, known.nextCursor]).toEqual(['timeline', 4, null]);

    const [since] = await log.append(log.workspace, started(1, 7));
    const all = idsOf([since!, again!, triaged, request!, own!]);
    for (const query of ['', '&limit=1', '&limit=2', '&scan=true', '&scan=true&limit=2'])
      expect(idsOf(await log.all(`jimerUid=${jimerUid(1)}${query}`))).toEqual(all);
    expect((await log.search(`jimerUid=${jimerUid(1)}&scan=true`)).basis).toBe('scan');
  });

  it('are found by their id with one record read', async () => {
    const [one] = await log.append(log.workspace, started(3, 1), started(3, 2));
    await apply(one!);
    await applyEnds();
    const { items, scanned } = await log.search(`jimerUid=${jimerUid(3)}&id=${one!.id}`);
    expect([idsOf(items), scanned]).toEqual([[one!.id], 1]);
  });

  it('are found in whatever partition they are, as after partitions were added', async () => {
    const event = accepted(log.workspace, started(4, 1));
    const here = await log.place(event);
    const elsewhere = await log.place(
      accepted(log.workspace, started(4, 2)),
      (here.partition + 1) % PARTITIONS,
    );
    await apply(here, elsewhere);
    await applyEnds();
    const query = `jimerUid=${jimerUid(4)}`;
    expect(idsOf(await log.all(query))).toEqual(idsOf([elsewhere, here]));
    expect(idsOf(await log.all(`${query}&scan=true`))).toEqual([here.id]);
  });

  it('include dead letters and, for administrators, rejected events', async () => {
    const unreadable = {
      ...accepted(log.workspace, started(5, 1)),
      value: Buffer.from(`no JSON of ${jimerUid(5)}`),
    };
    const deadLetter = await log.place(unreadable);
    const [rejected] = await log.append(log.workspace, event('tour.started', second(2), { jimer: jimer(5) }));
    await apply(deadLetter, rejected!);
    const letters = await log.api.get('/v1/dead-letters', 'admin');
    expect(letters.body.items.map(({ position }) => position)).toContain(deadLetter.position);
    await applyEnds();
    expect(idsOf(await log.all(`jimerUid=${jimerUid(5)}`, 'own-admin'))).toEqual(
      idsOf([rejected!, deadLetter]),
    );
    expect(idsOf(await log.all(`jimerUid=${jimerUid(5)}`))).toEqual([deadLetter.id]);
  });

  it('are none where nothing is known of the person', async () => {
    await applyEnds();
    const { items, scanned, basis } = await log.search(`jimerUid=${jimerUid(999)}`, 'own-admin');
    expect([items, scanned, basis]).toEqual([[], 0, 'timeline']);
  });
});

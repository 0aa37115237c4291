import { type Event, experienceIn, objectIn, rankOf, sent } from './event';
import { typeIn } from './journeys';
import { columnsOf, earliest, newest, type Snapshot, snapshotOf } from './merging';
import { flag, json, text, time, uuid } from './reading';
import { type Expected, Keyed } from './rows';

interface Experience {
  readonly snapshot: Snapshot | null;
  readonly tagging: Snapshot | null;
  readonly kind: Snapshot | null;
  readonly change: Snapshot | null;
  readonly firstPublishedAt: number | null;
  readonly deletedAt: number | null;
}

const NOTHING: Experience = {
  snapshot: null,
  tagging: null,
  kind: null,
  change: null,
  firstPublishedAt: null,
  deletedAt: null,
};

const FIELDS = [
  ...['title', 'state', 'isDraft', 'createdAt', 'publishedAt', 'expiresAt'],
  ...['triggerType', 'recurrencyType', 'recurrencyValue'],
];
const USER = ['Uid', 'Email', 'FirstName', 'LastName'];

/** Each experience as the newest event that carried it shows it, and what the team did to it. */
export class Experiences {
  private readonly experiences = new Keyed<Experience>();
  private readonly lifecycle = new Keyed<{
    readonly kind: string;
    readonly rank: number;
    readonly content: Snapshot | null;
    readonly position: number;
  }>();

  add(event: Event): void {
    if (event.topic !== 'jimo.lifecycle' && event.topic !== 'jimo.engagement') return;
    const experienceUid = uuid(experienceIn(event).object['uid']);
    this.experiences.update([event.workspace, experienceUid], (known = NOTHING) => after(known, event));
    if (event.topic !== 'jimo.lifecycle') return;
    const content = contentOf(event);
    this.lifecycle.update([event.workspace, experienceUid, String(event.time), event.id], (known) => ({
      kind: event.name,
      rank: rankOf(event.name),
      content: newest(known?.content ?? null, content),
      position: Math.max(known?.position ?? 0, event.position),
    }));
  }

  /** @param event stands for one of an end user */
  observed(event: Event): void {
    const experienceUid = uuid(experienceIn(event).object['uid']);
    this.experiences.update([event.workspace, experienceUid], (known = NOTHING) => after(known, event));
  }

  /** @param now the database's, epoch milliseconds: what has expired depends on it */
  views(now: number): Record<string, Expected> {
    const lifecycle = this.lifecycle.view(
      ['workspace', 'experienceUid', 'occurredAt', 'eventId'],
      { kind: '', rank: 0, content: null, position: 0 },
      ({ kind, rank, content, position }) => ({
        ...{ kind, rank, position },
        ...columnsOf('content', content, [
          ...['hasSnapshot', 'title', 'state', 'isDraft', 'expiresAt'],
          ...USER.map((field) => `user${field}`),
        ]),
      }),
    );
    return {
      experience: this.experiences.view(['workspace', 'experienceUid'], NOTHING, (experience) => ({
        ...columnsOf('snapshot', experience.snapshot, FIELDS),
        ...columnsOf('tagging', experience.tagging, ['tags']),
        ...columnsOf('kind', experience.kind, ['type']),
        ...columnsOf(
          'change',
          experience.change,
          USER.map((field) => `changedBy${field}`),
        ),
        firstPublishedAt: experience.firstPublishedAt,
        deletedAt: experience.deletedAt,
        status: statusOf(experience, now),
      })),
      lifecycle_event: {
        ...lifecycle,
        rows: lifecycle.rows.map((row) => ({ ...row, occurred_at: Number(row['occurred_at']) })),
      },
    };
  }
}

function after(known: Experience, event: Event): Experience {
  const { member, object } = experienceIn(event);
  const rank = rankOf(event.name);
  const snapshot = snapshotOf(event, rank, {
    title: text(object['title']),
    state: text(object['state']),
    isDraft: flag(object['isDraft']),
    createdAt: time(object['createdAt']),
    publishedAt: time(object['publishedAt']),
    expiresAt: time(object['expiresAt']),
    triggerType: text(object['triggerType']),
    recurrencyType: text(object['recurrencyType']),
    recurrencyValue: json(sent(event, member, 'recurrencyValue')),
  });
  // Optional, and so a group of its own: a delivery without tags says nothing of them.
  const tagging = snapshotOf(event, rank, { tags: json(sent(event, member, 'tags')) });
  const change = snapshotOf(event, rank, prefixed('changedBy', userOf(event)));
  const at = (what: string) =>
    event.topic === 'jimo.lifecycle' && event.name.endsWith(`.${what}`) ? event.time : null;
  return {
    snapshot: newest(known.snapshot, snapshot),
    tagging: newest(known.tagging, tagging),
    kind: newest(known.kind, snapshotOf(event, rank, { type: typeIn(event) })),
    change: newest(known.change, change),
    firstPublishedAt: earliest(known.firstPublishedAt, at('published')),
    deletedAt: earliest(known.deletedAt, at('deleted')),
  };
}

function contentOf(event: Event): Snapshot | null {
  const { object } = experienceIn(event);
  return snapshotOf(event, rankOf(event.name), {
    hasSnapshot: ['state', 'isDraft', 'expiresAt'].some((field) => object[field] !== undefined),
    title: text(object['title']),
    state: text(object['state']),
    isDraft: flag(object['isDraft']),
    expiresAt: time(object['expiresAt']),
    ...prefixed('user', userOf(event)),
  });
}

type User = Readonly<Record<string, string | null | undefined>>;

function userOf(event: Event): User {
  const user = objectIn(event, 'user');
  return {
    Uid: text(user?.['uid']),
    Email: text(user?.['email']),
    FirstName: text(user?.['firstName']),
    LastName: text(user?.['lastName']),
  };
}

function prefixed(prefix: string, user: User): User {
  return Object.fromEntries(Object.entries(user).map(([name, value]) => [prefix + name, value]));
}

/** Contract: the first of these that holds. */
function statusOf({ snapshot, deletedAt }: Experience, now: number): string {
  const { isDraft, expiresAt, state } = snapshot?.values ?? {};
  if (deletedAt !== null) return 'deleted';
  if (isDraft === true) return 'draft';
  if (typeof expiresAt === 'number' && expiresAt <= now) return 'expired';
  return state === 'PAUSED' ? 'paused' : 'live';
}

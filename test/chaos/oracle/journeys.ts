import { type Event, experienceIn, objectIn } from './event';
import { columnsOf, earliest, latest, newest, type Snapshot, snapshotOf } from './merging';
import { day, text, uid, uuid } from './reading';
import { type Expected, Keyed } from './rows';

const STARTS = ['tour.started', 'survey.started', 'checklist.started'];
const COMPLETIONS = ['tour.completed', 'survey.completed', 'checklist.completed'];
const DISMISSALS = ['checklist.dismissed'];
const LIKES = ['post.liked'];
const CTA_CLICKS = ['tour.cta.clicked', 'post.cta.clicked'];
const COMMENTS = ['post.commented'];
const TASKS = ['checklist.task.completed', 'checklist.task.skipped'];

interface Journey {
  readonly snapshot: Snapshot | null;
  readonly firstSeenAt: number | null;
  readonly lastEventAt: number | null;
  readonly startedAt: number | null;
  readonly lastStartedAt: number | null;
  readonly completedAt: number | null;
  readonly lastCompletedAt: number | null;
  readonly dismissedAt: number | null;
  readonly lastDismissedAt: number | null;
  readonly likedAt: number | null;
}

const NOTHING: Journey = {
  snapshot: null,
  firstSeenAt: null,
  lastEventAt: null,
  startedAt: null,
  lastStartedAt: null,
  completedAt: null,
  lastCompletedAt: null,
  dismissedAt: null,
  lastDismissedAt: null,
  likedAt: null,
};

interface Touch {
  readonly kind: string;
  readonly experienceUid: string | null;
  readonly position: number;
}

const NO_DAY = {
  ...{ saw: 0, started: 0, completed: 0, startedAndCompleted: 0, dismissed: 0 },
  ...{ likes: 0, ctaClicks: 0, comments: 0 },
};
type Daily = typeof NO_DAY;

/** What each jimer has seen, started, finished, done, and when; the funnel counts from it. */
export class Journeys {
  private readonly journeys = new Keyed<Journey>();
  private readonly touches = new Keyed<Touch>();
  private readonly tasks = new Keyed<Snapshot | null>();
  private readonly knownTasks = new Keyed<Snapshot | null>();

  add(event: Event): void {
    if (event.topic === 'jimo.lifecycle') return;
    const jimerUid = uuid(objectIn(event, 'jimer')?.['uid']);
    const onExperience = event.topic === 'jimo.engagement';
    const { object } = experienceIn(event);
    const experienceUid = onExperience ? uuid(object['uid']) : null;
    this.touches.update([event.workspace, jimerUid, String(event.time), event.id], (known) => ({
      kind: event.name,
      experienceUid,
      position: Math.max(known?.position ?? 0, event.position),
    }));
    if (experienceUid === null) return;
    const key = [event.workspace, jimerUid, experienceUid];
    this.journeys.update(key, (known = NOTHING) => journeyAfter(known, event));
    if (!TASKS.includes(event.name)) return;
    const task = objectIn(event, 'task') ?? {};
    const completed = event.name === 'checklist.task.completed';
    // On a tie a task is completed (contract).
    const outcome = snapshotOf(event, completed ? 1 : 0, {
      name: text(task['name']),
      status: completed ? 'completed' : 'skipped',
    });
    this.tasks.update([...key, uid(task['uid'])], (known) => newest(known ?? null, outcome));
    this.named(event);
  }

  /** @param event stands for one of an end user */
  observed(event: Event): void {
    if (objectIn(event, 'task') !== undefined) this.named(event);
  }

  /** What the event calls the task. */
  private named(event: Event): void {
    const task = objectIn(event, 'task') ?? {};
    const label = snapshotOf(event, 0, { name: text(task['name']) });
    const key = [event.workspace, uuid(experienceIn(event).object['uid']), uid(task['uid'])];
    this.knownTasks.update(key, (known) => newest(known ?? null, label));
  }

  views(): Record<string, Expected> {
    return {
      journey: this.journeys.view(
        ['workspace', 'jimerUid', 'experienceUid'],
        NOTHING,
        ({ snapshot, ...times }) => ({
          ...columnsOf('snapshot', snapshot, ['title', 'type']),
          ...times,
          state: stateOf(times),
          inStateSince: sinceWhen(times),
        }),
      ),
      touch: withTimes(
        this.touches.view(
          ['workspace', 'jimerUid', 'occurredAt', 'eventId'],
          { kind: '', experienceUid: null, position: 0 },
          (touch) => ({ ...touch }),
        ),
      ),
      task: this.tasks.view(['workspace', 'jimerUid', 'experienceUid', 'taskUid'], null, (outcome) => ({
        ...columnsOf('outcome', outcome, ['name', 'status']),
        at: outcome?.time ?? null,
      })),
      known_task: this.knownTasks.view(['workspace', 'experienceUid', 'taskUid'], null, (label) =>
        columnsOf('label', label, ['name']),
      ),
      funnel: this.funnel(),
      task_counts: this.taskCounts(),
    };
  }

  private taskCounts(): Expected {
    const none = { completed: 0, skipped: 0 };
    const counts = new Keyed<typeof none>();
    for (const { key, value } of this.tasks.values()) {
      const [workspace, , experienceUid, taskUid] = key as [string, string, string, string];
      const status = value?.values['status'] as keyof typeof none;
      counts.update([workspace, experienceUid, taskUid], (known = none) => ({
        ...known,
        [status]: known[status] + 1,
      }));
    }
    return counts.view(['workspace', 'experienceUid', 'taskUid'], none, (count) => ({ ...count }));
  }

  private funnel(): Expected {
    const days = new Keyed<Daily>();
    const count = (workspace: string, experienceUid: string, at: number | null, what: keyof Daily) => {
      if (at === null) return;
      days.update([workspace, experienceUid, day(at)], (known = NO_DAY) => ({
        ...known,
        [what]: known[what] + 1,
      }));
    };
    for (const { key, value } of this.journeys.values()) {
      const [workspace, , experienceUid] = key as [string, string, string];
      count(workspace, experienceUid, value.firstSeenAt, 'saw');
      count(workspace, experienceUid, value.startedAt, 'started');
      count(workspace, experienceUid, value.completedAt, 'completed');
      // Contract: the people who first started on a day and have completed since.
      const { startedAt, lastCompletedAt } = value;
      const since = startedAt !== null && lastCompletedAt !== null && startedAt <= lastCompletedAt;
      count(workspace, experienceUid, since ? startedAt : null, 'startedAndCompleted');
      count(workspace, experienceUid, value.dismissedAt, 'dismissed');
      count(workspace, experienceUid, value.likedAt, 'likes');
    }
    for (const { key, value } of this.touches.values()) {
      const { kind, experienceUid } = value;
      if (experienceUid === null) continue;
      if (CTA_CLICKS.includes(kind)) count(key[0]!, experienceUid, Number(key[2]), 'ctaClicks');
      if (COMMENTS.includes(kind)) count(key[0]!, experienceUid, Number(key[2]), 'comments');
    }
    return days.view(['workspace', 'experienceUid', 'day'], NO_DAY, (daily) => ({ ...daily }));
  }
}

function sinceWhen(times: Omit<Journey, 'snapshot'>): number | null {
  switch (stateOf(times)) {
    case 'completed':
      return times.lastCompletedAt;
    case 'dismissed':
      return times.lastDismissedAt;
    case 'started':
      return times.lastStartedAt;
    default:
      return times.firstSeenAt;
  }
}

function journeyAfter(known: Journey, event: Event): Journey {
  const { object } = experienceIn(event);
  const at = (names: readonly string[]): number | null => (names.includes(event.name) ? event.time : null);
  // An experience that is only named says nothing of itself; otherwise its type is told by the event at least.
  const described = object['title'] !== undefined || object['type'] !== undefined;
  return {
    snapshot: newest(
      known.snapshot,
      described ? snapshotOf(event, 0, { title: text(object['title']), type: typeIn(event) }) : null,
    ),
    firstSeenAt: earliest(known.firstSeenAt, event.time),
    lastEventAt: latest(known.lastEventAt, event.time),
    startedAt: earliest(known.startedAt, at(STARTS)),
    lastStartedAt: latest(known.lastStartedAt, at(STARTS)),
    completedAt: earliest(known.completedAt, at(COMPLETIONS)),
    lastCompletedAt: latest(known.lastCompletedAt, at(COMPLETIONS)),
    dismissedAt: earliest(known.dismissedAt, at(DISMISSALS)),
    lastDismissedAt: latest(known.lastDismissedAt, at(DISMISSALS)),
    likedAt: earliest(known.likedAt, at(LIKES)),
  };
}

/** Contract: from the newest run. */
function stateOf(times: Omit<Journey, 'snapshot'>): string {
  const { lastStartedAt, lastCompletedAt, lastDismissedAt } = times;
  const start = lastStartedAt ?? Number.NEGATIVE_INFINITY;
  if (lastCompletedAt !== null && lastCompletedAt >= start) return 'completed';
  if (lastDismissedAt !== null && lastDismissedAt >= start) return 'dismissed';
  return lastStartedAt === null ? 'seen' : 'started';
}

/** The type that it names, or what the family of the event implies: posts are of type POST. */
export function typeIn(event: Event): string {
  const { type } = experienceIn(event).object;
  if (typeof type === 'string' && type !== '') return text(type)!;
  return event.name.split('.')[0]!.toUpperCase();
}

/** Keys are text; this one is a time. */
function withTimes(view: Expected): Expected {
  return { ...view, rows: view.rows.map((row) => ({ ...row, occurred_at: Number(row['occurred_at']) })) };
}

import type { KafkaMessage } from 'kafkajs';

/** A journey as one batch sees it; times in epoch milliseconds. */
export interface FoldedJourney {
  readonly workspace: string;
  readonly jimer: string;
  readonly experience: string;
  title: string | null;
  type: string | null;
  snapshotTime: number;
  first: number;
  last: number;
  started: number | null;
  lastStarted: number | null;
  completed: number | null;
  lastCompleted: number | null;
  dismissed: number | null;
  lastDismissed: number | null;
  liked: number | null;
}

export interface Touch {
  readonly workspace: string;
  readonly jimer: string;
  readonly time: number;
  readonly id: string;
  readonly kind: string;
  readonly experience: string | null;
}

interface Experience {
  readonly uid: string;
  readonly title?: string;
  readonly type?: string;
}

interface Event {
  readonly event: string;
  readonly time: number;
  readonly jimer?: { readonly uid: string };
  readonly experience?: Experience;
  readonly post?: Experience;
}

const SOURCE_PREFIX = '/jimo/workspaces/'.length;

const lower = (a: number | null, b: number): number => (a === null || b < a ? b : a);
const higher = (a: number | null, b: number): number => (a === null || b > a ? b : a);

/** What a hand-written consumer keeps of a batch: one journey per key, one touch per event id. */
export class HandFold {
  readonly journeys = new Map<string, FoldedJourney>();
  readonly touches = new Map<string, Touch>();

  add({ key, value, headers }: KafkaMessage): void {
    const { event: kind, time, jimer, experience, post } = JSON.parse(value!.toString('utf8')) as Event;
    if (!jimer) return;
    const id = key!.toString('latin1', 0, 36);
    const workspace = (headers!['ce_source'] as Buffer).toString('latin1', SOURCE_PREFIX);
    const subject = experience ?? post;
    this.touches.set(id, { workspace, jimer: jimer.uid, time, id, kind, experience: subject?.uid ?? null });
    if (subject) this.addJourney(workspace, jimer.uid, subject, kind, time);
  }

  private addJourney(
    workspace: string,
    jimer: string,
    subject: Experience,
    kind: string,
    time: number,
  ): void {
    const key = jimer + subject.uid + workspace;
    let row = this.journeys.get(key);
    if (!row) {
      row = {
        workspace,
        jimer,
        experience: subject.uid,
        title: subject.title ?? null,
        type: subject.type ?? null,
        snapshotTime: time,
        first: time,
        last: time,
        started: null,
        lastStarted: null,
        completed: null,
        lastCompleted: null,
        dismissed: null,
        lastDismissed: null,
        liked: null,
      };
      this.journeys.set(key, row);
    } else {
      if (time < row.first) row.first = time;
      if (time > row.last) row.last = time;
      if (time >= row.snapshotTime) {
        row.snapshotTime = time;
        row.title = subject.title ?? null;
        row.type = subject.type ?? null;
      }
    }
    switch (kind) {
      case 'tour.started':
      case 'survey.started':
      case 'checklist.started':
        row.started = lower(row.started, time);
        row.lastStarted = higher(row.lastStarted, time);
        return;
      case 'tour.completed':
      case 'survey.completed':
      case 'checklist.completed':
        row.completed = lower(row.completed, time);
        row.lastCompleted = higher(row.lastCompleted, time);
        return;
      case 'checklist.dismissed':
        row.dismissed = lower(row.dismissed, time);
        row.lastDismissed = higher(row.lastDismissed, time);
        return;
      case 'post.liked':
        row.liked = lower(row.liked, time);
        return;
      default:
        return;
    }
  }
}

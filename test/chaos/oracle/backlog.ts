import { type Event, objectIn, sent } from './event';
import { columnsOf, earliest, newest, type Snapshot, snapshotOf } from './merging';
import { JsonText } from './json-text';
import { type Cell, composed, day, json, text, uid, uuid } from './reading';
import { type Expected, Keyed, type Row } from './rows';

interface Item {
  readonly submission: Snapshot | null;
  readonly createdAt: number | null;
  readonly triage: Snapshot | null;
}

const NO_ITEM: Item = { submission: null, createdAt: null, triage: null };
const SUBMISSION = ['request', 'jimer', 'project', 'projectUid', 'projectName'];
const STANDING = ['status', 'tags', 'assignee', 'note', 'mergedInto'];
const TRIAGE = ['version', 'lane', ...STANDING];
const CHANGE = [...STANDING, 'changedBy', 'actor'];
const UNTRIAGED = { status: 'new', tags: [], assignee: null, note: null, mergedInto: null };

/** Submitted feedback, and how people have triaged it: of each item the highest version stands. */
export class Backlog {
  private readonly items = new Keyed<Item>();
  private readonly changes = new Keyed<{ readonly change: Snapshot | null; readonly position: number }>();

  add(event: Event): void {
    if (event.name !== 'request.created') return;
    const project = objectIn(event, 'project');
    const submission = snapshotOf(event, 0, {
      request: json(sent(event, 'request')),
      jimer: json(sent(event, 'jimer')),
      project: json(sent(event, 'project')),
      projectUid: uuid(project?.['uid']),
      projectName: text(project?.['name']),
    });
    this.item(event, (known) => ({
      submission: newest(known.submission, submission),
      createdAt: earliest(known.createdAt, event.time),
      triage: highest(known.triage, versionOf(event, 1, UNTRIAGED)),
    }));
  }

  triaged(event: Event): void {
    const { version, item, by, actor } = event.payload as {
      readonly version: number;
      readonly item: Readonly<Record<string, unknown>>;
      readonly by: string;
      readonly actor: string | null;
    };
    this.item(event, (known) => ({
      ...known,
      triage: highest(known.triage, versionOf(event, version, item)),
    }));
    const change = snapshotOf(event, 0, {
      ...standing(item),
      changedBy: by,
      actor,
    });
    this.changes.update([...keyOf(event), String(version)], (known) => ({
      change: newest(known?.change ?? null, change),
      position: Math.max(known?.position ?? 0, event.position),
    }));
  }

  views(): Record<string, Expected> {
    const changes = this.changes.view(
      ['workspace', 'requestUid', 'jimerUid', 'version'],
      { change: null, position: 0 },
      ({ change, position }) => ({ ...columnsOf('change', change, CHANGE), position }),
    );
    return {
      feedback_item: this.items.view(['workspace', 'requestUid', 'jimerUid'], NO_ITEM, (item) => ({
        ...columnsOf('submission', item.submission, SUBMISSION),
        createdAt: item.createdAt,
        ...columnsOf('triage', item.triage, TRIAGE),
      })),
      feedback_change: {
        ...changes,
        rows: changes.rows.map((row): Row => ({ ...row, version: Number(row['version']) })),
      },
      feedback_counts: this.counted('day', ({ createdAt }) => [day(createdAt!)]),
      feedback_tag_counts: this.counted(
        'tag',
        ({ triage }) => JSON.parse((triage!.values['tags'] as JsonText).text) as string[],
      ),
    };
  }

  /** Items per project, lane and each of what `labels` gives; of those that were submitted. */
  private counted(name: string, labels: (item: Item) => readonly string[]): Expected {
    const counts = new Keyed<number>();
    for (const { key, value } of this.items.values()) {
      const { submission, createdAt, triage } = value;
      if (submission === null || createdAt === null || triage === null) continue;
      const { projectUid } = submission.values as { readonly projectUid: string };
      const { lane } = triage.values as { readonly lane: string };
      const group = [key[0]!, projectUid, lane];
      for (const label of labels(value)) counts.update([...group, label], (n = 0) => n + 1);
    }
    return counts.view(['workspace', 'projectUid', 'lane', name], 0, (items) => ({ items }));
  }

  private item(event: Event, change: (known: Item) => Item): void {
    this.items.update(keyOf(event), (known = NO_ITEM) => change(known));
  }
}

/** An item goes with whoever submitted it. */
const keyOf = (event: Event): string[] => [
  event.workspace,
  uid(objectIn(event, 'request')?.['uid']),
  uuid(objectIn(event, 'jimer')?.['uid']),
];

function standing(item: Readonly<Record<string, unknown>>): Record<string, Cell> {
  const { tags, assignee, ...rest } = item;
  const named = [...new Set((tags as readonly string[]).map(composed))];
  return {
    ...(rest as Record<string, Cell>),
    assignee: typeof assignee === 'string' ? composed(assignee) : null,
    tags: new JsonText(JSON.stringify(named)),
  };
}

function versionOf(event: Event, version: number, item: Readonly<Record<string, unknown>>): Snapshot {
  const lane = item['mergedInto'] === null ? (item['status'] as string) : 'merged';
  return snapshotOf(event, version, { version, lane, ...standing(item) })!;
}

/** The version decides before the time. */
function highest(a: Snapshot | null, b: Snapshot): Snapshot {
  if (a === null || a.rank < b.rank) return b;
  return a.rank > b.rank ? a : newest(a, b)!;
}

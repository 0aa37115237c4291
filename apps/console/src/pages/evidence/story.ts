import { eventWords } from '../../shared/event-words';
import { counted } from '../../shared/numbers';
import { short } from '../../shared/short';
import { exactly, isIsoTime, lengthOf } from '../../shared/time-words';
import { capitalized, listed, wordsOf } from '../../shared/words';
import type { ExplainedEvent, Explanation, Model, Row } from './explanation';

/** One event of an explanation in words, with the row after it. */
export interface Step {
  readonly event: ExplainedEvent;
  /** What happened, as "Started the tour". */
  readonly words: string;
  /** How the event arrived: late, out of order, more than once. Empty if there is nothing to say. */
  readonly arrival: readonly string[];
  /** What the event changed in the row. Never empty. */
  readonly changes: readonly string[];
  /** What it said beside that, and which events decided that instead. */
  readonly others: readonly string[];
  readonly fields: readonly Field[];
}

/** A column of the row after a step. */
export interface Field {
  readonly column: string;
  readonly value: unknown;
  /** The event that the value comes from; null if no event has set it yet. */
  readonly setBy: ExplainedEvent | null;
  /** Whether this step changed the value. */
  readonly isChanged: boolean;
}

/** An event that arrived this long after it happened is called late. */
const LATE_SECONDS = 60;

/** A value of a column as a part of a sentence. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return isIsoTime(value) ? exactly(value) : `“${short(value, 80)}”`;
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  return short(JSON.stringify(value), 80);
}

/** A column's name in words: "first seen" for firstSeenAt. */
export const columnWords = (column: string): string =>
  wordsOf(column.replace(/(?<=.)At$/, '')).replace(/^jimer\b/, 'user');

/**
 * The story of a row: its events in their order, and the row as each of them left it.
 *
 * @param model the read model of the row
 */
export function storyOf({ events, row }: Pick<Explanation, 'events' | 'row'>, model: Model): Step[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  const fields = new Map<string, Omit<Field, 'isChanged'>>(
    Object.keys(row ?? {})
      .filter((column) => !isKey(column))
      .map((column) => [column, { column, value: null, setBy: null }]),
  );
  return events.map((event, index) => {
    const before: Row = Object.fromEntries([...fields].map(([column, { value }]) => [column, value]));
    // Where there are many events, only those that decided a column are known to have changed it.
    const changed: Row =
      event.changed ?? Object.fromEntries(event.won.map((column) => [column, row?.[column]]));
    for (const [column, value] of Object.entries(changed))
      fields.set(column, { column, value, setBy: event });
    for (const column of event.won) {
      const field = fields.get(column);
      if (field) fields.set(column, { ...field, setBy: event });
    }
    return {
      event,
      words: capitalized(eventWords(event.event)),
      arrival: arrivalOf(event, events.slice(0, index)),
      ...effectsOf({ event, changed, said: contributionTo(model, event), before, byId }),
      fields: [...fields.values()].map((field) => ({
        ...field,
        isChanged: Object.hasOwn(changed, field.column),
      })),
    };
  });
}

/** Which row it is, is no part of its story. */
const isKey = (column: string): boolean =>
  column === 'workspace' ||
  column === 'uid' ||
  /^(?:jimer|experience|task|step|survey|request)Uid$/.test(column);

const contributionTo = (model: Model, { contributed }: ExplainedEvent): Row =>
  contributed.find((contribution) => contribution.model === model)?.values ?? {};

export interface VerdictWords {
  readonly color: 'teal' | 'red' | 'yellow';
  readonly title: string;
  readonly sentences: readonly string[];
}

/** Whether the events make the stored row, in words. */
export function verdictOf({
  matches,
  row,
  differing,
  total,
  checked,
  notes,
}: Pick<Explanation, 'matches' | 'row' | 'differing' | 'total' | 'checked' | 'notes'>): VerdictWords {
  const events = counted(total, 'event');
  if (matches === null)
    return { color: 'yellow', title: 'The stored row cannot be checked', sentences: notes };
  if (matches)
    return {
      color: 'teal',
      title: 'Equal to the stored row',
      sentences: [
        checked < total
          ? `The row comes from ${events}. Those that decided its columns make exactly the stored row.`
          : `The ${events} in the log ${total === 1 ? 'makes' : 'make'} exactly the stored row.`,
        ...notes,
      ],
    };
  return {
    color: 'red',
    title: 'Differs from the stored row',
    sentences: [
      row === null
        ? 'The log makes no such row, although one is stored.'
        : `The stored row differs from the log in ${listed(differing.map(columnWords))}. Below is the row that the log makes.`,
      'Verify the projection, and repair the row from the log.',
      ...notes,
    ],
  };
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

function arrivalOf(event: ExplainedEvent, earlier: readonly ExplainedEvent[]): string[] {
  const { time, latenessSeconds, deliveries, note } = event;
  // The order, and when it arrived, are of the newest copy.
  const it = deliveries !== null && deliveries > 1 ? 'Its newest copy' : 'It';
  const overtakenBy = earlier.filter((one) => Date.parse(one.time) > Date.parse(time)).length;
  return [
    ...(latenessSeconds !== null && latenessSeconds >= LATE_SECONDS
      ? [`${it} arrived ${lengthOf(latenessSeconds, 'long')} after it happened.`]
      : []),
    ...(overtakenBy > 0 ? [`${it} arrived after ${counted(overtakenBy, 'event')} that happened later.`] : []),
    ...(deliveries !== null && deliveries > 1
      ? [`It was delivered ${deliveries === 2 ? 'twice' : `${deliveries} times`}; the copies change nothing.`]
      : []),
    ...(note === null ? [] : [`It contributes nothing: ${note}.`]),
  ];
}

function effectsOf({
  event,
  changed,
  said,
  before,
  byId,
}: {
  event: ExplainedEvent;
  changed: Row;
  /** What it contributed to the row. */
  said: Row;
  before: Row;
  byId: ReadonlyMap<string, ExplainedEvent>;
}): Pick<Step, 'changes' | 'others'> {
  const { lost } = event;
  const changes: string[] = [];
  const others: string[] = [];
  for (const [[from, to], cells] of grouped(
    Object.entries(changed),
    ([column, value]) => [before[column], value] as const,
  )) {
    const columns = columnList(cells.map(([column]) => column));
    changes.push(
      isNothing(from)
        ? `It set ${columns} to ${valueWords(to)}.`
        : `It changed ${columns} from ${valueWords(from)} to ${valueWords(to)}.`,
    );
  }
  const confirmed = Object.keys(said).filter(
    (column) =>
      Object.hasOwn(before, column) &&
      !isNothing(said[column]) &&
      !Object.hasOwn(changed, column) &&
      !lost.some((loss) => loss.column === column),
  );
  if (confirmed.length > 0) others.push(`It confirmed ${columnList(confirmed)}.`);
  for (const [[to, isReplaced], losses] of grouped(
    lost,
    ({ column, to }) => [to, Object.hasOwn(changed, column)] as const,
  )) {
    const winner = byId.get(to);
    const columns = columnList(losses.map(({ column }) => column));
    if (isReplaced) others.push(`${winner ? named(winner) : 'Another event'} later replaced ${columns}.`);
    else others.push(`It did not change ${columns}: ${whyNot(event, winner)}.`);
  }
  return { changes: changes.length > 0 ? changes : ['It changed nothing.'], others };
}

const named = ({ event, time }: ExplainedEvent): string =>
  `“${capitalized(eventWords(event))}” of ${exactly(time)}`;

function whyNot(loser: ExplainedEvent, winner: ExplainedEvent | undefined): string {
  if (!winner) return 'another event decides';
  const apart = Date.parse(winner.time) - Date.parse(loser.time);
  if (apart === 0) return `${named(winner)}, of the same time, decides`;
  return `${named(winner)} is ${apart > 0 ? 'newer' : 'older'}`;
}

const columnList = (columns: readonly string[]): string => listed(columns.map(columnWords));

/** Groups items by the JSON of a key, in the order of their first appearance. */
function grouped<T, K extends readonly unknown[]>(items: readonly T[], keyOf: (item: T) => K): [K, T[]][] {
  const groups = new Map<string, [K, T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const name = JSON.stringify(key.map((part) => part ?? null));
    const group = groups.get(name);
    if (group) group[1].push(item);
    else groups.set(name, [key, [item]]);
  }
  return [...groups.values()];
}

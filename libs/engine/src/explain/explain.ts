import type { Row, Stored } from '../declare/column-types';
import type { Contribution } from '../declare/contribution';
import type { Projection } from '../declare/projection';
import type { AnyReadModel, Column, LatestGroup } from '../declare/read-model';
import { applyRecord } from '../fold/apply';
import { mergeInto } from '../fold/merge';
import { RowFold } from '../fold/row-fold';
import type { Decoded, EngineEvent } from '../log/event';
import { comparePartitions, partitionKey, type TopicPartition } from '../log/log-position';
import type { LogRecord } from '../log/record';

/** A record of the log with the event in it. */
export interface Evidence<E extends EngineEvent> extends TopicPartition {
  readonly record: LogRecord;
  readonly decoded: Decoded<E>;
}

/** A column that an event contributed to, and the event that decided it instead. */
export interface LostColumn {
  readonly column: Column;
  /** Id of that event. */
  readonly to: string;
}

/** What one event did to a row. */
export interface ExplainedEvent<E extends EngineEvent> {
  readonly event: E;
  /** Its records, in the order of the log: more than one where it was delivered again. */
  readonly deliveries: readonly Evidence<E>[];
  /** Everything that it contributes to the tables of the projection. */
  readonly contributions: readonly Contribution[];
  /** Why the projection cannot apply it; null when it can. */
  readonly notApplied: string | null;
  /** What it contributes to the row; null when that is nothing. */
  readonly own: Row | null;
  /** Whether the row is among what it contributes to. */
  readonly isBehindRow: boolean;
  /** Columns of the row that it decided: the first event in the order of the log that says what the row says. */
  readonly won: readonly Column[];
  /** Columns of the row for which it says something else than the event that decided them. */
  readonly lost: readonly LostColumn[];
}

export interface Explanation<E extends EngineEvent> {
  /** What the records make of the row; null when none of them contributes to it. */
  readonly row: Row | null;
  /** In the order of the log, by their first delivery. */
  readonly events: readonly ExplainedEvent<E>[];
}

/** A row of a read model: values of its key, the workspace first. */
export interface RowKey {
  readonly table: AnyReadModel;
  readonly key: readonly Stored[];
}

/**
 * Folds records again and says of each event what it contributed to a row, what of it the row shows, and which event
 * decided the rest. Records may be given in any order, and a part of them explains what that part makes.
 *
 * @param isApplied whether the projection applied the record: not one that is a dead letter
 */
export function explainRow<E extends EngineEvent>(
  projection: Projection<E>,
  of: RowKey,
  evidence: readonly Evidence<E>[],
  isApplied: (record: Evidence<E>) => boolean = () => true,
): Explanation<E> {
  const { table } = of;
  const told = eventsIn(evidence).map((deliveries) => tellEvent(projection, of, deliveries, isApplied));
  let row: Row | null = null;
  for (const { own } of told)
    if (own !== null) {
      if (row === null) row = own.slice();
      else mergeInto(table, row, own);
    }
  const decided = row === null ? [] : unitsOf(table).map((unit) => decide(unit, row, told));
  const events = told.map((event): ExplainedEvent<E> => {
    const { own } = event;
    const won: Column[] = [];
    const lost: LostColumn[] = [];
    for (const { unit, winner, agrees } of decided) {
      if (own === null || !unit.isIn(own) || winner === null) continue;
      if (winner === event.event) won.push(...unit.columns);
      else if (!agrees(own)) lost.push(...unit.columns.map((column) => ({ column, to: winner.id })));
    }
    return { ...event, isBehindRow: own !== null, won, lost };
  });
  return { row, events };
}

/** A column that an event changed, and its value after the event. */
export interface ChangedColumn {
  readonly column: Column;
  readonly value: Stored;
}

/**
 * What each event changes in a row when they are applied one after the other.
 *
 * @param owns what each contributes to the row, in any order; null for nothing
 */
export function changesOf(
  table: AnyReadModel,
  owns: readonly (Row | null)[],
): readonly (readonly ChangedColumn[])[] {
  let row: Row | null = null;
  return owns.map((own) => {
    if (own === null) return [];
    const before: Row = row?.slice() ?? table.columns.map(() => null);
    if (row === null) row = own.slice();
    else mergeInto(table, row, own);
    const after = row;
    return differingColumns(table, before, after).map((column) => ({ column, value: after[column.index]! }));
  });
}

/** Columns besides the key in which two rows differ; a position says only where a record is, and is none of them. */
export function differingColumns(table: AnyReadModel, a: Row, b: Row): readonly Column[] {
  return table.columns.filter(
    ({ role, index }) => role.kind !== 'key' && role.kind !== 'position' && !isSame(a[index]!, b[index]!),
  );
}

/**
 * The order of the log: by the time of appending, and within a partition by offset. Timestamps may go backwards within a
 * partition, so that a record counts as appended no earlier than those before it there.
 */
export function inOrderOfLog<E extends EngineEvent>(
  evidence: readonly Evidence<E>[],
): readonly Evidence<E>[] {
  const compareOffsets = (a: Evidence<E>, b: Evidence<E>): number =>
    comparePartitions(a, b) || a.record.offset - b.record.offset;
  const latest = new Map<string, number>();
  const timed = evidence.toSorted(compareOffsets).map((each) => {
    const partition = partitionKey(each);
    const time = Math.max(latest.get(partition) ?? each.record.timestamp, each.record.timestamp);
    latest.set(partition, time);
    return { each, time };
  });
  // What has one time stays in order of partition and offset: sorting is stable.
  return timed.sort((a, b) => a.time - b.time).map(({ each }) => each);
}

type ToldEvent<E extends EngineEvent> = Pick<
  ExplainedEvent<E>,
  'event' | 'deliveries' | 'contributions' | 'notApplied' | 'own'
>;

/** The deliveries of each event, in the order of the log. */
function eventsIn<E extends EngineEvent>(evidence: readonly Evidence<E>[]): readonly Evidence<E>[][] {
  const events = Map.groupBy(
    inOrderOfLog(evidence).filter(({ decoded }) => decoded.ok),
    ({ decoded }) => (decoded.ok ? `${decoded.event.workspace} ${decoded.event.id}` : ''),
  );
  return [...events.values()];
}

function tellEvent<E extends EngineEvent>(
  projection: Projection<E>,
  { table, key }: RowKey,
  deliveries: readonly Evidence<E>[],
  isApplied: (record: Evidence<E>) => boolean,
): ToldEvent<E> {
  const fold = new RowFold(projection.tables);
  let notApplied: string | null = null;
  for (const delivery of deliveries) {
    const application = applyRecord(projection, delivery.partition, delivery);
    if (application.outcome === 'dead letter') notApplied = application.reason;
    if (application.outcome !== 'applied') continue;
    if (isApplied(delivery)) for (const contribution of application.contributions) fold.add(contribution);
    else notApplied = 'it is a dead letter';
  }
  const rows = fold.take();
  const contributions = [...rows].flatMap(([of, all]) => all.map((row) => ({ table: of, row })));
  const own = rows.get(table)?.find((row) => key.every((value, i) => row[table.keys[i]!.index] === value));
  const { decoded } = deliveries.at(-1)!;
  if (!decoded.ok) throw new Error('a record that is no event was taken for one');
  return { event: decoded.event, deliveries, contributions, notApplied, own: own ?? null };
}

/** Columns that are decided together: one with a merge of its own, or a latest group. */
interface Unit {
  readonly columns: readonly Column[];
  /** Whether a contribution says anything of it. */
  isIn(contribution: Row): boolean;
  /** Whether a contribution says what the row says. */
  agrees(contribution: Row, row: Row): boolean;
}

function unitsOf({ singles, groups }: AnyReadModel): readonly Unit[] {
  return [
    ...singles.map((column): Unit => {
      const { index } = column;
      return {
        columns: [column],
        isIn: (row) => row[index] !== null,
        agrees: (contribution, row) => isSame(contribution[index]!, row[index]!),
      };
    }),
    ...groups.map((group): Unit => ({
      columns: group.columns,
      isIn: (row) => row[group.time.index] !== null,
      agrees: (contribution, row) =>
        decidingColumns(group).every(({ index }) => isSame(contribution[index]!, row[index]!)),
    })),
  ];
}

/** The stamp, and the values: deliveries of one event may carry others. */
const decidingColumns = ({ stamp, columns }: LatestGroup): readonly Column[] => [...stamp, ...columns];

/** Of several events that say what the row says the first has decided it: those after it changed nothing. */
function decide<E extends EngineEvent>(unit: Unit, row: Row, told: readonly ToldEvent<E>[]) {
  const agrees = (own: Row): boolean => unit.agrees(own, row);
  const winner = told.find(({ own }) => own !== null && unit.isIn(own) && agrees(own));
  return { unit, winner: winner?.event ?? null, agrees };
}

function isSame(a: Stored, b: Stored): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

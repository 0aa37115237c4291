import { CannotApply, type EngineEvent } from '../log/event';
import type { Row } from './column-types';
import type { AnyReadModel, ReadModel } from './read-model';

/** A partial row that an event adds to one table, in the form that is stored. */
export interface Contribution {
  readonly table: AnyReadModel;
  readonly row: Row;
}

/**
 * Makes the contribution of `event` to `table`.
 *
 * @param rank replaces the event's rank where a table ranks kinds differently
 * @throws {CannotApply} when a value can never be stored: the event becomes a dead letter
 */
export function contribute<V>(
  table: ReadModel<V>,
  event: EngineEvent,
  values: NoInfer<V>,
  rank = event.rank,
): Contribution {
  return { table, row: contributedRow(table, event, values as Readonly<Record<string, unknown>>, rank) };
}

type Values = Readonly<Record<string, unknown>>;

/**
 * The partial row that one event contributes.
 *
 * @param values key and column values by name; absent (undefined) contributes nothing, null is a value to *latest*
 * @param rank decides between contributions with the same time to a *latest* group
 * @throws {CannotApply} when a value does not fit its column
 */
export function contributedRow(table: AnyReadModel, event: EngineEvent, values: Values, rank: number): Row {
  const row: Row = table.empty.slice();
  // Remembered for the error message: a try block per column would cost more than most columns do.
  let at = table.keys[0]!;
  try {
    for (at of table.keys) {
      const value = at.index === 0 ? event.workspace : values[at.name];
      if (value === undefined || value === null) throw new CannotApply('has no value');
      row[at.index] = at.type.normalise(value);
    }
    for (at of table.singles) {
      const value = values[at.name];
      if (value !== undefined && value !== null) row[at.index] = at.type.normalise(value);
    }
    for (const group of table.groups) {
      let present = false;
      for (at of group.columns) {
        const value = values[at.name];
        if (value === undefined) continue;
        present = true;
        if (value !== null) row[at.index] = at.type.normalise(value);
      }
      if (!present) continue;
      at = group.time;
      row[at.index] = at.type.normalise(event.time);
      row[group.rank.index] = rank;
      row[group.event.index] = event.id;
    }
  } catch (error) {
    if (error instanceof CannotApply) throw new CannotApply(`${table.name}.${at.name}: ${error.message}`);
    throw error;
  }
  return row;
}

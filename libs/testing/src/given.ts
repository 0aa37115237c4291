import type { CatalogEvent, EventName, EventOf, JimoEvent, SystemRecord } from '@app/catalog';
import type { Projection, ReadModel, Tally } from '@app/engine';
import { memoryOf } from './contracts/projection-store.contract';
import { applied, numbered, type Everything } from './contracts/projection.contract';
import { recordOf, systemRecordOf, type Placed } from './contracts/records';

/** What a webhook delivers, or a system event. */
export type StoryEvent = Readonly<Record<string, unknown>> | SystemRecord;

/** Epoch milliseconds of a time of day, in UTC: on 21 February 2025, or on another day of that month. */
export function at(time: string, day = 21): number {
  return Date.parse(`2025-02-${day}T${time}Z`);
}

/** What a webhook delivers of an event, with the objects that the catalogue demands of it. */
export function event<N extends EventName>(
  name: N,
  time: number,
  objects: Omit<EventOf<N>, keyof JimoEvent>,
): StoryEvent {
  return { event: name, version: '0', time, ...objects };
}

/** The id under which the gateway accepts, or rejects, an event. */
export function idOf(story: StoryEvent): string {
  return placed(story).record.key!.toString().slice(0, 36);
}

/**
 * Stories of a projection: `given(…events).when(…more).then(ReadModel, …rows)`. The events are folded in memory.
 * Each story also claims that it ends in the same rows when every event is delivered twice, and when all arrive in
 * reverse order.
 */
export function givenFor(projection: Projection<CatalogEvent>) {
  return (...events: readonly StoryEvent[]): Story => new Story(projection, events);
}

type RowOf<T> = T extends ReadModel<infer V> ? Partial<V> : Readonly<Record<string, unknown>>;

/** Rejects when the rows differ. */
export interface Outcome extends Promise<void> {
  /** Claims the rows of another table of the projection. */
  and<T extends ReadModel | Tally>(table: T, ...rows: readonly RowOf<T>[]): Outcome;
}

class Story {
  private folded: Promise<Everything> | null = null;

  constructor(
    private readonly projection: Projection<CatalogEvent>,
    private readonly events: readonly StoryEvent[],
  ) {}

  when(...events: readonly StoryEvent[]): Story {
    return new Story(this.projection, [...this.events, ...events]);
  }

  /**
   * Claims that a table ends with these rows and no others, in any order. Only the columns that a row names are
   * compared; a column that one row names and another does not is null there.
   */
  then<T extends ReadModel | Tally>(table: T, ...rows: readonly RowOf<T>[]): Outcome {
    // `await given(…)` would call this with two functions.
    if (typeof table === 'function') throw new Error('a story ends with .then(table, …rows)');
    return this.claim(Promise.resolve(), table, rows);
  }

  private claim(
    before: Promise<void>,
    table: ReadModel | Tally,
    rows: readonly Readonly<Record<string, unknown>>[],
  ): Outcome {
    const claimed = before.then(async () => {
      const all = await (this.folded ??= this.fold());
      const named = new Set(rows.flatMap((row) => Object.keys(row)));
      const columns = named.size > 0 ? [...named] : table.keys.map(({ name }) => name);
      const readable = (each: readonly Readonly<Record<string, unknown>>[]) =>
        each.map((row) => readableRow(table, columns, row)).toSorted(byText);
      expect({ [table.name]: readable(all[table.name]!) }).toEqual({ [table.name]: readable(rows) });
    });
    const and: Outcome['and'] = (other, ...more) => this.claim(claimed, other, more);
    return Object.assign(claimed, { and });
  }

  private async fold(): Promise<Everything> {
    const records = numbered(this.events.map(placed));
    const fold = (...batches: Placed[][]) => applied(this.projection, memoryOf(this.projection), batches);
    const told = await fold(...records.map((record) => [record]));
    const others = {
      'when every event is delivered twice': await fold(records, records),
      'when the events arrive in reverse order': await fold(records.toReversed()),
    };
    for (const [how, rows] of Object.entries(others))
      try {
        expect(rows).toEqual(told);
      } catch (difference) {
        throw new Error(`Other rows ${how}: ${(difference as Error).message}`);
      }
    return told;
  }
}

function placed(event: StoryEvent): Placed {
  return isSystemRecord(event) ? systemRecordOf(event, 0) : recordOf(JSON.stringify(event), 0);
}

function isSystemRecord(event: StoryEvent): event is SystemRecord {
  return Buffer.isBuffer(event['value' as keyof StoryEvent]);
}

/** Instants as ISO text, and JSON parsed: what a difference is read in. */
function readableRow(
  table: ReadModel | Tally,
  names: readonly string[],
  row: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const columns: readonly { readonly name: string; readonly type?: { readonly name: string } }[] =
    table.kind === 'tally' ? [...table.keys, ...table.measures] : table.columns;
  const entries = names.map((name) => {
    const column = columns.find((each) => each.name === name);
    if (!column) throw new Error(`${table.name} has no column ${name}`);
    const value = row[name] ?? null;
    if (column.type?.name === 'instant' && typeof value === 'number')
      return [name, new Date(value).toISOString()];
    if (column.type?.name === 'json' && typeof value === 'string')
      return [name, JSON.parse(value) as unknown];
    return [name, value];
  });
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

function byText(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

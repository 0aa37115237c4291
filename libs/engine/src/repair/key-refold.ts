import type { Row } from '../declare/column-types';
import type { Contribution } from '../declare/contribution';
import type { Projection } from '../declare/projection';
import type { AnyReadModel } from '../declare/read-model';
import { ErasedPersons, personOf, withoutErased } from '../erasure/erased-persons';
import { applyRecord, decodedRecord } from '../fold/apply';
import { keyOf } from '../fold/merge';
import { RowFold } from '../fold/row-fold';
import type { Decode, EngineEvent } from '../log/event';
import { partitionKey } from '../log/log-position';
import type { RecordBatch } from '../log/record';
import type { StoredDeadLetter } from '../verify/verify-store';

/** A person whose rows are refolded. */
export interface RepairedPerson {
  /** null: every workspace that knows the uid. */
  readonly workspace: string | null;
  readonly uid: string;
}

/** Which rows are refolded: all of some persons, and those of certain keys. */
export interface RepairTarget {
  readonly persons: readonly RepairedPerson[];
  /** Rows of which only the key counts. */
  readonly keys: ReadonlyMap<AnyReadModel, readonly Row[]>;
}

/** Whether a row is one of those that are refolded. */
export class RepairSelection {
  private readonly keys: ReadonlyMap<AnyReadModel, ReadonlySet<string>>;

  constructor(private readonly target: RepairTarget) {
    this.keys = new Map(
      [...target.keys].map(([table, rows]) => [table, new Set(rows.map((row) => keyOf(table, row)))]),
    );
  }

  has(table: AnyReadModel, row: Row): boolean {
    return this.isOfPerson(table, row) || (this.keys.get(table)?.has(keyOf(table, row)) ?? false);
  }

  private isOfPerson({ person, keys }: AnyReadModel, row: Row): boolean {
    if (person === null) return false;
    const value = row[person.index];
    return this.target.persons.some(
      ({ workspace, uid }) =>
        (workspace === null || row[keys[0]!.index] === workspace) &&
        (Array.isArray(value) ? value.includes(uid) : value === uid),
    );
  }
}

/**
 * What the log makes of certain rows: it is given the log from its beginning, in any number of pieces, and keeps these
 * rows alone. Who is erased is told by the log as well, not by tables that may be at fault.
 */
export class KeyRefold<E extends EngineEvent> {
  private readonly selection: RepairSelection;
  private readonly fold: RowFold;
  private readonly erased = new ErasedPersons();
  private deadLetters: ReadonlySet<string> = new Set();
  private readonly firstSeen = new Map<string, StoredDeadLetter>();

  constructor(
    private readonly projection: Projection<E>,
    private readonly decode: Decode<E>,
    target: RepairTarget,
  ) {
    this.selection = new RepairSelection(target);
    this.fold = new RowFold(projection.tables);
  }

  /** Of the records that are taken from now on: what is not in the tables counts for nothing here either. */
  exclude(deadLetters: readonly StoredDeadLetter[]): void {
    for (const letter of deadLetters) {
      const slot = slotOf(letter, letter.offset);
      if (!this.firstSeen.has(slot)) this.firstSeen.set(slot, letter);
    }
    this.deadLetters = new Set(
      deadLetters.filter(({ state }) => state !== 'replayed').map((letter) => slotOf(letter, letter.offset)),
    );
  }

  /** Each as it was when its record was taken, or left out: when it was given to `exclude` first. */
  get excluded(): readonly StoredDeadLetter[] {
    return [...this.firstSeen.values()];
  }

  take(batch: RecordBatch): void {
    for (const record of batch.records) {
      if (this.deadLetters.size > 0 && this.deadLetters.has(slotOf(batch, record.offset))) continue;
      const application = applyRecord(this.projection, batch.partition, decodedRecord(record, this.decode));
      if (application.outcome === 'applied') for (const each of application.contributions) this.add(each);
    }
  }

  /** Of all tables, without the rows of those who are erased. They can be asked for once. */
  result(): ReadonlyMap<AnyReadModel, readonly Row[]> {
    return withoutErased(this.fold.take(), this.erased).rows;
  }

  private add(contribution: Contribution): void {
    const { table, row } = contribution;
    if (table === this.projection.erased) this.erased.addAll([personOf(table, row)]);
    // A copy: the fold merges into the row that it is given first.
    if (this.selection.has(table, row)) this.fold.add({ ...contribution, row: [...row] });
  }
}

const slotOf = (at: { readonly topic: string; readonly partition: number }, offset: number): string =>
  `${partitionKey(at)}@${offset}`;

import type { Contribution } from '../declare/contribution';
import type { Projection } from '../declare/projection';
import type { AnyReadModel } from '../declare/read-model';
import type { Row } from '../declare/column-types';

export interface ErasedPerson {
  readonly workspace: string;
  readonly uid: string;
}

type Rows = ReadonlyMap<AnyReadModel, readonly Row[]>;

const NOBODY: ReadonlySet<string> = new Set();
const NO_ROWS: ReadonlySet<Row> = new Set();

/**
 * The erased persons of one generation. None of their rows exists, whatever contributes to it and whenever, so it does
 * not matter which of a person's events came before the erasure.
 */
export class ErasedPersons {
  private readonly persons = new Map<string, Set<string>>();

  constructor(persons: Iterable<ErasedPerson> = []) {
    this.addAll(persons);
  }

  get isEmpty(): boolean {
    return this.persons.size === 0;
  }

  addAll(persons: Iterable<ErasedPerson>): void {
    for (const { workspace, uid } of persons) {
      const known = this.persons.get(workspace);
      if (known) known.add(uid);
      else this.persons.set(workspace, new Set([uid]));
    }
  }

  has({ workspace, uid }: ErasedPerson): boolean {
    return (this.persons.get(workspace) ?? NOBODY).has(uid);
  }

  /** Whether the row belongs to an erased person. */
  owns({ person, keys }: AnyReadModel, row: Row): boolean {
    if (person === null || this.persons.size === 0) return false;
    const uids = this.persons.get(row[keys[0]!.index] as string);
    if (!uids) return false;
    const value = row[person.index];
    return Array.isArray(value) ? value.some((uid) => uids.has(uid as string)) : uids.has(value as string);
  }

  /** Whether a record mentions an erased person: of its workspace, or of any if its workspace is unknown. */
  areMentionedIn(record: {
    readonly workspace: string | null;
    readonly mentions: readonly string[];
  }): boolean {
    const sets =
      record.workspace === null ? [...this.persons.values()] : [this.persons.get(record.workspace) ?? NOBODY];
    return sets.some((uids) => record.mentions.some((uid) => uids.has(uid)));
  }

  *[Symbol.iterator](): Iterator<ErasedPerson> {
    for (const [workspace, uids] of this.persons) for (const uid of uids) yield { workspace, uid };
  }
}

/** The persons whom the rows of a batch erase and who were not erased before. */
export function newlyErased(
  { erased }: Pick<Projection<never>, 'erased'>,
  rows: Rows,
  known: ErasedPersons,
): ErasedPersons {
  const fresh = new ErasedPersons();
  if (erased === null) return fresh;
  for (const row of rows.get(erased) ?? []) {
    const person = personOf(erased, row);
    if (!known.has(person)) fresh.addAll([person]);
  }
  return fresh;
}

/** @param row of the table of erased persons, whose key is the workspace and the uid */
export function personOf({ keys }: AnyReadModel, row: Row): ErasedPerson {
  return { workspace: row[keys[0]!.index] as string, uid: row[keys[1]!.index] as string };
}

/** Divides rows into those that remain and those that belong to erased persons. */
export function withoutErased(
  rows: Rows,
  ...erased: readonly ErasedPersons[]
): { readonly rows: Rows; readonly dropped: ReadonlySet<Row> } {
  const some = erased.filter(({ isEmpty }) => !isEmpty);
  if (some.length === 0) return { rows, dropped: NO_ROWS };
  const dropped = new Set<Row>();
  const kept = [...rows].map(([table, all]) => {
    if (table.person === null) return [table, all] as const;
    const others = all.filter((row) => {
      if (!some.some((persons) => persons.owns(table, row))) return true;
      dropped.add(row);
      return false;
    });
    return [table, others] as const;
  });
  return { rows: new Map(kept), dropped };
}

/** The contributions to rows that do not belong to erased persons. */
export function contributionsWithout(
  erased: ErasedPersons,
  contributions: readonly Contribution[],
): readonly Contribution[] {
  if (erased.isEmpty || !contributions.some(({ table, row }) => erased.owns(table, row)))
    return contributions;
  return contributions.filter(({ table, row }) => !erased.owns(table, row));
}

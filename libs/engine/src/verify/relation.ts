import { COLUMN_TYPES, type ColumnType, type Row, type Stored } from '../declare/column-types';
import type { ProjectionDeclaration } from '../declare/projection';
import type { AnyReadModel } from '../declare/read-model';
import { mergeInto } from '../fold/merge';
import { groupsOf, type Measure, type Tally } from '../declare/tally';

export interface RelationColumn {
  readonly name: string;
  readonly sqlName: string;
  readonly type: ColumnType<unknown>;
}

/**
 * What read models and tallies have in common: one row per key. The rows of a read model merge as its columns declare,
 * those of a tally by addition. Columns that the database computes from others are left out.
 */
export interface Relation {
  readonly name: string;
  readonly of: AnyReadModel | Tally;
  /** The columns of the key come first. */
  readonly columns: readonly RelationColumn[];
  readonly keyColumns: number;
  merge(target: Row, source: Row): void;
  /** Whether the row counts as one: a group of a tally whose counts are all zero does not. */
  exists(row: Row): boolean;
}

export function relationOf(table: AnyReadModel | Tally): Relation {
  return table.kind === 'tally' ? tallyRelation(table) : tableRelation(table);
}

/** Tables before the tallies that count them. */
export function relationsOf(projection: ProjectionDeclaration): Relation[] {
  return [...projection.tables, ...projection.tallies].map(relationOf);
}

function tableRelation(table: AnyReadModel): Relation {
  return {
    name: table.name,
    of: table,
    columns: table.columns,
    keyColumns: table.keys.length,
    merge: (target, source) => mergeInto(table, target, source),
    exists: () => true,
  };
}

function tallyRelation(tally: Tally): Relation {
  const keyColumns = tally.keys.length;
  const end = keyColumns + tally.measures.length;
  return {
    name: tally.name,
    of: tally,
    columns: [
      ...tally.keys,
      ...tally.measures.map(({ name, sqlName }) => ({ name, sqlName, type: COLUMN_TYPES.integer })),
    ],
    keyColumns,
    merge: (target, source) => {
      for (let i = keyColumns; i < end; i++) target[i] = (target[i] as number) + (source[i] as number);
    },
    exists: (row) => row.slice(keyColumns).some((count) => count !== 0),
  };
}

/** What one row of a counted table adds to a tally: rows of its groups, each with a count of one. */
export function countedRows(tally: Tally, measure: Measure, row: Row): readonly Row[] {
  const counts = tally.measures.map((each): Stored => (each === measure ? 1 : 0));
  return groupsOf(measure, row).map((group) => [row[0]!, ...group, ...counts]);
}

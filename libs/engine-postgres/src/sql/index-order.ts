import type { AnyReadModel } from '@app/engine';
import { identifier } from './identifiers';

/** The key's columns in the order of the primary key's index. Rows merged in this order reach its pages in order. */
export function indexedKey(table: AnyReadModel): readonly string[] {
  const [workspace, ...own] = table.keys.map(({ sqlName }) => identifier(sqlName));
  return indexOrder(table, workspace!, own);
}

/** An index's columns, including the workspace. */
export function indexOrder(
  table: AnyReadModel,
  workspace: string,
  own: readonly string[],
): readonly string[] {
  if (!table.ownerFirst) return [workspace, ...own];
  const [owner, ...rest] = own;
  return [owner!, workspace, ...rest];
}

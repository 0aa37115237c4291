import type { AnyReadModel } from '@app/engine';
import { identifier } from './identifiers';

/** The key's columns as the primary key's index has them: rows that are merged in this order meet its pages in order. */
export function indexedKey(table: AnyReadModel): readonly string[] {
  const [workspace, ...own] = table.keys.map(({ sqlName }) => identifier(sqlName));
  return indexOrder(table, workspace!, own);
}

/** An index's columns, the workspace among them. */
export function indexOrder(
  table: AnyReadModel,
  workspace: string,
  own: readonly string[],
): readonly string[] {
  if (!table.ownerFirst) return [workspace, ...own];
  const [owner, ...rest] = own;
  return [owner!, workspace, ...rest];
}

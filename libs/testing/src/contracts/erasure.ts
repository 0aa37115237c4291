import type { Projection, Row } from '@app/engine';
import { columnOf } from '@app/engine/adapters';
import { Crowd, everything, Gone, Shared, type TestEvent } from './everything';

/**
 * The test projection as if erased persons had never done anything: the expected result of an erasure, computed without
 * the engine's erasure.
 */
export function withoutThoseErased(events: readonly TestEvent[]): Projection<TestEvent> {
  const erased = new Set(
    events.flatMap(({ name, workspace, who }) => (name === 'erase' ? [`${workspace} ${who}`] : [])),
  );
  const people = columnOf(Crowd, 'people').index;
  const isGone = ([workspace, ...row]: Row, uids = [row[0]]): boolean =>
    uids.some((uid) => erased.has(`${String(workspace)} ${String(uid)}`));
  return {
    ...everything,
    erased: null,
    handlerOf: (name) => {
      const handler = everything.handlerOf(name)!;
      return (event) =>
        handler(event).filter(({ table, row }) => {
          if (table === Gone || table === Shared) return true;
          return table === Crowd ? !isGone(row, row[people] as string[]) : !isGone(row);
        });
    },
  };
}

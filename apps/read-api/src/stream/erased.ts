import { JIMER_ERASED } from '@app/catalog';
import type { ReadDatabase } from '../common/database/read-database';
import type { Change } from './change';

export type ErasedJimer = Pick<Change, 'workspace' | 'jimerUid'>;

/** Whose changes are told no more, also where their records are still in the log. */
export class ErasedJimers {
  private readonly known: Set<string>;

  constructor(jimers: readonly ErasedJimer[]) {
    this.known = new Set(jimers.map(keyOf));
  }

  /** @returns whether it is the first that is heard of it */
  add(jimer: ErasedJimer): boolean {
    return this.known.size !== this.known.add(keyOf(jimer)).size;
  }

  /** That somebody was erased is told all the same. */
  hides(change: Change): boolean {
    return change.jimerUid !== null && change.event !== JIMER_ERASED && this.known.has(keyOf(change));
  }
}

const keyOf = ({ workspace, jimerUid }: ErasedJimer): string => `${workspace}\u0000${jimerUid}`;

/** Those that were asked for; whoever is erased later is read of in the log. */
export function readErased(database: Pick<ReadDatabase, 'query'>): Promise<ErasedJimer[]> {
  return database.query<ErasedJimer>('SELECT workspace, jimer_uid AS "jimerUid" FROM engine.erasure');
}

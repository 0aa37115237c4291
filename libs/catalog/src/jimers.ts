import { uuidsIn } from '@app/engine';
import { definitionOf } from './catalog';
import type { CatalogEvent } from './decode';
import { lowerCaseUuid } from './header-text';
import { BACKLOG_ITEM_TRIAGED } from './system/backlog-item-triaged';
import { REJECTED_DISCARDED } from './system/rejected-discarded';
import { REJECTED_REPLAYED } from './system/rejected-replayed';

export { uuidsIn };

/**
 * The jimers whose event it is: when one of them is erased it counts no more, and is taken from the log. Of an
 * event of the catalogue it is the jimer that it carries. Nothing in a rejected event can be relied on: there it is
 * every UUID anywhere in it.
 *
 * @returns uids in lower case, each once; of another producer's record as good as can be told
 */
export function jimersOf(event: CatalogEvent): readonly string[] {
  const { origin, name, problems } = event;
  if (origin === 'system') return jimersOfSystemEvent(event);
  const definition = problems === undefined ? definitionOf(name) : undefined;
  if (!definition) return uuidsIn(event.text);
  return definition.objects.includes('jimer') ? uidOf(event) : [];
}

/** Only of those that are about what a jimer has sent: the others are to stay when a jimer goes. */
function jimersOfSystemEvent(event: CatalogEvent): readonly string[] {
  if (event.name === BACKLOG_ITEM_TRIAGED) return uidOf(event);
  if (event.name !== REJECTED_REPLAYED && event.name !== REJECTED_DISCARDED) return [];
  return uuidsIn(event.text);
}

function uidOf(event: CatalogEvent): readonly string[] {
  let uid: unknown;
  try {
    uid = event.object('jimer')?.get('uid');
  } catch {
    // No JSON object: a dead letter.
    return uuidsIn(event.text);
  }
  const known = typeof uid === 'string' ? lowerCaseUuid(uid) : undefined;
  return known === undefined ? [] : [known];
}

import { uuidsIn } from '@app/engine';
import { definitionOf } from './catalog';
import type { CatalogEvent } from './decode';
import { lowerCaseUuid } from './header-text';
import { BACKLOG_ITEM_TRIAGED } from './own/backlog-item-triaged';
import { SET_ASIDE_DISCARDED } from './own/set-aside-discarded';
import { SET_ASIDE_REPLAYED } from './own/set-aside-replayed';

export { uuidsIn };

/**
 * The jimers whose event it is: when one of them is erased it counts no more, and is taken from the log. Of an
 * event of the catalogue it is the jimer that it carries. An event that was set aside says nothing that can be
 * relied on: there it is every UUID that stands anywhere in it.
 *
 * @returns uids in lower case, each once; of another producer's record as good as can be told
 */
export function jimersOf(event: CatalogEvent): readonly string[] {
  const { origin, name, problems } = event;
  if (origin === 'own') return jimersOfOwn(event);
  const definition = problems === undefined ? definitionOf(name) : undefined;
  if (!definition) return uuidsIn(event.text);
  return definition.objects.includes('jimer') ? uidOf(event) : [];
}

/** Only of those that are about what a jimer has sent: the others are to stay when a jimer goes. */
function jimersOfOwn(event: CatalogEvent): readonly string[] {
  if (event.name === BACKLOG_ITEM_TRIAGED) return uidOf(event);
  if (event.name !== SET_ASIDE_REPLAYED && event.name !== SET_ASIDE_DISCARDED) return [];
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

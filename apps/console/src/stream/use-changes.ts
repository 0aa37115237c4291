import { useEffect, useEffectEvent, useState } from 'react';
import { useSession } from '../session/session';
import type { Change, ChangeFilter } from './change-filter';
import { follow } from './follower';
import type { Liveness } from './hub';

export type { Change, ChangeFilter, Liveness };

/**
 * Subscribes to the API's changes while the page is visible. A change may be delivered twice.
 *
 * @param onChanges called with `null` if changes may have been missed, so that the page must reload its data
 */
export function useChanges(
  filter: ChangeFilter,
  onChanges: (changes: readonly Change[] | null) => void,
): Liveness {
  const { token } = useSession();
  const [liveness, setLiveness] = useState<Liveness>('connecting');
  const notify = useEffectEvent(onChanges);
  const asked = JSON.stringify(filter);
  useEffect(
    () => follow({ token, filter: JSON.parse(asked) as ChangeFilter, notify, show: setLiveness }),
    [asked, token],
  );
  return liveness;
}

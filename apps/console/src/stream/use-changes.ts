import { useEffect, useEffectEvent, useState } from 'react';
import { useSession } from '../session/session';
import type { Change, ChangeFilter } from './change-filter';
import { follow } from './follower';
import type { Liveness } from './hub';

export type { Change, ChangeFilter, Liveness };

/**
 * Follows the API's changes while the page is in sight. A change may be given twice.
 *
 * @param onChanges `null` when changes may have been missed: read again what is shown
 */
export function useChanges(
  filter: ChangeFilter,
  onChanges: (changes: readonly Change[] | null) => void,
): Liveness {
  const { token } = useSession();
  const [liveness, setLiveness] = useState<Liveness>('connecting');
  const tell = useEffectEvent(onChanges);
  const asked = JSON.stringify(filter);
  useEffect(
    () => follow({ token, filter: JSON.parse(asked) as ChangeFilter, tell, show: setLiveness }),
    [asked, token],
  );
  return liveness;
}

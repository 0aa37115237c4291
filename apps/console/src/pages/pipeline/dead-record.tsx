import type { Schemas } from '../../session/session';

/** The record as it stands in the log. */
export function DeadRecord({ letter }: { letter: Schemas['DeadLetterDto'] }) {
  return <>{letter.position}</>;
}

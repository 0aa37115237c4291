import { short } from './short';

/** What to call somebody: the best that is known of them. */
export function jimerName(jimer: {
  readonly uid: string;
  readonly username?: string | null;
  readonly email?: string | null;
  readonly identifyToken?: string | null;
}): string {
  const known = [jimer.username, jimer.email, jimer.identifyToken].map((name) => short(name ?? '', 80));
  return known.find((name) => name !== '') ?? `Anonymous …${jimer.uid.slice(-8)}`;
}

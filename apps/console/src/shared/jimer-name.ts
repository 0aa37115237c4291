import { short } from './short';

/** The best known name of a user. */
export function jimerName(jimer: {
  readonly uid: string;
  readonly username?: string | null;
  readonly email?: string | null;
  readonly identifyToken?: string | null;
}): string {
  const known = [jimer.username, jimer.email, jimer.identifyToken].map((name) => short(name ?? '', 80));
  return known.find((name) => name !== '') ?? `Anonymous …${jimer.uid.slice(-8)}`;
}

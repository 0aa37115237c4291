/** What to call somebody: the best that is known of them. */
export function jimerName(jimer: {
  readonly uid: string;
  readonly username?: string | null;
  readonly email?: string | null;
  readonly identifyToken?: string | null;
}): string {
  return jimer.username || jimer.email || jimer.identifyToken || `Anonymous …${jimer.uid.slice(-8)}`;
}

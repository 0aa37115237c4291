/** Epoch milliseconds as ISO-8601 in UTC. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

export function isoTimeOrNull(time: number | null): string | null {
  return time === null ? null : isoTime(time);
}

/** A time as Postgres writes it in JSON, in a session in UTC: `2025-02-03T12:00:00[.fraction]+00:00`. */
export function isoTimeInJson(text: string): string {
  const fraction = text.length > 25 ? text.slice(20, -6) : '';
  return `${text.slice(0, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

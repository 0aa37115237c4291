/** Calendar days of the API: UTC, `YYYY-MM-DD`. They are never converted: in another time zone they would be other days. */

const DAY_MS = 86_400_000;
const SHORT = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const LONG = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

export const today = (): string => new Date().toISOString().slice(0, 10);

export const plusDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

export const isDay = (text: string | null): text is string =>
  text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

export const shortDay = (day: string): string => SHORT.format(Date.parse(day));

/** `12 Nov 2026`, or the first and last day of a week. */
export function interval({ from, to }: { readonly from: string; readonly to: string }): string {
  const last = plusDays(to, -1);
  return last === from ? LONG.format(Date.parse(from)) : LONG.formatRange(Date.parse(from), Date.parse(last));
}

import { useEffect, useState } from 'react';

const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 hours ago", in the viewer's language. */
export function ago(time: string | Date, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1_000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return RELATIVE.format(Math.trunc(seconds / size), unit);
}

const LENGTHS = UNITS.map(([unit, size]) => [
  new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }),
  size,
]) satisfies readonly (readonly [Intl.NumberFormat, number])[];
const SECONDS = new Intl.NumberFormat(undefined, { style: 'unit', unit: 'second', unitDisplay: 'short' });

/** "5 min", in the viewer's language. */
export function lengthOf(seconds: number): string {
  const [format, size] = LENGTHS.find(([, size]) => seconds >= size) ?? [SECONDS, 1];
  return format.format(Math.floor(seconds / size));
}

/** A time in the viewer's time zone, in full on hover. */
export function Moment({ at, relative = false }: { at: string; relative?: boolean }) {
  const [, again] = useState(0);
  useEffect(() => {
    if (!relative) return;
    const timer = setInterval(() => again((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, [relative]);
  const date = new Date(at);
  return (
    <time dateTime={at} title={FULL.format(date)} style={{ whiteSpace: 'nowrap' }}>
      {relative ? ago(date) : SHORT.format(date)}
    </time>
  );
}

import { useEffect, useState } from 'react';
import { ago } from './time-words';

const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

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

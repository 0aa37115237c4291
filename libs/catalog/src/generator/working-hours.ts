const HOUR = 3_600_000;

/** How many come in an hour, beside one of a working day. */
function weightOf(at: number): number {
  const date = new Date(at);
  const hour = date.getUTCHours();
  const isDay = hour >= 7 && hour < 18;
  const isWeekend = date.getUTCDay() % 6 === 0;
  return (isDay ? 1 : 0.15) * (isWeekend ? 0.2 : 1);
}

/**
 * When the n-th of all comes, as a part from 0 to 1, if most come in the hours of working days.
 *
 * @param span in milliseconds, as the result
 */
export function workingHours(start: number, span: number): (part: number) => number {
  const sums: number[] = [0];
  for (let at = 0; at < span; at += HOUR)
    sums.push(sums.at(-1)! + weightOf(start + at) * Math.min(1, (span - at) / HOUR));
  const total = sums.at(-1)!;
  return (part) => {
    const wanted = part * total;
    let hour = 0;
    for (let step = 2 ** Math.floor(Math.log2(sums.length)); step >= 1; step /= 2)
      if (hour + step < sums.length && sums[hour + step]! <= wanted) hour += step;
    const within = (wanted - sums[hour]!) / ((sums[hour + 1] ?? Infinity) - sums[hour]! || 1);
    return Math.min(start + (hour + Math.min(within, 1)) * HOUR, start + span);
  };
}

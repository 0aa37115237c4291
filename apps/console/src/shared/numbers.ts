/** Numbers in the viewer's locale. */

const WHOLE = new Intl.NumberFormat();
const ONE_PLACE = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const SIGNED = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0, signDisplay: 'exceptZero' });

export const count = (value: number): string => WHOLE.format(value);
export const decimal = (value: number): string => ONE_PLACE.format(value);
export const signed = (value: number): string => SIGNED.format(value);

/** A part as a percentage of the whole; a dash if the whole is zero. */
export const share = (part: number, whole: number): string => (whole === 0 ? '–' : percent(part / whole));
export const percent = (rate: number): string => PERCENT.format(rate);

/** `1 jimer`, `12 jimers`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

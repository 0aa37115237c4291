import { InvalidSetting } from './setting';

/** How the text of an environment variable becomes a value. Messages never repeat the text. */

export function asText(text: string): string {
  return text;
}

export function asInteger(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidSetting('must be a whole number');
  return Number(text);
}

/** A TCP port; 0 lets the system choose a free one. */
export function asPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidSetting('must be a port from 0 (any free one) to 65535');
  return port;
}

export function asFlag(text: string): boolean {
  const lower = text.toLowerCase();
  if (['true', '1', 'on', 'yes'].includes(lower)) return true;
  if (['false', '0', 'off', 'no'].includes(lower)) return false;
  throw new InvalidSetting('must be true or false');
}

export function asList(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) throw new InvalidSetting('has an empty entry between commas');
  return items;
}

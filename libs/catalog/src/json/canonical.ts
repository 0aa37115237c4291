import canonicalize from 'canonicalize';
import { isJsonObject } from '../rules';

/**
 * RFC 8785 is defined over I-JSON: no number beyond a double and no lone surrogate. Webhooks may hold both,
 * and they must neither crash the id nor make two different answers one. So, as the RFC's appendix D advises
 * for numbers, whole numbers beyond 2^53 and numbers beyond a double's range count as the string of their
 * digits; a lone surrogate counts as the text of its escape (`\ud800`).
 */
const NOT_I_JSON = /\d{16}|[eE]\+?\d{3}|\\u[dD][89a-fA-F]|\p{Surrogate}/u;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const WHOLE_NUMBER = /^-?\d+$/;

/**
 * @param value what JSON.parse gave for a text
 * @param textOf gives that text, which is not always needed; nested at most 100 levels deep
 * @returns an equal value that canonicalJson takes
 */
export function toIJson(value: unknown, textOf: () => string): unknown {
  if (isIJson(value)) return value;
  const text = textOf();
  if (!NOT_I_JSON.test(text)) return value;
  const parse = JSON.parse as (source: string, reviver: Reviver) => unknown;
  return parse(text, (_name, item, { source }) => {
    if (typeof item === 'string') return escaped(item);
    if (typeof item === 'number' && source !== undefined)
      return Number.isFinite(item) && (Number.isSafeInteger(item) || !WHOLE_NUMBER.test(source))
        ? item
        : source;
    if (!isJsonObject(item) || Object.keys(item).every((name) => name.isWellFormed())) return item;
    return Object.fromEntries(Object.entries(item).map(([name, member]) => [escaped(name), member]));
  });
}

function isIJson(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number')
    return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isIJson);
  for (const name in value)
    if (!name.isWellFormed() || !isIJson((value as Record<string, unknown>)[name])) return false;
  return true;
}

type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

export function escaped(text: string): string {
  if (text.isWellFormed()) return text;
  return text.replace(LONE_SURROGATE, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

const PLAIN = /^[ !#-[\]-~]*$/;

/** Canonical JSON of a string that is well-formed. */
export function canonicalText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** Canonical JSON (RFC 8785) of I-JSON. */
export function canonicalJson(value: unknown): string {
  return canonicalize(value) as string;
}

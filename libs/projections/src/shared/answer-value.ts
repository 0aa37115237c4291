import { hash } from 'node:crypto';
import { storableText } from '@app/engine';
import { canonicalText } from './text';

/** Step types whose answers are numbers on a scale. */
export const SCALES = ['NPS', 'OPINION_SCALE', 'SLIDER'] as const;

export function isScale(stepType: string | null | undefined): boolean {
  return (SCALES as readonly (string | null | undefined)[]).includes(stepType);
}

const FREE_TEXT = new Set(['TEXT_LONG', 'INTERVIEW']);

/** In bytes: with the texts that stand beside it in the key of a count, it has to fit into an entry of an index. */
const LONGEST_KEY = 1_000;
const DIGEST = 'sha256:';

/** What stands for a JSON text as a key: the text itself, or its digest where it is long. */
function keyOf(json: string, list = false): string {
  if (Buffer.byteLength(json) <= LONGEST_KEY) return json;
  return `${list ? '[' : ''}${DIGEST}${hash('sha256', json, 'hex')}${list ? ']' : ''}`;
}

/** Whether a key is the digest of what it stands for. */
export const isDigest = (key: string): boolean => key.startsWith(DIGEST) || key.startsWith(`[${DIGEST}`);

/** What a value names, lists of any depth taken apart: scalars and objects. null says nothing. */
function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(itemsOf);
  return value === null || value === undefined ? [] : [value];
}

/** JSON text that is the same for what is the same: texts in NFC, members of objects in order. */
function canonicalJson(item: unknown): string {
  if (typeof item === 'string') return JSON.stringify(storableText(canonicalText(item)));
  // JSON.parse makes Infinity of a number that no double holds, and JSON.stringify makes null of that.
  if (typeof item === 'number' && !Number.isFinite(item)) return item > 0 ? '1e999' : '-1e999';
  if (typeof item !== 'object' || item === null) return JSON.stringify(item);
  if (Array.isArray(item)) return `[${item.map(canonicalJson).join(',')}]`;
  const members = Object.entries(item).map(([name, member]) => [canonicalJson(name), canonicalJson(member)]);
  return `{${members
    .sort(([a], [b]) => (a! < b! ? -1 : 1))
    .map((member) => member.join(':'))
    .join(',')}}`;
}

/** The JSON texts of what a list names, each once, in an order of their own. */
const namedIn = (list: readonly unknown[]): string[] => [...new Set(itemsOf(list).map(canonicalJson))].sort();

/** The JSON text that an answer is counted by; null for what is not counted by value. */
function countedJson(stepType: string | null | undefined, value: unknown): string | null {
  if (value === undefined || value === null || FREE_TEXT.has(stepType ?? '')) return null;
  if (Array.isArray(value)) return `[${namedIn(value).join(',')}]`;
  const isNumber = isScale(stepType) && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim());
  return canonicalJson(isNumber ? Number(value) : value);
}

/**
 * What an answer is counted under: the JSON text of its value. A list is the set of the choices that it names, in
 * whatever order and however often; long values are counted under their digest. The vendor documents the value as a
 * string; on a scale "9" and 9 are the same answer.
 *
 * @returns null for what is not counted by value: free text, and no value
 */
export function bucketOf(stepType: string | null | undefined, value: unknown): string | null {
  const json = countedJson(stepType, value);
  return json === null ? null : keyOf(json, Array.isArray(value));
}

/** The keys under which the choices of a list are counted; null for other answers, which name one. */
export function choicesOf(stepType: string | null | undefined, value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || FREE_TEXT.has(stepType ?? '')) return null;
  return namedIn(value).map((json) => keyOf(json));
}

/**
 * The JSON text that a digest stands for.
 *
 * @param value an answer that was counted under it
 */
export function jsonBehind(key: string, stepType: string | null | undefined, value: unknown): string | null {
  if (bucketOf(stepType, value) === key) return countedJson(stepType, value);
  return namedIn([value]).find((json) => keyOf(json) === key) ?? null;
}

/**
 * An answer in words, to be read and searched: text as it is, a list of choices joined by commas, an object as its
 * members.
 *
 * @param json the value as received, whose digits a number keeps
 * @returns null for what has no words: no value
 */
export function answerTextOf(value: unknown, json: string): string | null {
  if (typeof value === 'number') return json;
  return value === null || value === undefined ? null : canonicalText(inWords(value));
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return itemsOf(value).map(inWords).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${inWords(member)}`)
    .join(', ');
}

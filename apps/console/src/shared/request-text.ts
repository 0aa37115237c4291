import { short } from './short';

/** Names under which a request may say what it wants, best first: the vendor documents none. */
const TITLES = ['title', 'name', 'subject', 'summary', 'description', 'text', 'message'];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text member of JSON as received, under the first of these names that has one. */
export function textIn(value: unknown, ...names: readonly string[]): string | null {
  if (!isObject(value)) return null;
  for (const name of names) {
    const text = value[name];
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
  }
  return null;
}

/** What a request is called: they are as their senders made them, so this may be its uid. */
export function titleOf({ request, uid }: { readonly request: unknown; readonly uid: string }): string {
  const title = textIn(request, ...TITLES);
  if (title === null) return `Request ${uid.slice(0, 8)}`;
  const [line = title] = title.split('\n');
  return short(line);
}

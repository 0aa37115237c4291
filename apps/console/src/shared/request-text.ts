import { jimerName } from './jimer-name';
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

/** What to call the person that a request is from; null where it names nobody. */
export function requesterOf({ jimer }: { readonly jimer: unknown }): string | null {
  const name = textIn(jimer, 'name', 'username');
  const [email, identifyToken, uid] = ['email', 'identifyToken', 'uid'].map((member) =>
    textIn(jimer, member),
  );
  if (uid !== null && uid !== undefined)
    return jimerName({ uid, username: name, email: email ?? null, identifyToken: identifyToken ?? null });
  return short(name ?? email ?? identifyToken ?? '', 80) || null;
}

const TEXTS = ['description', 'text', 'message', 'summary', 'body', 'content'];

/** The text of a request beside its title; null where the title is all. */
export function descriptionOf(item: { readonly request: unknown; readonly uid: string }): string | null {
  const title = textIn(item.request, ...TITLES);
  for (const name of TEXTS) {
    const text = textIn(item.request, name);
    if (text !== null && text !== title) return text;
  }
  return title !== null && title !== titleOf(item) ? title : null;
}

/** Some words around the first place at which a text holds what was searched for; null where it does not. */
export function excerptOf(text: string, searched: string): string | null {
  const at = text.normalize('NFC').toLowerCase().indexOf(searched.normalize('NFC').toLowerCase());
  if (at < 0) return null;
  const from = Math.max(0, at - 40);
  const to = at + searched.length + 60;
  return `${from > 0 ? '…' : ''}${text.normalize('NFC').slice(from, to).replace(/\s+/g, ' ')}${to < text.length ? '…' : ''}`;
}

/** Where else than in its title a request holds what was searched for, as `member: text`; null where nowhere. */
export function foundIn(request: unknown, searched: string, name = ''): string | null {
  if (typeof request === 'string') {
    const excerpt = excerptOf(request, searched);
    return excerpt === null ? null : name === '' ? excerpt : `${name}: ${excerpt}`;
  }
  if (typeof request !== 'object' || request === null) return null;
  for (const [member, value] of Object.entries(request as Readonly<Record<string, unknown>>)) {
    const found = foundIn(value, searched, Array.isArray(request) ? name : member);
    if (found !== null) return found;
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

import { jimerName } from './jimer-name';
import { short } from './short';

/** Members that may contain the title of a request, best first; the vendor documents none. */
const TITLES = ['title', 'name', 'subject', 'summary', 'description', 'text', 'message'];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first of these members that is a non-empty text. */
export function textIn(value: unknown, ...names: readonly string[]): string | null {
  if (!isObject(value)) return null;
  for (const name of names) {
    const text = value[name];
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
  }
  return null;
}

/** The name of a request's author; null if it names nobody. */
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

/** The text of a request in addition to its title; null if there is none. */
export function descriptionOf(item: { readonly request: unknown; readonly uid: string }): string | null {
  const title = textIn(item.request, ...TITLES);
  for (const name of TEXTS) {
    const text = textIn(item.request, name);
    if (text !== null && text !== title) return text;
  }
  return title !== null && title !== titleOf(item) ? title : null;
}

/** An excerpt around the first match in a text; null without a match. */
export function excerptOf(text: string, searched: string): string | null {
  const at = text.normalize('NFC').toLowerCase().indexOf(searched.normalize('NFC').toLowerCase());
  if (at < 0) return null;
  const from = Math.max(0, at - 40);
  const to = at + searched.length + 60;
  return `${from > 0 ? '…' : ''}${text.normalize('NFC').slice(from, to).replace(/\s+/g, ' ')}${to < text.length ? '…' : ''}`;
}

/** The first match in a request, as `member: text`; null without a match. */
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

/** The title of a request. Its shape is the sender's own, so the uid is the fallback. */
export function titleOf({ request, uid }: { readonly request: unknown; readonly uid: string }): string {
  const title = textIn(request, ...TITLES);
  if (title === null) return `Request ${uid.slice(0, 8)}`;
  const [line = title] = title.split('\n');
  return short(line);
}

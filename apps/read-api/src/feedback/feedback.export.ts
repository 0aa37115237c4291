import type { JsonText } from '@app/engine';
import { identifies } from '@app/projections';
import type { ExportColumn } from '../common/exports/exported';
import type { FeedbackAnswer } from './feedback.dto';

type Members = Readonly<Record<string, unknown>>;

/** Names under which a request may say what it wants, best first: the vendor documents none. */
const TITLES = ['title', 'name', 'subject', 'summary'];
const DESCRIPTIONS = ['description', 'text', 'message', 'body', 'content'];

function membersOf(json: JsonText | null): Members {
  const value = json === null ? null : (JSON.parse(json.text) as unknown);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

/** The member under the first of these names that has something to say. */
const nameOf = (members: Members, names: readonly string[]): string | undefined =>
  names.find((name) => (members[name] ?? '') !== '');

const first = (json: JsonText | null, names: readonly string[]): unknown => {
  const members = membersOf(json);
  return members[nameOf(members, names) ?? ''];
};

/** A member that says who somebody is: a placeholder does not. */
function identityIn(json: JsonText | null, ...names: readonly string[]): unknown {
  const members = membersOf(json);
  return names
    .map((name) => members[name])
    .find((value) => (typeof value === 'string' || typeof value === 'number') && identifies(String(value)));
}

/** What a request says beyond its title and description. */
function otherFields({ request }: FeedbackAnswer): Members | null {
  const members = membersOf(request);
  const shown = ['uid', nameOf(members, TITLES), nameOf(members, DESCRIPTIONS)];
  const others = Object.entries(members).filter(([name]) => !shown.includes(name));
  return others.length === 0 ? null : Object.fromEntries(others);
}

export const FEEDBACK_COLUMNS: readonly ExportColumn<FeedbackAnswer>[] = [
  'uid',
  'workspace',
  ['title', ({ request }) => first(request, TITLES)],
  ['description', ({ request }) => first(request, DESCRIPTIONS)],
  'status',
  'tags',
  'assignee',
  'note',
  'version',
  'createdAt',
  ['project', ({ project }) => first(project, ['name', 'uid'])],
  ['projectUid', ({ project }) => membersOf(project)['uid']],
  ['requester', ({ jimer }) => identityIn(jimer, 'username', 'email', 'identifyToken', 'uid')],
  ['requesterUid', ({ jimer }) => membersOf(jimer)['uid']],
  ['requesterIdentifyToken', ({ jimer }) => identityIn(jimer, 'identifyToken')],
  ['requesterEmail', ({ jimer }) => identityIn(jimer, 'email')],
  'mergedInto',
  ['otherFields', otherFields],
];

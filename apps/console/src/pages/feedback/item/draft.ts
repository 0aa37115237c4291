import { FIELDS, sameValue, standingOf, type Field, type Standing } from '../standing';

export interface Version extends Standing {
  readonly version: number;
}

/**
 * Changes that were not stored yet. What the item was when they were begun stays with them, field by field: so what
 * another changes meanwhile can be told from what I change, and a field is in conflict only when both did.
 */
export interface Draft {
  readonly base: Version;
  readonly mine: Partial<Standing>;
}

export type Choice = 'mine' | 'theirs' | 'both';

const versionOf = (item: Version): Version => ({ ...standingOf(item), version: item.version });

const without = (mine: Partial<Standing>, field: Field): Partial<Standing> =>
  Object.fromEntries(Object.entries(mine).filter(([name]) => name !== field));

/** Null when nothing is left of it. */
const orNull = (draft: Draft): Draft | null => (Object.keys(draft.mine).length === 0 ? null : draft);

const edited = (draft: Draft): Field[] => FIELDS.filter((field) => draft.mine[field] !== undefined);

/** A field as it is shown: mine while it is unsent. */
export function shown<F extends Field>(draft: Draft | null, item: Standing, field: F): Standing[F] {
  const mine: Standing[F] | undefined = draft?.mine[field];
  return mine === undefined ? item[field] : mine;
}

/** I change a field. Null when no change is left. */
export function edit<F extends Field>(
  draft: Draft | null,
  item: Version,
  field: F,
  value: Standing[F],
): Draft | null {
  const begun = draft ?? { base: versionOf(item), mine: {} };
  // A field that I had not touched is begun from what I see now.
  const base = begun.mine[field] === undefined ? { ...begun.base, [field]: item[field] } : begun.base;
  if (sameValue(field, value, item[field])) return orNull({ base, mine: without(begun.mine, field) });
  return { base, mine: { ...begun.mine, [field]: value } };
}

/** Which fields sending would change. */
export const unsent = (draft: Draft | null, item: Standing): Field[] =>
  draft === null ? [] : edited(draft).filter((field) => !sameValue(field, draft.mine[field]!, item[field]));

/** Which fields both of us changed, each to another value: somebody has to choose. */
export const conflicts = (draft: Draft | null, item: Standing): Field[] =>
  draft === null
    ? []
    : unsent(draft, item).filter((field) => !sameValue(field, item[field], draft.base[field]));

/** The choice for a field in conflict. `both` keeps their text before mine, and the tags of either. */
export function choose(draft: Draft, item: Version, field: Field, choice: Choice): Draft | null {
  const base = { ...draft.base, [field]: item[field] };
  switch (choice) {
    case 'mine':
      return { base, mine: draft.mine };
    case 'theirs':
      return orNull({ base, mine: without(draft.mine, field) });
    case 'both':
      return { base, mine: { ...draft.mine, ...bothOf(draft, item, field) } };
  }
}

function bothOf({ base, mine }: Draft, theirs: Standing, field: Field): Partial<Standing> {
  if (field === 'note') return { note: [theirs.note, mine.note].filter(Boolean).join('\n\n') };
  if (field !== 'tags') return {};
  const taken = base.tags.filter((tag) => !mine.tags!.includes(tag));
  return { tags: [...new Set([...theirs.tags, ...mine.tags!])].filter((tag) => !taken.includes(tag)) };
}

/** I have seen what others changed that I did not. */
export function acknowledge(draft: Draft, item: Version): Draft {
  const open = new Set(conflicts(draft, item));
  const kept = Object.fromEntries([...open].map((field) => [field, draft.base[field]])) as Partial<Standing>;
  return { base: { ...versionOf(item), ...kept }, mine: draft.mine };
}

/** What was sent is stored. What I have typed since then is not. */
export function settle(draft: Draft, sent: Partial<Standing>, stored: Version): Draft | null {
  const left = edited(draft).filter((field) => {
    const was: Standing[Field] | undefined = sent[field];
    return was === undefined || !sameValue(field, draft.mine[field]!, was);
  });
  const mine = Object.fromEntries(left.map((field) => [field, draft.mine[field]])) as Partial<Standing>;
  return orNull({ base: versionOf(stored), mine });
}

/** What to send: the fields that differ from the item as it stands. */
export function changeOf(draft: Draft | null, item: Standing): Partial<Standing> {
  return Object.fromEntries(unsent(draft, item).map((field) => [field, draft!.mine[field]]));
}

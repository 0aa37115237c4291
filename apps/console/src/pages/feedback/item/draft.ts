import { FIELDS, sameValue, triageOf, type Field, type Triage } from '../triage';

export interface Version extends Triage {
  readonly version: number;
}

/**
 * Changes that are not stored yet, with the value that each field had when its change began. That distinguishes this
 * user's changes from another's: a field is in conflict only if both changed it.
 */
export interface Draft {
  readonly base: Version;
  readonly mine: Partial<Triage>;
}

export type Choice = 'mine' | 'theirs' | 'both';

const versionOf = (item: Version): Version => ({ ...triageOf(item), version: item.version });

const without = (mine: Partial<Triage>, field: Field): Partial<Triage> =>
  Object.fromEntries(Object.entries(mine).filter(([name]) => name !== field));

/** Null when the draft is empty. */
const orNull = (draft: Draft): Draft | null => (Object.keys(draft.mine).length === 0 ? null : draft);

const edited = (draft: Draft): Field[] => FIELDS.filter((field) => draft.mine[field] !== undefined);

/** The value to show for a field: the draft's if it has one. */
export function shown<F extends Field>(draft: Draft | null, item: Triage, field: F): Triage[F] {
  const mine: Triage[F] | undefined = draft?.mine[field];
  return mine === undefined ? item[field] : mine;
}

/** Changes a field in the draft. Null when no change is left. */
export function edit<F extends Field>(
  draft: Draft | null,
  item: Version,
  field: F,
  value: Triage[F],
): Draft | null {
  const begun = draft ?? { base: versionOf(item), mine: {} };
  // A field that the draft has not changed yet starts from the value on the screen.
  const base = begun.mine[field] === undefined ? { ...begun.base, [field]: item[field] } : begun.base;
  if (sameValue(field, value, item[field])) return orNull({ base, mine: without(begun.mine, field) });
  return { base, mine: { ...begun.mine, [field]: value } };
}

/** The fields that sending would change. */
export const unsent = (draft: Draft | null, item: Triage): Field[] =>
  draft === null ? [] : edited(draft).filter((field) => !sameValue(field, draft.mine[field]!, item[field]));

/** The fields that the draft and another person changed to different values, so that someone has to choose. */
export const conflicts = (draft: Draft | null, item: Triage): Field[] =>
  draft === null
    ? []
    : unsent(draft, item).filter((field) => !sameValue(field, item[field], draft.base[field]));

/** Resolves a field in conflict. `both` keeps their text before mine, and the tags of both. */
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

function bothOf({ base, mine }: Draft, theirs: Triage, field: Field): Partial<Triage> {
  if (field === 'note') return { note: [theirs.note, mine.note].filter(Boolean).join('\n\n') };
  if (field !== 'tags') return {};
  const taken = base.tags.filter((tag) => !mine.tags!.includes(tag));
  return { tags: [...new Set([...theirs.tags, ...mine.tags!])].filter((tag) => !taken.includes(tag)) };
}

/** Marks others' changes as seen, except to fields in conflict. */
export function acknowledge(draft: Draft, item: Version): Draft {
  const open = new Set(conflicts(draft, item));
  const kept = Object.fromEntries([...open].map((field) => [field, draft.base[field]])) as Partial<Triage>;
  return { base: { ...versionOf(item), ...kept }, mine: draft.mine };
}

/** Removes what was stored from the draft, and keeps what was typed since it was sent. */
export function settle(draft: Draft, sent: Partial<Triage>, stored: Version): Draft | null {
  const left = edited(draft).filter((field) => {
    const was: Triage[Field] | undefined = sent[field];
    return was === undefined || !sameValue(field, draft.mine[field]!, was);
  });
  const mine = Object.fromEntries(left.map((field) => [field, draft.mine[field]])) as Partial<Triage>;
  return orNull({ base: versionOf(stored), mine });
}

/** The change to send: the fields that differ from the stored item. */
export function changeOf(draft: Draft | null, item: Triage): Partial<Triage> {
  return Object.fromEntries(unsent(draft, item).map((field) => [field, draft!.mine[field]]));
}

import fc from 'fast-check';
import {
  acknowledge,
  changeOf,
  choose,
  conflicts,
  edit,
  settle,
  shown,
  unsent,
  type Draft,
  type Version,
} from './draft';
import { FIELDS, sameValue, type Field, type Triage } from '../triage';

const text = fc.option(fc.constantFrom('a', 'b', 'c', 'long text'), { nil: null });
const standing: fc.Arbitrary<Triage> = fc.record({
  status: fc.constantFrom('new', 'planned', 'done'),
  tags: fc.uniqueArray(fc.constantFrom('ux', 'bug', 'api')),
  assignee: text,
  note: text,
  mergedInto: text,
});
const version = (item: Triage, number: number): Version => ({ ...item, version: number });
const same = (field: Field, a: Triage, b: Triage): boolean => sameValue(field, a[field], b[field]);

/** Somebody writes all of `wanted` who sees `seen`. */
const written = (seen: Version, wanted: Triage): Draft | null =>
  FIELDS.reduce<Draft | null>((draft, field) => edit(draft, seen, field, wanted[field]), null);

describe('a draft', () => {
  it('contains only this user’s changes, whatever others change meanwhile', () => {
    fc.assert(
      fc.property(standing, standing, standing, (base, mine, theirs) => {
        const draft = written(version(base, 1), mine);
        const item = version(theirs, 2);
        for (const field of FIELDS) {
          const touched = !same(field, mine, base);
          expect(shown(draft, item, field)).toEqual((touched ? mine : theirs)[field]);
        }
        expect(unsent(draft, item)).toEqual(
          FIELDS.filter((field) => !same(field, mine, base) && !same(field, mine, theirs)),
        );
      }),
    );
  });

  it('is in conflict where both changed a field to different values', () => {
    fc.assert(
      fc.property(standing, standing, standing, (base, mine, theirs) => {
        expect(conflicts(written(version(base, 1), mine), version(theirs, 2))).toEqual(
          FIELDS.filter(
            (field) => !same(field, mine, base) && !same(field, theirs, base) && !same(field, mine, theirs),
          ),
        );
      }),
    );
  });

  it('can be sent after each conflict is resolved, with the chosen values', () => {
    const choices = fc.array(fc.constantFrom('mine', 'theirs', 'both'), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(standing, standing, standing, choices, (base, mine, theirs, chosen) => {
        const item = version(theirs, 2);
        let draft = written(version(base, 1), mine);
        const open = conflicts(draft, item);
        open.forEach((field, i) => {
          draft = choose(draft!, item, field, chosen[i]!);
        });
        expect(conflicts(draft, item)).toEqual([]);
        open.forEach((field, i) => {
          const now = shown(draft, item, field);
          if (chosen[i] === 'theirs') expect(now).toEqual(theirs[field]);
          else if (chosen[i] === 'mine' || (field !== 'note' && field !== 'tags'))
            expect(now).toEqual(mine[field]);
          else
            for (const part of [mine[field], theirs[field]].flat())
              if (part !== null && !(field === 'tags' && base.tags.includes(part)))
                expect(now).toContain(part);
        });
      }),
    );
  });

  it('does not restore a tag that this user removed when both sets are kept', () => {
    const base = version(
      { status: 'new', tags: ['bug', 'ux'], assignee: null, note: null, mergedInto: null },
      1,
    );
    const draft = edit(null, base, 'tags', ['ux', 'mine'])!;
    const item = { ...base, tags: ['bug', 'ux', 'theirs'], version: 2 };
    expect(shown(choose(draft, item, 'tags', 'both'), item, 'tags')).toEqual(['ux', 'theirs', 'mine']);
  });

  it('keeps its conflicts when other changes are acknowledged', () => {
    fc.assert(
      fc.property(standing, standing, standing, (base, mine, theirs) => {
        const draft = written(version(base, 1), mine);
        const item = version(theirs, 2);
        if (draft === null) return;
        const seen = acknowledge(draft, item);
        expect(seen.base.version).toBe(2);
        expect(conflicts(seen, item)).toEqual(conflicts(draft, item));
        expect(changeOf(seen, item)).toEqual(changeOf(draft, item));
      }),
    );
  });

  it('keeps text typed during sending', () => {
    fc.assert(
      fc.property(standing, standing, standing, (base, mine, later) => {
        const item = version(base, 1);
        const draft = written(item, mine);
        const sent = changeOf(draft, item);
        const typed = FIELDS.reduce<Draft | null>(
          (old, field) => edit(old, item, field, later[field]),
          draft,
        );
        const stored = version({ ...base, ...sent }, 2);
        const left = typed && settle(typed, sent, stored);
        for (const field of FIELDS)
          if (!same(field, later, base))
            expect(sameValue(field, shown(left, stored, field), later[field])).toBe(true);
        expect(conflicts(left, stored)).toEqual([]);
      }),
    );
  });
});

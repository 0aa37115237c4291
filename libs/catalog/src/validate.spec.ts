import { IsInt, IsOptional, Length } from 'class-validator';
import fc from 'fast-check';
import { CATALOG, definitionOf, EVENT_NAMES } from './catalog';
import { example, TIME } from './examples.fixture';
import { eventTexts } from './odd-events.fixture';
import { compileRules } from './compiled-rules';
import { isJsonObject } from './rules';
import { problemsFound, validate } from './validate';

describe('the rules of a class, compiled', () => {
  it.each(EVENT_NAMES)('take a valid %s without asking class-validator', (name) => {
    expect(compileRules(CATALOG[name].type)(example(name))).toBe(true);
  });

  it('take nothing that class-validator does not take, and leave nothing that it takes', () => {
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(eventTexts, (text) => {
        const payload: unknown = JSON.parse(text);
        const definition = isJsonObject(payload) && definitionOf(String(payload['event']));
        if (!definition) return;
        const problems = problemsFound(definition, payload, TIME);
        seen[problems.length === 0 ? 'valid' : 'invalid']++;
        expect(compileRules(definition.type)({ ...payload, time: TIME })).toBe(problems.length === 0);
        expect(validate(definition, payload, TIME)).toEqual(problems);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(100);
  });

  it('leave to class-validator what has a rule of a kind that they do not know, or none at all', () => {
    class Optional {
      @IsOptional() @IsInt() readonly count?: number;
    }
    class Each {
      @Length(1, 2, { each: true }) readonly tags!: string[];
    }
    class Grouped {
      @IsInt({ validateIf: () => false }) readonly count!: number;
    }
    class Unruled {}
    expect(compileRules(Optional)({})).toBe(true);
    for (const type of [Each, Grouped, Unruled])
      expect(compileRules(type)({ count: 1, tags: ['a'] })).toBe(false);
  });
});

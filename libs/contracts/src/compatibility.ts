import type { Contract, EventContract } from './contract';
import type { JsonSchema } from '@app/catalog';

/** One difference between two releases, and what it means for those who consume the topics. */
export interface Change {
  readonly verdict: 'compatible' | 'breaking';
  readonly event: string;
  /** In the event's JSON, such as `jimer.uid`; empty when it is about the event itself. */
  readonly path: string;
  readonly what: string;
}

/** Words and examples: they change nothing that a validator sees. */
const WORDS = new Set(['$schema', '$id', '$comment', 'title', 'description', 'examples']);
/** Hold schemas by name. */
const NAMED = new Set(['properties', '$defs']);
/** Followed member by member, or resolved; every other keyword is compared as it is. */
const STRUCTURE = new Set(['properties', 'required', '$ref', '$defs']);

/**
 * What has changed for a consumer. The topics keep every event for good, so a contract must hold both ways: who
 * was written for the release before reads new events, and who is written for this one reads all of the log.
 * Whatever makes a schema take less or more is therefore breaking; only what nobody can rely on yet may be added.
 */
export function changesBetween(before: Contract, after: Contract): readonly Change[] {
  const changes: Change[] = [];
  const say = (verdict: Change['verdict'], event: string, what: string): void => {
    changes.push({ verdict, event, path: '', what });
  };
  if (before.eventIdRule !== after.eventIdRule) say('breaking', '', 'events have other ids');
  for (const [name, event] of Object.entries(after.events)) {
    const earlier = before.events[name];
    if (earlier) changes.push(...eventChanges(name, earlier, event));
    else say('compatible', name, 'is a new event');
  }
  for (const name of Object.keys(before.events)) {
    if (!after.events[name]) say('breaking', name, 'is no event any more');
  }
  return changes;
}

function eventChanges(name: string, before: EventContract, after: EventContract): readonly Change[] {
  const changes: Change[] = [];
  const say = (verdict: Change['verdict'], what: string): void => {
    changes.push({ verdict, event: name, path: '', what });
  };
  if (before.origin !== after.origin) say('breaking', 'has another ce_type and ce_source');
  if (before.partitionedBy !== after.partitionedBy)
    say('breaking', `is partitioned by ${after.partitionedBy}`);
  if (!same(before.identifiedBy, after.identifiedBy)) say('breaking', 'is identified by other objects');
  for (const topic of before.topics) {
    if (!after.topics.includes(topic)) say('breaking', `is not in ${topic} any more`);
  }
  for (const topic of after.topics) {
    if (!before.topics.includes(topic)) say('compatible', `is in ${topic} as well`);
  }
  const walk = new SchemaWalk(name, after.origin, before.schema, after.schema);
  return [...changes, ...walk.changes()];
}

class SchemaWalk {
  private readonly found: Change[] = [];

  constructor(
    private readonly event: string,
    private readonly origin: EventContract['origin'],
    private readonly before: JsonSchema,
    private readonly after: JsonSchema,
  ) {}

  changes(): readonly Change[] {
    this.compare('', this.before, this.after);
    return this.found;
  }

  private say(verdict: Change['verdict'], path: string, what: string): void {
    this.found.push({ verdict, event: this.event, path, what });
  }

  private compare(path: string, unresolvedBefore: JsonSchema, unresolvedAfter: JsonSchema): void {
    const before = resolved(unresolvedBefore, this.before);
    const after = resolved(unresolvedAfter, this.after);
    for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (STRUCTURE.has(keyword)) continue;
      const [was, is] = [before[keyword], after[keyword]].map((value) => expanded(value));
      // A condition refers to parts: these are compared as they are in either document.
      const [wasWhole, isWhole] = [inlined(was, this.before), inlined(is, this.after)];
      if (!same(wasWhole, isWhole)) this.say('breaking', path, `${keyword} ${shown(was)} → ${shown(is)}`);
    }
    this.compareMembers(path, before, after);
  }

  private compareMembers(path: string, before: JsonSchema, after: JsonSchema): void {
    const [was, is] = [membersOf(before), membersOf(after)];
    const [needed, needs] = [requiredOf(before), requiredOf(after)];
    for (const name of new Set([...was.keys(), ...is.keys()])) {
      const member = path === '' ? name : `${path}.${name}`;
      const [earlier, now] = [was.get(name), is.get(name)];
      if (earlier && now) {
        this.compare(member, earlier, now);
        if (needed.has(name) && !needs.has(name)) this.say('breaking', member, 'may be absent now');
        if (!needed.has(name) && needs.has(name))
          this.say('breaking', member, 'must be there, and events in the log may lack it');
      } else if (now) {
        this.say(...this.added(member, now, needs.has(name)));
      } else if (earlier) {
        const isFree = isUnchecked(earlier) && !needed.has(name);
        this.say(
          isFree && this.origin === 'jimo' ? 'compatible' : 'breaking',
          member,
          'is not told any more',
        );
      }
    }
  }

  private added(path: string, schema: JsonSchema, isRequired: boolean): [Change['verdict'], string, string] {
    if (isRequired) return ['breaking', path, 'is new and must be there, which events in the log lack'];
    // Nobody but this system writes its own events: none in the log can have had it.
    if (isUnchecked(schema) || this.origin === 'own') return ['compatible', path, 'is new'];
    return ['breaking', path, 'is new and checked, and events in the log may hold something else'];
  }
}

/** Schema of anything, whatever it says is usually there. */
function isUnchecked(schema: JsonSchema): boolean {
  return schema['$ref'] === undefined && Object.keys(expanded(schema) as JsonSchema).length === 0;
}

/** Without words, and without what is only usual: `anyOf` with `true` takes anything. */
function expanded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expanded);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([keyword, of]) => !WORDS.has(keyword) && !(keyword === 'anyOf' && (of as unknown[]).includes(true)),
  );
  return Object.fromEntries(
    kept.map(([keyword, of]) => [
      keyword,
      NAMED.has(keyword) ? eachExpanded(of as JsonSchema) : expanded(of),
    ]),
  );
}

/** Of schemas by name: a member may be named as a keyword is. */
function eachExpanded(schemas: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schemas).map(([name, of]) => [name, expanded(of)]));
}

function resolved(schema: JsonSchema, document: JsonSchema): JsonSchema {
  const reference = schema['$ref'];
  const found = typeof reference === 'string' ? partOf(reference, document) : schema;
  return expanded(found) as JsonSchema;
}

function partOf(reference: string, document: JsonSchema): JsonSchema {
  const parts = document['$defs'] as Readonly<Record<string, JsonSchema>>;
  return parts[reference.slice('#/$defs/'.length)]!;
}

/** With what it refers to put in its place. */
function inlined(value: unknown, document: JsonSchema): unknown {
  if (Array.isArray(value)) return value.map((each) => inlined(each, document));
  if (typeof value !== 'object' || value === null) return value;
  const reference = (value as JsonSchema)['$ref'];
  if (typeof reference === 'string') return inlined(expanded(partOf(reference, document)), document);
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, inlined(of, document)]));
}

function membersOf(schema: JsonSchema): ReadonlyMap<string, JsonSchema> {
  return new Map(Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>));
}

function requiredOf(schema: JsonSchema): ReadonlySet<string> {
  return new Set((schema['required'] ?? []) as string[]);
}

function same(a: unknown, b: unknown): boolean {
  return sorted(a) === sorted(b);
}

/** The order of members, and of the values of an enum or a required list, means nothing. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, of: unknown) => {
    if (Array.isArray(of)) return (of as unknown[]).toSorted((a, b) => (sorted(a) < sorted(b) ? -1 : 1));
    if (typeof of !== 'object' || of === null) return of;
    return Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/**
 * Whether a version may bring these changes: breaking ones need another major version, or below 1.0.0 another
 * minor one.
 */
export function mayBring(changes: readonly Change[], before: string, after: string): boolean {
  if (!changes.some(({ verdict }) => verdict === 'breaking')) return true;
  const [was, is] = [before, after].map((version) => version.split('.').map(Number));
  return is![0]! > was![0]! || (is![0] === 0 && was![0] === 0 && is![1]! > was![1]!);
}

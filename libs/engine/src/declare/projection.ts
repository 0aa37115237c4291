import type { EngineEvent } from '../log/event';
import type { Contribution } from './contribution';
import type { AnyReadModel } from './read-model';
import type { Tally } from './tally';

/**
 * A pure function from an event to its contributions: the same event always gives the same contributions. It may be
 * called any number of times, in any order.
 */
export type Handler<E extends EngineEvent> = (event: E) => readonly Contribution[];

export interface Projection<E extends EngineEvent = EngineEvent> {
  /** An identity: never changes once deployed. snake_case or kebab-case. */
  readonly name: string;
  /** Raised with every change of what the tables hold. A new version makes a new generation. */
  readonly version: number;
  readonly topics: readonly string[];
  readonly tables: readonly AnyReadModel[];
  readonly tallies: readonly Tally[];
  /** The table of erased persons, the first of the tables; null when no table has rows of persons. */
  readonly erased: AnyReadModel | null;
  /** The handler of an event kind. If there is none, the event is skipped. */
  handlerOf(name: string): Handler<E> | undefined;
}

/** The part of a projection that a store needs to keep its tables. */
export type ProjectionDeclaration = Pick<
  Projection<never>,
  'name' | 'version' | 'topics' | 'tables' | 'tallies' | 'erased'
>;

export interface ProjectionSpec<E extends EngineEvent> {
  readonly name: string;
  readonly version: number;
  readonly topics: readonly string[];
  /**
   * The table of erased persons, by uid. Somebody who has a row in it never has one in the tables with rows of persons.
   */
  readonly erased?: AnyReadModel;
  readonly tables: readonly (AnyReadModel | Tally)[];
  readonly on?: Readonly<Partial<Record<string, Handler<E>>>>;
  /** The handler of all other events. */
  readonly otherwise?: Handler<E>;
}

/**
 * @throws {Error} when a tally counts a table that is not declared before it, or a table has rows of persons and there is
 * no table of erased persons
 */
export function defineProjection<E extends EngineEvent>(spec: ProjectionSpec<E>): Projection<E> {
  const handlers = new Map(Object.entries(spec.on ?? {}));
  const { erased = null } = spec;
  const tables: AnyReadModel[] = erased === null ? [] : [erased];
  const tallies: Tally[] = [];
  for (const table of spec.tables) {
    if (table.kind === 'read-model') {
      tables.push(table);
      continue;
    }
    tallies.push(table);
    for (const measure of table.measures)
      if (!tables.includes(measure.over))
        throw new Error(
          `projection ${spec.name}: ${table.name} counts ${measure.over.name}, which is not declared before it`,
        );
  }
  assertForgets(spec.name, erased, tables);
  return {
    name: spec.name,
    version: spec.version,
    topics: spec.topics,
    tables,
    tallies,
    erased,
    handlerOf: (name) => handlers.get(name) ?? spec.otherwise,
  };
}

function assertForgets(
  projection: string,
  erased: AnyReadModel | null,
  tables: readonly AnyReadModel[],
): void {
  const personal = tables.find(({ person }) => person !== null);
  if (personal && erased === null)
    throw new Error(
      `projection ${projection}: ${personal.name} has rows of persons, but there is no table of erased persons`,
    );
  if (erased === null) return;
  const [, uid, ...more] = erased.keys;
  if (uid?.type.name !== 'uuid' || more.length > 0 || erased.sharded || erased.person !== null)
    throw new Error(
      `projection ${projection}: ${erased.name} cannot be the table of erased persons: its key is not a uuid`,
    );
}

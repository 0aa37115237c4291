import type { EngineEvent } from '../log/event';
import type { Contribution } from './contribution';
import type { AnyReadModel } from './read-model';
import type { Tally } from './tally';

/**
 * From an event to what it contributes. Pure: the same event always gives the same contributions, and
 * nothing else decides. It may be called any number of times, in any order.
 */
export type Handler<E extends EngineEvent> = (event: E) => readonly Contribution[];

export interface Projection<E extends EngineEvent = EngineEvent> {
  /** An identity: never changes once deployed. snake_case or kebab-case. */
  readonly name: string;
  /** Raised with every change of what the tables hold; a new version is a new generation. */
  readonly version: number;
  readonly topics: readonly string[];
  readonly tables: readonly AnyReadModel[];
  readonly tallies: readonly Tally[];
  /** The first of the tables: who is erased. null when no table tells of a person. */
  readonly erased: AnyReadModel | null;
  /** The handler of an event kind, or undefined: then the event is skipped. */
  handlerOf(name: string): Handler<E> | undefined;
}

/** What a store has to know of a projection to keep its tables; any projection satisfies it. */
export type ProjectionDeclaration = Pick<
  Projection<never>,
  'name' | 'version' | 'topics' | 'tables' | 'tallies' | 'erased'
>;

export interface ProjectionSpec<E extends EngineEvent> {
  readonly name: string;
  readonly version: number;
  readonly topics: readonly string[];
  /**
   * Who is erased: its key is the uid of a person. Whoever has a row in it has none in the tables that tell of
   * persons, now and ever.
   */
  readonly erased?: AnyReadModel;
  readonly tables: readonly (AnyReadModel | Tally)[];
  readonly on?: Readonly<Partial<Record<string, Handler<E>>>>;
  /** For events that no handler names. */
  readonly otherwise?: Handler<E>;
}

/**
 * @throws {Error} when a tally counts a table that the projection does not declare before it, or a table tells of
 * persons and nothing tells who of them is erased
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
      `projection ${projection}: ${personal.name} tells of persons, and no table tells who of them is erased`,
    );
  if (erased === null) return;
  const [, uid, ...more] = erased.keys;
  if (uid?.type.name !== 'uuid' || more.length > 0 || erased.sharded || erased.person !== null)
    throw new Error(
      `projection ${projection}: ${erased.name} does not tell who is erased: its key is not a uuid`,
    );
}

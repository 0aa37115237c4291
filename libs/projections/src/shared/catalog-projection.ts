import {
  eventsThatMean,
  JIMER_ERASED,
  readJimerErased,
  type CatalogEvent,
  type EventName,
  type Meaning,
} from '@app/catalog';
import {
  contribute,
  defineProjection,
  earliest,
  instant,
  readModel,
  uuid,
  type Handler,
  type Projection,
  type ProjectionSpec,
} from '@app/engine';

/** The apps that run projections. */
export const PROJECTORS = ['journey-projector', 'experience-projector', 'feedback-projector'] as const;
export type ProjectorApp = (typeof PROJECTORS)[number];

export interface CatalogProjection extends Projection<CatalogEvent> {
  /** What it is for, in some words: the console shows them. */
  readonly about: string;
  /** The app that runs it. */
  readonly app: ProjectorApp;
}

type Spec = Omit<ProjectionSpec<CatalogEvent>, 'erased'> & Pick<CatalogProjection, 'about' | 'app'>;

/**
 * Declares a projection over the catalogue's events. Where a table says whose its rows are (`person`), the projection
 * keeps a table of the persons who were erased, and applies it: each projection finds out for itself, in each partition
 * that it reads.
 */
export function catalogProjection({ about, app, ...spec }: Spec): CatalogProjection {
  const isPersonal = spec.tables.some((table) => table.kind === 'read-model' && table.person !== null);
  return { ...(isPersonal ? forgetting(spec) : defineProjection(spec)), about, app };
}

function forgetting(spec: Omit<Spec, 'about' | 'app'>): Projection<CatalogEvent> {
  const erased = erasedTable(spec.name);
  const erase: Handler<CatalogEvent> = (event) => [
    contribute(erased, event, { jimerUid: readJimerErased(event).jimer.uid, erasedAt: event.time }),
  ];
  const others = spec.on?.[JIMER_ERASED] ?? spec.otherwise ?? (() => []);
  return defineProjection({
    ...spec,
    erased,
    // A webhook may send any name: only a system event erases.
    on: { ...spec.on, [JIMER_ERASED]: (event) => (event.origin === 'system' ? erase(event) : others(event)) },
  });
}

function erasedTable(projection: string) {
  return readModel(
    `${projection.replaceAll('-', '_')}_erased`,
    'End users who were erased: the tables beside this one hold nothing of theirs, whatever arrives later.',
    {
      key: { jimerUid: uuid('The end user.') },
      columns: { erasedAt: earliest(instant('When it was asked for, the first time.')) },
      // The row says of a person only that nothing is left.
      person: null,
    },
  );
}

/** The same handler for several kinds of event. */
export function forKinds<H>(kinds: readonly EventName[], handler: H): Partial<Record<EventName, H>> {
  return Object.fromEntries(kinds.map((kind) => [kind, handler]));
}

/** The same handler for all events that mean this. */
export function forMeaning<H>(meaning: Meaning, handler: H): Partial<Record<EventName, H>> {
  return forKinds(eventsThatMean(meaning), handler);
}

import { PROJECTOR_GROUPS } from '@app/projections';

type Projector = keyof typeof PROJECTOR_GROUPS;

/** The clients of the servers: the apps, and other consumers of the topics. */
export type ServerUser = 'gateway' | Projector | 'read-api' | 'consumer';

export const PROJECTORS = Object.keys(PROJECTOR_GROUPS) as readonly Projector[];

export const isProjector = (app: string): app is Projector => (PROJECTORS as readonly string[]).includes(app);

/** The gateway has no database; other readers get the role for the views (docs/sql-views.md). */
export const DATABASE_APPS: readonly ServerUser[] = [...PROJECTORS, 'read-api'];
export const KAFKA_APPS: readonly ServerUser[] = ['gateway', ...DATABASE_APPS, 'consumer'];

import { PROJECTOR_GROUPS } from '@app/projections';

type Projector = keyof typeof PROJECTOR_GROUPS;

/** What logs in to the servers: our apps, and whoever else consumes the topics. */
export type ServerUser = 'gateway' | Projector | 'read-api' | 'consumer';

export const PROJECTORS = Object.keys(PROJECTOR_GROUPS) as readonly Projector[];

export const isProjector = (app: string): app is Projector => (PROJECTORS as readonly string[]).includes(app);

/** The gateway has no database, and others are given views by the role that reads them (docs/sql-views.md). */
export const DATABASE_APPS: readonly ServerUser[] = [...PROJECTORS, 'read-api'];
export const KAFKA_APPS: readonly ServerUser[] = ['gateway', ...DATABASE_APPS, 'consumer'];

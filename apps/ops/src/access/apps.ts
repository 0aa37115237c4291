import { PROJECTORS, type ProjectorApp } from '@app/projections';

/** The clients of the servers: the apps, and other consumers of the topics. */
export type ServerUser = 'gateway' | ProjectorApp | 'read-api' | 'consumer';

export const isProjector = (app: string): app is ProjectorApp =>
  (PROJECTORS as readonly string[]).includes(app);

/** The gateway has no database; other readers get the role for the views (docs/sql-views.md). */
export const DATABASE_APPS: readonly ServerUser[] = [...PROJECTORS, 'read-api'];
export const KAFKA_APPS: readonly ServerUser[] = ['gateway', ...DATABASE_APPS, 'consumer'];

import { type AppRole, READ_API_ROLE } from '@app/engine-postgres';
import { projectionsOf, PROJECTORS } from '@app/projections';
import type { ServerUser } from './apps';

export const databaseRoleOf = (app: ServerUser): string => `jimo_${app.replaceAll('-', '_')}`;

/** The role of each app that has a database. */
export const DATABASE_ROLES: readonly AppRole[] = [
  ...PROJECTORS.map((app): AppRole => {
    const projections = projectionsOf(app).map(({ name }) => name);
    return { kind: 'projector', name: databaseRoleOf(app), projections };
  }),
  { kind: 'read-api', name: READ_API_ROLE },
];

export * from './assignments';
export * from './database';
export * from './faults';
export * from './generations';
export * from './postgres-store';
export { VIEWS_SCHEMA } from './sql/ddl';

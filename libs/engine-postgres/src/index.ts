export * from './assignments';
export * from './database';
export * from './faults';
export * from './generations';
export * from './jobs';
export { retireExpired } from './lifecycle';
export * from './postgres-build';
export * from './postgres-store';
export { VIEWS_SCHEMA } from './sql/ddl';

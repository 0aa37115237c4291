export * from './postgres-verify';

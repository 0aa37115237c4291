export * from './contracts';
export * from './given';
export * from './infra';

export * from './contracts';
export * from './infra';

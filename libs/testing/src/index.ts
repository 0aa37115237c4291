export * from './contracts';
export * from './infra';
export { until } from './until';

export * from './ask-apps';
export * from './facts';
export * from './intake-report';
export * from './judge';
export * from './settings';
export * from './system-health';
export { spoken } from './words';

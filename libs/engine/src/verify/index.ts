export * from './disk-spill';
export * from './memory-verify-store';
export * from './relation';
export * from './report';
export * from './row-digest';
export { shown, SHOWN_CHARACTERS } from './shown';
export * from './spill';
export * from './verify';
export * from './verify-store';

export type { Folded, FoldTask, RefoldCost } from './refold';
export * from './refold-parts';
export * from './relation';
export * from './report';
export * from './row-digest';
export { shown, SHOWN_CHARACTERS } from './shown';
export type { SpillIndex } from './spill-file';
export * from './verify';
export * from './verify-store';

export { MemoryLog } from './memory-log';
export { MemoryStore } from './memory-store';
export { MemoryTables } from './memory-tables';
export { MemoryVerifyStore } from './memory-verify-store';

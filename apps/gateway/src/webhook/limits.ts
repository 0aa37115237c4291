import { MAX_EVENT_BYTES } from '@app/catalog';

export { MAX_EVENT_BYTES };
export const MAX_BATCH_BYTES = 8 * 1024 * 1024;
export const MAX_BATCH_EVENTS = 500;

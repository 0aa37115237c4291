/** What the package `@jimo-webhooks/catalog` gives to those who consume the topics (README.md beside its package.json). */
export {
  CATALOG,
  EVENT_NAMES,
  type EventName,
  type EventOf,
  type EventPayloads,
  definitionOf,
} from '../catalog';
export {
  CE_SOURCE_PREFIX,
  CE_TYPE_PREFIX,
  SYSTEM_SOURCE_PREFIX as OWN_SOURCE_PREFIX,
  SYSTEM_TYPE_PREFIX as OWN_TYPE_PREFIX,
} from '../cloud-events';
export { EVENT_ID_NAMESPACE, EVENT_ID_RULE_VERSION } from '../event-id';
export type { EventDefinition, Role } from '../events/definition';
export type { ExperienceType } from '../families';
export type * from '../objects';
export { FEEDBACK_STATUSES, type FeedbackStatus } from '../system/backlog-item-triaged';
export { SYSTEM_EVENTS, type SystemEventName } from '../system/system-events';
export type { Problem } from '../rules';
export { ALL_TOPICS, TOPICS, type CatalogTopic, type Topic } from '../topics';
export { type ConsumedRecord, type SystemEventOf, readRecord, type ReadRecord } from './read-record';
export { type Validated, validateEvent } from './validate-event';

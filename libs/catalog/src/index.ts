export * from './accept';
export * from './catalog';
export {
  CE_SOURCE_PREFIX,
  CE_TYPE_PREFIX,
  cloudEventHeaders,
  SYSTEM_SOURCE_PREFIX,
  SYSTEM_TYPE_PREFIX,
  type CloudEvent,
  type EventOrigin,
  type RecordHeaders,
} from './cloud-events';
export { CatalogEvent, decodeEvent, senderOf } from './decode';
export { epochMilliseconds, ownFormMilliseconds } from './header-text';
export { readEnvelope, type Envelope, type NoEnvelope } from './envelope';
export {
  EVENT_ID_NAMESPACE,
  EVENT_ID_RULE_VERSION,
  eventId,
  MAX_DEPTH,
  type EventToIdentify,
} from './event-id';
export { experienceMember, JimoEvent } from './events/bases';
export {
  contextOf,
  type DeclaredProperty,
  docOf,
  type EventClass,
  type JsonSchema,
  propertiesOf,
} from './class-metadata';
export { EXPERIENCE_FAMILIES, EXPERIENCE_TYPES, type ExperienceFamily } from './families';
export type { EventDefinition, Meaning, Role } from './events/definition';
export type { ObjectReader } from './json/object-reader';
export * from './jimers';
export { type Members, scanElements, scanMembers, type Span, splitElements } from './json/scan';
export type { SystemEventDefinition, SystemRecord } from './system/system-event';
export * from './system/system-events';
export * from './system/backlog-item-triaged';
export * from './system/experience-observed';
export * from './system/jimer-erased';
export { Observations } from './system/observations';
export * from './system/rejected-discarded';
export * from './system/rejected-replayed';
export { isUid, isUuid, type Problem } from './rules';
export { readTime } from './time';
export { ALL_TOPICS, TOPICS, type CatalogTopic, type Topic } from './topics';
export { generateEvents, generatedExperienceUid } from './generator/generate';
export { generateTriage, type SubmittedRequest } from './generator/triage';
export type { GeneratedDelivery, GeneratorOptions } from './generator/options';

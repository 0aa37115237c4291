/**
 * What the catalogue takes from the engine. The package is compiled with this in the engine's place, so that it
 * holds a few files of it and not all.
 */
export { CannotApply } from '../../../engine/src/declare/cannot-apply';
export { isLowerCaseUuid, MAX_UID_LENGTH } from '../../../engine/src/declare/column-types';
export { type Decoded, type EngineEvent, type LogRecord, textHeaders } from '../../../engine/src/log/event';

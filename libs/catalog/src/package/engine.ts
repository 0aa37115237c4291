/**
 * What the catalogue takes from the engine. The package is compiled with this in the engine's place, so that it
 * holds a few files of it and not all.
 */
export { isLowerCaseUuid, MAX_UID_LENGTH } from '../../../engine/src/declare/column-types';
export { CannotApply, type Decoded, type EngineEvent } from '../../../engine/src/log/event';
export { textHeaders, type LogRecord } from '../../../engine/src/log/record';

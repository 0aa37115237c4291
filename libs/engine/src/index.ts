/**
 * The engine as its users see it: the author of a projection, a test, a reader of the log or of a read model's
 * declaration. What only adapters and the threads of a projector need is in adapters.ts.
 */

// Declaring read models, tallies and projections
export {
  boolean,
  computed,
  date,
  instant,
  integer,
  json,
  set,
  text,
  texts,
  uid,
  uuid,
} from './declare/columns';
export { any, earliest, greatest, latest, logPosition, union } from './declare/merges';
export {
  readModel,
  type AnyReadModel,
  type Column,
  type ReadModel,
  type RowOf,
  type ApiRowOf,
} from './declare/read-model';
export { by, count, each, tally, utcDay, type CountsOf, type Tally } from './declare/tally';
export { contribute, type Contribution } from './declare/contribution';
export { defineProjection, type Handler, type Projection, type ProjectionSpec } from './declare/projection';

// What the API shows of a read model
export { contains, equals, equalsAnyOf, equalsInAnyCase, hasElement, hasValue, part } from './declare/api';
export type { ApiFilter, ApiOrder, ApiPart, ReadModelApi } from './declare/api';
export type { JsonText, ViewColumn } from './declare/columns';

// Values that can be stored
export {
  COLUMN_TYPES,
  compareUtf8,
  isLowerCaseUuid,
  MAX_UID_LENGTH,
  storableText,
  type ColumnType,
  type Row,
  type Stored,
} from './declare/column-types';
export { uuidsIn } from './fold/dead-letter';

// The log
export { CannotApply, type Decode, type Decoded, type EngineEvent } from './log/event';
export {
  comparePartitions,
  formatPosition,
  isSamePartition,
  packPosition,
  parsePosition,
  partitionKey,
  unpackPosition,
  type LogPosition,
  type TopicPartition,
} from './log/log-position';
export { textHeaders, type LogRecord, type RecordBatch } from './log/record';
export type { LogBounds, LogReader, OffsetRange, RecordFinder } from './log/log-reader';
export { assertHolds, CheckpointOutOfRange } from './log/checkpoint';

// Explaining rows
export {
  changesOf,
  differingColumns,
  explainRow,
  type ChangedColumn,
  type Evidence,
  type ExplainedEvent,
  type Explanation,
} from './explain/explain';
export { foldEvidence } from './explain/fold-evidence';

// Running a projection
export { Projector } from './live/projector';
export type { VerifyReport } from './verify/report';

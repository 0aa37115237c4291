/**
 * What the adapters (engine-memory, engine-kafka, engine-postgres) and the threads of a projector need beside
 * index.ts: the ports, and the parts of a fold, a rebuild and a verification that they carry out.
 */

// A declaration in detail, for SQL and for tables in memory
export { CHANGED_AT, type ColumnComments } from './declare/column-comments';
export { plainSqlType } from './declare/column-types';
export type { ColumnSpecs } from './declare/merges';
export type { ProjectionDeclaration } from './declare/projection';
export { columnOf, type LatestGroup } from './declare/read-model';
export { columnsIn, groupsOf, type Condition, type GroupBy, type Measure } from './declare/tally';

// Folding
export { NO_HEADERS, type LogHeaders } from './log/record';
export { applyRecord, decodedRecord } from './fold/apply';
export { concurrently } from './concurrently';
export { OF_AN_ERASED_PERSON, redacted, type DeadLetter } from './fold/dead-letter';
export { foldChunks, type Committed, type RangeAdvance } from './fold/fold';
export { keyOf, mergeInto } from './fold/merge';
export { RowFold } from './fold/row-fold';
export {
  ErasedPersons,
  newlyErased,
  personOf,
  withoutErased,
  type ErasedPerson,
} from './erasure/erased-persons';

// A live projection and its ports
export type { ApplyOutcome, BatchLease, ProjectorObserver } from './live/projector';
export {
  assertSameLog,
  FOREIGN_LOG,
  keyMark,
  START,
  type Checkpoint,
  type PartitionCheckpoint,
} from './log/checkpoint';
export type { Source } from './log/log-reader';
export type { BatchCommit, CommitOutcome, LiveGeneration, ProjectionStore } from './live/projection-store';
export {
  NOT_IN_THE_LOG,
  replayDeadLetters,
  type DeadLetterStore,
  type OpenDeadLetter,
  type ReplayOutcome,
} from './live/replay';

// A rebuild and its ports
export { build, BuildSteps, type BuildProgress } from './rebuild/build';
export { writeBulk } from './rebuild/bulk';
export { sourceUntil, type LogCut } from './rebuild/log-cut';
export {
  BuildLost,
  type ActivateOutcome,
  type BuildStage,
  type BulkWriter,
  type GenerationBuild,
} from './rebuild/generation-build';

// A verification and its ports
export { firstRecordsAfter, reasonsForDoubt } from './verify/compaction';
export { rangesUpTo } from './verify/ledger';
export { verify, type VerifyOptions } from './verify/verify';
export type { DividedRefold, RefoldPart } from './verify/refold';
export type { Folded, FoldTask } from './verify/refold-part';
export { SummingPart, type SummedPart } from './verify/summing-part';
export { countedRows, relationOf, relationsOf, type Relation, type RelationColumn } from './verify/relation';
export type { RowDifference } from './verify/report';
export type { RelationCodec, RowShape } from './verify/row-codec';
export { BucketSums, RowDigester, type BucketDigest } from './verify/row-digest';
export { formatValue, LISTED_CHARACTERS } from './verify/format-value';
export type { SpillIndex } from './verify/spill-file';
export type {
  BucketSelection,
  GenerationSnapshot,
  LedgerCheckpoint,
  RelationDigests,
  StoredDeadLetter,
  StoredRow,
  VerifyStore,
} from './verify/verify-store';

// A repair
export { KeyRefold, RepairSelection, type RepairedPerson, type RepairTarget } from './repair/key-refold';

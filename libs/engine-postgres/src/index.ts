export { postgresRowCodec } from './codec/row-codec';
export { commandPool, workPool, writePool } from './database';
export { UnknownGeneration, type ComparedGeneration } from './diff/compared-generation';
export {
  diffGenerations,
  type DifferenceSample,
  type DiffPart,
  type TableDifference,
  type TallyDifference,
} from './diff/diff-generations';
export { DIFFERENCE_KINDS, type DifferenceKind } from './diff/diff-sql';
export { proveInTables, type TableProof } from './erasure/erasure-proof';
export { Erasures, isPending, type Erasure, type ErasurePartition } from './erasure/erasures';
export { isRefusedForGood, sqlState } from './faults';
export { CannotRollBack, pauseProjection, resumeProjection, rollBack } from './generations/control';
export {
  fingerprint,
  GENERATION_STATES,
  GenerationMismatch,
  openGenerations,
  type Generation,
  type GenerationState,
  type VersionStatus,
} from './generations/generations';
export { retireExpired } from './generations/activate-and-retire';
export {
  addsUp,
  projectionStatus,
  type GenerationStatus,
  type OffsetLedger,
  type ProjectionStatus,
} from './generations/projection-status';
export { ClaimedJob } from './jobs/claimed-job';
export { JOB_KINDS, JOB_STATES, LOG_SUBJECT, type Job, type JobKind, type JobState } from './jobs/job';
export { Jobs } from './jobs/jobs';
export { Assignments } from './live/assignments';
export { DEAD_LETTER_STATES, PostgresDeadLetters, type DeadLetterState } from './live/dead-letters';
export { PostgresStore } from './live/postgres-store';
export { migrateEngine } from './migrations/migrate';
export { cancelBuild, PostgresBuild } from './rebuild/postgres-build';
export { DeadLettersChanged, PostgresRepair, type RepairedTable } from './repair/postgres-repair';
export { hasOwners } from './roles/owners';
export { provideRoles, type AppRole } from './roles/app-roles';
export { READ_API_ROLE } from './roles/readers';
export { dropUser, provideUser } from './roles/users';
export {
  giveUpSnapshot,
  keepSnapshot,
  keptBefore,
  openSnapshotBuild,
  type SnapshotSpec,
  type SnapshotVerification,
} from './snapshots/snapshot-build';
export { snapshotSchema } from './snapshots/snapshot-views';
export { ACTIVE, listSnapshots, requestDrop, SNAPSHOT_NAME, type Snapshot } from './snapshots/snapshots';
export { verifySnapshot, type SnapshotTable } from './snapshots/verify-snapshot';
export { VIEWS_SCHEMA } from './sql/ddl';
export { givenRows, viewOfGivenRows } from './sql/given-rows';
export { PostgresVerify } from './verify/postgres-verify';

import { BuildLost, type FoldTask, type OffsetRange, type SpillIndex } from '@app/engine';
import type { KafkaReach } from '@app/engine-kafka';
import type { Generation, Job } from '@app/engine-postgres';

/** What a thread is given that helps with a job; a projection stands by its name, since functions cannot be sent. */
export interface HelperSetting {
  readonly instance: string;
  readonly databaseUrl: string;
  readonly kafka: KafkaReach;
  readonly projection: string;
  readonly claim: { readonly job: Job; readonly attempt: number };
}

export interface BulkTask {
  readonly kind: 'bulk';
  readonly generation: Generation;
  readonly rowsPerWrite: number;
  readonly ranges: readonly OffsetRange[];
}

/** One at a time; those of a refold in this order. */
export type HelperTask =
  | BulkTask
  | { readonly kind: 'fold'; readonly buckets: number; readonly task: FoldTask }
  | ({ readonly kind: 'merge' } & SpilledGroups)
  | ({ readonly kind: 'count' } & SpilledGroups);

interface SpilledGroups {
  readonly spills: readonly SpillIndex[];
  readonly groups: readonly number[];
}

export type HelperMessage = HelperTask | { readonly kind: 'stop' };

export type HelperAnswer =
  | { readonly kind: 'told'; readonly told: number }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** An error as it goes from thread to thread, which keeps only those that JavaScript itself has. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error))
    return { name: 'Error', message: String(error), stack: undefined, code: undefined };
  const { name, message, stack } = error;
  return { name, message, stack, code: (error as { readonly code?: unknown }).code };
}

/** Those that whoever works on a job tells apart. */
const KINDS = new Map<string, new (message: string) => Error>(
  [BuildLost, TypeError, RangeError, ReferenceError].map((kind) => [kind.name, kind]),
);

export function errorOf({ name, message, stack, code }: Failure): Error {
  const error = new (KINDS.get(name) ?? Error)(message);
  return Object.assign(error, { stack, ...(code === undefined ? {} : { code }) });
}

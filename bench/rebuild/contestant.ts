import type { Servers } from '../servers';
import type { Rows } from '../truth';
import type { Workload } from '../workload';

export interface RebuildRun {
  readonly servers: Servers;
  readonly databaseUrl: string;
  readonly workload: Workload;
  readonly id: string;
}

/** A rebuild that can begin: what it needs is there, and no time of it counts yet. */
export interface Prepared {
  /** From its start to its end; fulfilled when the new tables are served, indexes included. */
  run(started: (pid: number) => void): Promise<void>;
  rows?(): Promise<Rows>;
  stop?(): Promise<void>;
}

/** Builds journeys and timeline anew from the log. */
export interface RebuildContestant {
  readonly name: string;
  /** Why it cannot run from this checkout, or null. */
  unavailable?(): Promise<string | null>;
  prepare(run: RebuildRun): Promise<Prepared>;
}

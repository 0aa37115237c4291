import type { Servers } from '../servers';
import type { Rows } from '../truth';
import type { Workload } from '../workload';

/** Where one contestant works in one round. */
export interface LiveRun {
  readonly servers: Servers;
  /** Empty, of this contestant and round alone. */
  readonly databaseUrl: string;
  readonly workload: Workload;
  /** Unique to the contestant and round: for consumer groups and folders. */
  readonly id: string;
}

/** A contestant at work. */
export interface Catching {
  /** Processes whose CPU and memory are its own; without servers. */
  readonly pids: readonly number[];
  /** Events that are durably in its tables by now. Cheap: it is asked many times a second. */
  progress(): Promise<number>;
  /** The rows that it ended with; absent where they are not comparable. */
  rows?(): Promise<Rows>;
  /** What else is worth knowing of the run. */
  note?(): Promise<string>;
  /** Why it will not get further, or null. */
  failure(): string | null;
  stop(): Promise<void>;
}

/** Reads the filled log from its beginning into journeys and a timeline. */
export interface LiveContestant {
  readonly name: string;
  /** Why it cannot run on this machine or from this checkout, or null. */
  unavailable?(servers: Servers): Promise<string | null>;
  start(run: LiveRun): Promise<Catching>;
}

/**
 * The facts about the running system that the read API or the command line has collected. `null` always means "not
 * known", never "none".
 */
export interface SystemFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  /** null if the database does not answer. */
  readonly projections: readonly ProjectionFacts[] | null;
  /** null if no setting names them. */
  readonly apps: readonly AppFacts[] | null;
  readonly arrivals: readonly ArrivalFacts[] | null;
  readonly refusals: RefusalFacts | null;
  readonly rejected: RejectedFacts | null;
  /** Topic settings that differ from what is required. */
  readonly topics: readonly TopicSettingFacts[] | null;
}

/** A projection, by its active generation. */
export interface ProjectionFacts {
  readonly name: string;
  readonly activeGeneration: number | null;
  /** Why it applies no events. */
  readonly trouble: string | null;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  /** Records that are not applied yet. */
  readonly lag: number | null;
  /** Age of the oldest of them; 0 when there is none. */
  readonly lagSeconds: number | null;
  readonly partitions: readonly PartitionLagFacts[];
  readonly deadLetters: number;
  readonly accountsAddUp: boolean;
  /** The newest verification, of whatever generation. */
  readonly verification: VerificationFacts | null;
}

interface PartitionLagFacts {
  readonly topic: string;
  readonly partition: number;
  readonly lag: number | null;
  readonly lagSeconds: number | null;
}

export interface VerificationFacts {
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly outcome: Readonly<Record<string, unknown>> | null;
}

export const APP_STATES = ['ready', 'not-ready', 'silent'] as const;
export type AppState = (typeof APP_STATES)[number];

/** One process of an app. */
export interface AppFacts {
  readonly name: string;
  /** `host:port` that was asked. */
  readonly address: string;
  readonly state: AppState;
  /** Why it is not ready, or that it did not answer. */
  readonly reason: string | null;
  /** What its readiness reports although it is ready. */
  readonly notes: readonly AppNote[];
}

export interface AppNote {
  /** The name of the readiness check. */
  readonly check: string;
  readonly note: string;
}

/** The events that arrived for a workspace. */
export interface ArrivalFacts {
  readonly workspace: string;
  /** Epoch milliseconds of its last event; null when none was ever received; undefined when that is not known. */
  readonly lastAt: number | null | undefined;
  /** The number of events in a period as long as the current silence, one or seven days earlier; null if unknown. */
  readonly usual: { readonly days: number; readonly events: number } | null;
}

/** Requests that the gateway refused, counted by each of its processes since its start. */
interface RefusalFacts {
  /** The time since when all of these processes have counted, in epoch milliseconds. */
  readonly since: number;
  readonly groups: readonly RefusedGroup[];
  /** Whether requests with unknown tokens are included, which belong to no workspace. */
  readonly withoutWorkspace: boolean;
}

export interface RefusedGroup {
  /** null if the request had no valid token. */
  readonly workspace: string | null;
  readonly status: number;
  readonly reason: string;
  readonly count: number;
  /** Epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface TopicSettingFacts {
  readonly topic: string;
  readonly setting: string;
  readonly found: string;
  readonly wanted: string;
}

/** Rejected events that wait for a decision. */
export interface RejectedFacts {
  readonly quarantine: number;
  readonly unrecognized: number;
  /** Counting stops at this number. */
  readonly atLeast: number;
}

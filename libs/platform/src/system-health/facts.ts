/**
 * What is known of the running system, from whoever asks: the read API or the command line. `null` is always "not
 * known", never "none".
 */
export interface SystemFacts {
  /** Epoch milliseconds. */
  readonly now: number;
  /** null: the database does not answer. */
  readonly projections: readonly ProjectionFacts[] | null;
  /** null: no setting names them. */
  readonly apps: readonly AppFacts[] | null;
  readonly arrivals: readonly ArrivalFacts[] | null;
  readonly refusals: RefusalFacts | null;
  readonly rejected: RejectedFacts | null;
  /** Settings of topics that are not as they must be. */
  readonly topics: readonly TopicSettingFacts[] | null;
}

/** A projection, as the generation that serves shows it. */
export interface ProjectionFacts {
  readonly name: string;
  readonly activeGeneration: number | null;
  /** Why it applies nothing. */
  readonly trouble: string | null;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  /** Records that are not applied yet. */
  readonly lag: number | null;
  /** Age of the oldest of these; 0 when there is none. */
  readonly lagSeconds: number | null;
  readonly partitions: readonly PartitionLagFacts[];
  readonly deadLetters: number;
  readonly accountsAddUp: boolean;
  /** The newest one, whatever generation it compared. */
  readonly verification: VerificationFacts | null;
}

export interface PartitionLagFacts {
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
  /** Why it is not ready, or what did not answer. */
  readonly reason: string | null;
  /** What its readiness reports although it is ready. */
  readonly notes: readonly AppNote[];
}

export interface AppNote {
  /** The name of the readiness check. */
  readonly check: string;
  readonly note: string;
}

/** What arrived for a workspace. */
export interface ArrivalFacts {
  readonly workspace: string;
  /** Epoch milliseconds of its last event; null when none was ever received; undefined when that is not known. */
  readonly lastAt: number | null | undefined;
  /** What arrived in a stretch as long as the present silence, one or seven days before; null: not known. */
  readonly usual: { readonly days: number; readonly events: number } | null;
}

/** Requests that the gateway refused, counted by each of its processes since it started. */
export interface RefusalFacts {
  /** Epoch milliseconds since when every process that was asked has counted. */
  readonly since: number;
  readonly groups: readonly RefusedGroup[];
  /** Whether requests of unknown tokens are among them: they belong to no workspace. */
  readonly withoutWorkspace: boolean;
}

export interface RefusedGroup {
  /** null: the request had no valid token. */
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

/** Events that the gateway stored but could not place, and that wait for a decision. */
export interface RejectedFacts {
  readonly quarantine: number;
  readonly unrecognized: number;
  /** More are not counted. */
  readonly atLeast: number;
}

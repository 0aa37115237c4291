import type { Servers } from '../servers';

/** A gateway that listens. */
export interface Listening {
  readonly pid: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Topics that it appends to. */
  readonly topics: readonly string[];
  stop(): Promise<void>;
}

/** Takes one event per request, and answers 2xx once Kafka has it on all in-sync replicas. */
export interface GatewayContestant {
  readonly name: string;
  start(servers: Servers): Promise<Listening>;
}

/** Of the contestants that have no topics of their own. */
export const BENCH_TOPIC = 'bench.gateway';

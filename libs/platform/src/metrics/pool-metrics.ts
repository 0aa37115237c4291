import type { Metrics } from './metrics';

/** The state of a pool of database connections, as pg's pool has it. */
export interface ObservedPool {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
  readonly options: { readonly max: number };
}

/** Pools by metric registry. They are read when metrics are collected. */
const observed = new WeakMap<Metrics, Map<string, () => ObservedPool | null>>();

/** @param find returns the pool, or null while there is none */
export function observePool(metrics: Metrics, name: string, find: () => ObservedPool | null): void {
  const pools = observed.get(metrics) ?? start(metrics);
  pools.set(name, find);
}

function start(metrics: Metrics): Map<string, () => ObservedPool | null> {
  const pools = new Map<string, () => ObservedPool | null>();
  observed.set(metrics, pools);
  const each = (tell: (pool: string, found: ObservedPool) => void): void => {
    for (const [name, find] of pools) {
      const pool = find();
      if (pool) tell(name, pool);
    }
  };
  metrics.gauge({
    name: 'pg_pool_connections',
    help: 'Open connections to Postgres, by what they do: idle or busy.',
    labelNames: ['pool', 'state'],
    collect() {
      each((pool, { totalCount, idleCount }) => {
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'busy' }, totalCount - idleCount);
      });
    },
  });
  metrics.gauge({
    name: 'pg_pool_connections_max',
    help: 'As many connections as the pool opens.',
    labelNames: ['pool'],
    collect() {
      each((pool, { options }) => this.set({ pool }, options.max));
    },
  });
  metrics.gauge({
    name: 'pg_pool_waiting',
    help: 'Who waits for a connection now.',
    labelNames: ['pool'],
    collect() {
      each((pool, { waitingCount }) => this.set({ pool }, waitingCount));
    },
  });
  return pools;
}

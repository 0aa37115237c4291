import { cpus } from 'node:os';
import { cpuSeconds, machineSeconds, peakMemory } from './processes';
import type { Figures } from './results';

export type Costs = Required<Pick<Figures, 'cpu' | 'memory' | 'others'>>;

/** What a contestant, the servers and everyone else use from its making on. */
export class Meter {
  private readonly started = performance.now();
  private readonly before = this.now();

  /** @param pids processes of the contestant */
  constructor(
    private readonly pids: readonly number[],
    private readonly servers: Readonly<Record<'postgres' | 'kafka', { readonly pid: number }>>,
  ) {}

  get seconds(): number {
    return (performance.now() - this.started) / 1_000;
  }

  /** @param events that were done meanwhile: CPU is told per million of them */
  read(events: number): Costs {
    const { seconds } = this;
    const now = this.now();
    const [client, postgres, kafka, bench, machine] = now.map((used, i) => used - this.before[i]!) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const perMillion = (used: number): number => (used / events) * 1e6;
    return {
      cpu: { client: perMillion(client), postgres: perMillion(postgres), kafka: perMillion(kafka) },
      memory: this.pids.reduce((sum, pid) => sum + peakMemory(pid), 0),
      others: Math.max(0, (machine - client - postgres - kafka - bench) / (seconds * cpus().length)),
    };
  }

  private now(): readonly number[] {
    const { user, system } = process.cpuUsage();
    return [
      this.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
      cpuSeconds(this.servers.postgres.pid),
      cpuSeconds(this.servers.kafka.pid),
      (user + system) / 1e6,
      machineSeconds(),
    ];
  }
}

import { randomBytes } from 'node:crypto';
import { until } from '@app/local';
import type { GatewayContestant } from '../gateway/contestant';
import { shippedGateway } from '../gateway/contestants';
import type { LiveContestant } from '../live/contestant';
import { projectors } from '../live/ours';
import { startNode } from '../live/process';
import { FLOOR } from '../measure/results';
import type { Options } from '../options';
import { startServers, type Servers } from '../servers';
import { fillLog, type Workload } from '../workload';

const SOME = 0.01;

/** Records with the trace context of an append, of which a part is sampled: as a gateway writes them. */
const contextsOf = (sampled: number) => (n: number) => ({
  traceparent: `00-${hex(16)}-${hex(8)}-${n % 100 < sampled * 100 ? '01' : '00'}`,
});
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** Of one log, and who reads it. */
export interface TracedLog {
  readonly servers: Servers;
  readonly workload: Workload;
  readonly contestants: readonly LiveContestant[];
}

/** What is started for the comparison, and has to be stopped. */
export class TracingBench {
  private readonly started: { stop(): Promise<unknown> }[] = [];

  async gateways(): Promise<readonly GatewayContestant[]> {
    const on = await this.collector();
    return [
      shippedGateway(`${FLOOR}: off`),
      shippedGateway('off, senders with a trace', {}, contextsOf(1)(0)),
      shippedGateway('on, 1 % sampled', { ...on, OTEL_TRACES_SAMPLER_ARG: String(SOME) }),
      shippedGateway('on, all sampled', on),
    ];
  }

  /** @param plain a log whose records have no trace context */
  async logs(plain: Omit<TracedLog, 'contestants'>, options: Options): Promise<readonly TracedLog[]> {
    const on = await this.collector();
    const traced = (name: string): LiveContestant => projectors(name, 1, undefined, on);
    return [
      { ...plain, contestants: [projectors(`${FLOOR}: off`, 1)] },
      {
        ...(await this.filled(SOME, options)),
        contestants: [projectors('off, records with a trace', 1), traced('on, 1 % sampled')],
      },
      { ...(await this.filled(1, options)), contestants: [traced('on, all sampled')] },
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.started.map((one) => one.stop()));
  }

  /** @returns the settings that send spans to it */
  private async collector(): Promise<NodeJS.ProcessEnv> {
    let printed = '';
    const child = await startNode('system/collector.process', [], (line) => (printed = line));
    this.started.push(child);
    const port = await child.whileRunning((signal) =>
      until('the collector', () => /^port (\d+)$/.exec(printed)?.[1], { signal }),
    );
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  }

  private async filled(sampled: number, options: Options): Promise<Omit<TracedLog, 'contestants'>> {
    const servers = await startServers();
    this.started.push(servers);
    return { servers, workload: await fillLog(servers.brokers, options, contextsOf(sampled)) };
  }
}

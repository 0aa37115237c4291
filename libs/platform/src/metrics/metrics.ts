import { Injectable } from '@nestjs/common';
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';
import { collectEventLoop, MISTAKEN_METRICS } from './event-loop';

/** The app's metrics. The same name always gives the same metric. Labels must never contain a secret. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  collectProcess(): this {
    // Its samples are not used, so it takes one per hour.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 3_600_000 });
    for (const name of MISTAKEN_METRICS) this.registry.removeSingleMetric(name);
    collectEventLoop(this.registry);
    return this;
  }

  counter<L extends string>(config: CounterConfiguration<L>): Counter<L> {
    return this.once(config.name, () => new Counter({ ...config, registers: [this.registry] }));
  }

  gauge<L extends string>(config: GaugeConfiguration<L>): Gauge<L> {
    return this.once(config.name, () => new Gauge({ ...config, registers: [this.registry] }));
  }

  histogram<L extends string>(config: HistogramConfiguration<L>): Histogram<L> {
    return this.once(config.name, () => new Histogram({ ...config, registers: [this.registry] }));
  }

  private once<M>(name: string, create: () => M): M {
    return (this.registry.getSingleMetric(name) as M | undefined) ?? create();
  }
}

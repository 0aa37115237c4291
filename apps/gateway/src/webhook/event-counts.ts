import { EVENT_NAMES, type Acceptance } from '@app/catalog';
import type { Metrics } from '@app/platform';
import type { IntakeObserver } from './intake';

type Outcome = Acceptance['outcome'];
const NONE: Readonly<Record<Outcome, number>> = { accepted: 0, unrecognized: 0, quarantined: 0, rejected: 0 };

/** Counters exported from the start, because Prometheus sees no increase in a counter that begins at one. */
const FROM_NOTHING: readonly (readonly [string, Outcome])[] = [
  ...EVENT_NAMES.map((event) => [event, 'quarantined'] as const),
  ['other', 'unrecognized'],
  ['none', 'rejected'],
];

/**
 * Counts events in memory and updates the metric when it is scraped, because prom-client looks up the labels for every
 * increment.
 */
export class EventCounts implements IntakeObserver {
  private readonly counts = new Map<string, Record<Outcome, number>>();

  constructor(metrics: Metrics) {
    const take = (): typeof this.counts => this.counts;
    const counter = metrics.counter({
      name: 'gateway_events_total',
      help: 'Delivered events by kind and what became of them; `rejected` ones were not stored.',
      labelNames: ['event', 'status'],
      collect() {
        for (const [event, counts] of take())
          for (const status of Object.keys(counts) as Outcome[]) {
            if (counts[status] > 0) this.inc({ event, status }, counts[status]);
            counts[status] = 0;
          }
      },
    });
    for (const [event, status] of FROM_NOTHING) counter.inc({ event, status }, 0);
  }

  counted(event: string, status: Outcome): void {
    let counts = this.counts.get(event);
    if (!counts) this.counts.set(event, (counts = { ...NONE }));
    counts[status]++;
  }
}

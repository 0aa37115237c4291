import { type Acceptable, isAheadOfClock } from '@app/catalog';
import { type CheckResult, type Health, type Logger, type Metrics, READY } from '@app/platform';

/** A single sender with a wrong clock does not fill this many events in a row. */
const SUSPECT_AFTER = 20;

/**
 * Detects that this machine's clock is probably behind: then every event is quarantined as being in the future, with a
 * 202, and nothing else looks wrong. It is a note and not a failed check, because quarantined events are not lost.
 */
export class ClockWatch {
  private inARow = 0;

  constructor(
    health: Health,
    metrics: Metrics,
    private readonly logger: Logger,
    /** Epoch milliseconds. */
    private readonly clock: () => number = Date.now,
  ) {
    health.register('clock', () => this.check());
    const suspicious = (): number => Number(this.isSuspect);
    metrics.gauge({
      name: 'gateway_clock_suspect',
      help: '1 while the newest events all are more than a day ahead of this machine, whose clock is probably behind.',
      collect() {
        this.set(suspicious());
      },
    });
  }

  saw(event: Acceptable): void {
    if (!isAheadOfClock(event)) this.inARow = 0;
    else if (++this.inARow === SUSPECT_AFTER) this.logger.error(this.suspicion);
  }

  private get isSuspect(): boolean {
    return this.inARow >= SUSPECT_AFTER;
  }

  private check(): CheckResult {
    return this.isSuspect ? { ok: true, note: this.suspicion } : READY;
  }

  private get suspicion(): string {
    const now = new Date(this.clock()).toISOString();
    return `this machine's clock is probably behind: it says ${now}, and the newest ${this.inARow} events all are of more than a day later and were quarantined`;
  }
}

/** Measures how fast a job progresses, from its own reports. */
export class ProgressRate {
  private phase: string | null = null;
  private since = 0;
  private from = 0;

  /** Offsets per second within the phase, and the remaining seconds at that rate; null while unknown. */
  of(phase: string, done: number, total: number): { rate: number | null; secondsLeft: number | null } {
    const now = performance.now();
    if (phase !== this.phase) {
      this.phase = phase;
      this.since = now;
      this.from = done;
    }
    const seconds = (now - this.since) / 1000;
    const rate = seconds > 0 && done > this.from ? (done - this.from) / seconds : null;
    return {
      rate: rate && Math.round(rate),
      secondsLeft: rate && Math.ceil((total - done) / rate),
    };
  }
}

const FIRST_MS = 500;
const LONGEST_MS = 5_000;
const HEALTHY_MS = 10_000;

/** The pauses before a restart: 0.5 s, doubling up to 5 s, and back to 0.5 s after 10 s of health. */
export class Backoff {
  private next = FIRST_MS;

  /** @param healthyMs how long the part was healthy before it ended */
  pauseAfter(healthyMs: number): number {
    if (healthyMs >= HEALTHY_MS) this.next = FIRST_MS;
    const pause = this.next;
    this.next = Math.min(this.next * 2, LONGEST_MS);
    return pause;
  }
}

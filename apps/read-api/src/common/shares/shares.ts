import { tooManyRequests, unavailable } from '@app/platform';

/** The share of capacity that one token may use while it is alone; the rest is reserved for the next token. */
const PART_OF_ONE = 3 / 4;

export interface ShareLimits {
  /** Units for all tokens together. */
  readonly all: number;
  /** Units that one token may hold while no other holds any; three quarters of all unless given. */
  readonly perToken?: number | undefined;
}

/**
 * Who holds how many of a limited number of units.
 *
 * A token gets another unit while it holds less than a multiple of what is free. Alone it gets `perToken` units; the
 * more others hold, the less it gets; and however much tokens take, a part stays free for one that holds nothing yet.
 */
export class Shares {
  private readonly held = new Map<string, number>();
  private readonly perToken: number;
  private inUse = 0;

  constructor(private readonly limits: ShareLimits) {
    const { all, perToken = Math.max(1, Math.floor(all * PART_OF_ONE)) } = limits;
    this.perToken = Math.min(perToken, all);
  }

  get size(): number {
    return this.inUse;
  }

  get all(): number {
    return this.limits.all;
  }

  heldBy(tokenKey: string): number {
    return this.held.get(tokenKey) ?? 0;
  }

  /** Whether so many units are free, whoever asks. */
  hasFree(units = 1): boolean {
    return this.inUse + units <= this.limits.all;
  }

  allows(tokenKey: string, units = 1): boolean {
    const { all } = this.limits;
    const before = this.heldBy(tokenKey) + units - 1;
    const free = all - this.inUse - units + 1;
    // Compared as products, so that `perToken` is met exactly.
    return free > 0 && before < this.perToken && before * (all - this.perToken) < this.perToken * free;
  }

  /** @returns what gives the units back, once */
  take(tokenKey: string, units = 1): () => void {
    this.change(tokenKey, units);
    let isHeld = true;
    return () => {
      if (isHeld) this.change(tokenKey, -units);
      isHeld = false;
    };
  }

  private change(tokenKey: string, units: number): void {
    this.inUse += units;
    const held = this.heldBy(tokenKey) + units;
    if (held > 0) this.held.set(tokenKey, held);
    else this.held.delete(tokenKey);
  }
}

/** Units that are refused, not waited for, when there are too few. */
export class Permits {
  private readonly shares: Shares;

  /** @param what the units are, in the plural, for those that are refused */
  constructor(
    private readonly what: string,
    limits: ShareLimits,
    private readonly retrySeconds: number,
  ) {
    this.shares = new Shares(limits);
  }

  /** Units in use. */
  get size(): number {
    return this.shares.size;
  }

  /**
   * @returns what gives the units back, once
   * @throws {Problem} 503 when there are none left, 429 when the token has its share
   */
  take(tokenKey: string, units = 1): () => void {
    if (this.shares.allows(tokenKey, units)) return this.shares.take(tokenKey, units);
    if (!this.shares.hasFree(units))
      throw unavailable(`All ${this.shares.all} ${this.what} are in use.`, this.retrySeconds);
    throw tooManyRequests(
      this.retrySeconds,
      `This token has its share of the ${this.what} (${this.shares.heldBy(tokenKey)} of ${this.shares.all}); the others are kept for other tokens.`,
    );
  }
}

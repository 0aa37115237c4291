import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../problems/problem';

/** Requests per second and token, counted in this process. */
export class TokenRateLimit {
  private readonly limiter: RateLimiterMemory | null;

  /** @param perSecond undefined: no limit */
  constructor(perSecond: number | undefined) {
    this.limiter = perSecond === undefined ? null : new RateLimiterMemory({ points: perSecond, duration: 1 });
  }

  /**
   * @returns nothing to wait for when there is no limit
   * @throws {Problem} 429 with Retry-After once the token's second is used up
   */
  take(tokenKey: string): Promise<void> | undefined {
    return this.limiter ? consume(this.limiter, tokenKey) : undefined;
  }
}

async function consume(limiter: RateLimiterMemory, tokenKey: string): Promise<void> {
  try {
    await limiter.consume(tokenKey);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw tooManyRequests(refused.msBeforeNext / 1_000);
  }
}

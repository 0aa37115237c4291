import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from '../problems/problem';

/** Requests per second and token, counted in this process. */
export class TokenRateLimit {
  private readonly limiter: RateLimiterMemory | null;

  /** @param perSecond undefined: no limit */
  constructor(perSecond: number | undefined) {
    this.limiter = perSecond === undefined ? null : new RateLimiterMemory({ points: perSecond, duration: 1 });
  }

  /** @throws {Problem} 429 with Retry-After once the token's second is used up */
  async take(tokenKey: string): Promise<void> {
    if (!this.limiter) return;
    try {
      await this.limiter.consume(tokenKey);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw tooManyRequests(refused.msBeforeNext / 1_000);
    }
  }
}

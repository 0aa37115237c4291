import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests, unauthorized, type Problem } from '../problems/problem';

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
    return this.limiter ? consume(this.limiter, tokenKey, 'Too many requests with this token.') : undefined;
  }
}

/** Without a limit for tokens, so many a second: an address that tries more is looking for one. */
const GUESSES_PER_SECOND = 20;

/**
 * Requests per second and address that present no token of ours. Only they count and only they are refused: behind a
 * proxy all have one address, and whoever guesses must not keep out those who need not.
 */
export class GuessLimit {
  private readonly limiter: RateLimiterMemory;

  /** @param perSecond what a token has; undefined: 20 */
  constructor(perSecond: number | undefined) {
    this.limiter = new RateLimiterMemory({ points: perSecond ?? GUESSES_PER_SECOND, duration: 1 });
  }

  /** The answer to a request without a token of ours: 401, or 429 once the address has had its second's worth. */
  async refusal(address: string, challenge?: string): Promise<Problem> {
    try {
      await consume(this.limiter, networkOf(address), 'Too many requests without a valid token.');
      return unauthorized(challenge);
    } catch (error) {
      return error as Problem;
    }
  }
}

/** Whoever has an IPv6 address has 2^64 of them. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

async function consume(limiter: RateLimiterMemory, key: string, detail: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw tooManyRequests(refused.msBeforeNext / 1_000, detail);
  }
}

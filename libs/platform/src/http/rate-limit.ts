import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests, unauthorized, type Problem } from '../problems/problem';

/** Limits requests per second and token, in this process. */
export class TokenRateLimit {
  private readonly limiter: RateLimiterMemory | null;

  /** @param perSecond no limit if undefined */
  constructor(perSecond: number | undefined) {
    this.limiter = perSecond === undefined ? null : new RateLimiterMemory({ points: perSecond, duration: 1 });
  }

  /**
   * @returns undefined when there is no limit
   * @throws {Problem} 429 with Retry-After once the token's requests of a second are used up
   */
  take(tokenKey: string): Promise<void> | undefined {
    return this.limiter ? consume(this.limiter, tokenKey, 'Too many requests with this token.') : undefined;
  }
}

/** Failed attempts per second if tokens have no limit. An address that tries more is guessing tokens. */
const GUESSES_PER_SECOND = 20;

/**
 * Limits requests per second and address without a valid token. Only these are counted and refused: behind a proxy all
 * clients have one address, and one that guesses must not keep out those with a token.
 */
export class GuessLimit {
  private readonly limiter: RateLimiterMemory;

  /** @param perSecond the limit of a token; 20 if undefined */
  constructor(perSecond: number | undefined) {
    this.limiter = new RateLimiterMemory({ points: perSecond ?? GUESSES_PER_SECOND, duration: 1 });
  }

  /** @returns 401, or 429 once the address has used up its attempts of a second */
  async refusal(address: string, challenge?: string): Promise<Problem> {
    try {
      await consume(this.limiter, networkOf(address), 'Too many requests without a valid token.');
      return unauthorized(challenge);
    } catch (error) {
      return error as Problem;
    }
  }
}

/** A holder of an IPv6 address usually has 2^64 of them, so a /64 counts as one. */
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

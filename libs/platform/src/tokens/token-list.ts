import { hash, timingSafeEqual } from 'node:crypto';

export interface WebhookGrant {
  readonly workspace: string;
}

/** Each scope includes the ones before it. */
export const SCOPES = ['read', 'triage', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ReadGrant {
  readonly scope: Scope;
  /** The only workspace that the token sees; null for all. */
  readonly workspace: string | null;
}

export function includesScope(granted: Scope, needed: Scope): boolean {
  return SCOPES.indexOf(granted) >= SCOPES.indexOf(needed);
}

export interface TokenMatch<G> {
  readonly grant: G;
  /** Identifies a token without revealing it, also after its file is read again. For rate limits and streams. */
  readonly tokenKey: string;
}

interface Entry<G> extends TokenMatch<G> {
  readonly digest: Buffer;
}

/** Tokens and what they grant. Only digests are kept, so that no dump or log reveals a token. */
export abstract class Tokens<G> {
  abstract get lists(): readonly TokenList<G>[];

  /**
   * @returns what a presented token grants; null if it is unknown. It always takes the same time, because all digests are
   * compared and have the same length.
   */
  match(presented: string): TokenMatch<G> | null {
    const digest = sha256(presented);
    let found: Entry<G> | null = null;
    for (const { entries } of this.lists)
      for (const entry of entries) if (timingSafeEqual(entry.digest, digest)) found ??= entry;
    return found && { grant: found.grant, tokenKey: found.tokenKey };
  }

  /** @returns what the first known token grants. All of them are compared, whatever the others are. */
  matchAny(presented: readonly string[]): TokenMatch<G> | null {
    const matches = presented.map((token) => this.match(token));
    return matches.find((match) => match !== null) ?? null;
  }

  /** Whether the token of a match is still valid. */
  holds(tokenKey: string): boolean {
    return this.lists.some(({ entries }) => entries.some((entry) => entry.tokenKey === tokenKey));
  }

  get size(): number {
    return this.lists.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  toJSON(): string {
    return `${this.size} tokens`;
  }
}

export class TokenList<G> extends Tokens<G> {
  readonly entries: readonly Entry<G>[];
  readonly lists = [this];

  /** @param tokens each with its SHA-256 */
  constructor(tokens: readonly { readonly digest: Buffer; readonly grant: G }[]) {
    super();
    this.entries = tokens.map(({ digest, grant }) => ({
      digest,
      grant,
      tokenKey: tokenKeyOf(digest),
    }));
  }
}

/** Tokens from several sources, whose lists may change. */
export class JoinedTokens<G> extends Tokens<G> {
  constructor(private readonly places: readonly Tokens<G>[]) {
    super();
  }

  get lists(): readonly TokenList<G>[] {
    return this.places.flatMap(({ lists }) => lists);
  }
}

export function sha256(text: string): Buffer {
  // Going through a text is twice as fast as requesting a buffer.
  return Buffer.from(hash('sha256', text, 'binary'), 'latin1');
}

/** @see TokenMatch.tokenKey */
export function tokenKeyOf(digest: Buffer): string {
  return digest.toString('base64url');
}

const HASHED = /^sha256:([0-9a-f]{64})$/i;

/** The form of a token in files. */
export function hashedToken(token: string): string {
  return `sha256:${sha256(token).toString('hex')}`;
}

/** The digest in a result of `hashedToken`; null for anything else. */
export function digestIn(hashed: string): Buffer | null {
  const hex = HASHED.exec(hashed)?.[1];
  return hex === undefined ? null : Buffer.from(hex, 'hex');
}

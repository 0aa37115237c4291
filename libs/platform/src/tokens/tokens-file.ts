import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { InvalidSetting } from '../settings/setting';
import { parseTokenLines, type GrantForm } from './token-entries';
import { Tokens, type TokenList } from './token-list';

/** Room for some ten thousand tokens, each of which is compared with the token of a request. */
const LARGEST_BYTES = 1_048_576;

/** The result of reading the file again. */
type Reread =
  | { readonly look: 'unchanged' }
  /** The content has changed. It counts once it is found a second time, since it may still be written. */
  | { readonly look: 'unsettled' }
  | { readonly look: 'taken' }
  /** The file cannot be used; the tokens that were read before stay valid. */
  | { readonly look: 'unusable'; readonly reason: string };

type Found = { readonly text: string } | { readonly error: string };

/**
 * Hashed tokens in a file. It is read again by its name, because Kubernetes mounts secrets behind links that it
 * replaces.
 */
export class TokensFile<G> extends Tokens<G> {
  private last: Found;

  private constructor(
    /** The setting that names the file. */
    readonly setting: string,
    private readonly path: string,
    private readonly grant: GrantForm<G>,
    private text: string,
    private list: TokenList<G>,
  ) {
    super();
    this.last = { text };
  }

  /** @throws {InvalidSetting} when it cannot be read, or a line cannot be used */
  static open<G>(setting: string, path: string, grant: GrantForm<G>): TokensFile<G> {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw new InvalidSetting(`names a file that ${unreadable(error)}`);
    }
    try {
      return new TokensFile(setting, path, grant, text, parsed(text, grant));
    } catch (error) {
      if (error instanceof InvalidSetting) throw new InvalidSetting(`names a file that ${error.message}`);
      throw error;
    }
  }

  get lists(): readonly TokenList<G>[] {
    return this.list.lists;
  }

  /** Reads the file again. It never throws; a file that cannot be used changes nothing. */
  async look(): Promise<Reread> {
    const found = await this.found();
    const settled = isSame(found, this.last);
    this.last = found;
    if ('text' in found && found.text === this.text) return { look: 'unchanged' };
    if (!settled) return { look: 'unsettled' };
    if ('error' in found) return { look: 'unusable', reason: found.error };
    try {
      this.list = parsed(found.text, this.grant);
    } catch (error) {
      if (error instanceof InvalidSetting) return { look: 'unusable', reason: error.message };
      throw error;
    }
    this.text = found.text;
    return { look: 'taken' };
  }

  private async found(): Promise<Found> {
    try {
      return { text: await readFile(this.path, 'utf8') };
    } catch (error) {
      return { error: unreadable(error) };
    }
  }
}

function parsed<G>(text: string, grant: GrantForm<G>): TokenList<G> {
  if (text.length > LARGEST_BYTES) throw new InvalidSetting(`is larger than ${LARGEST_BYTES} bytes`);
  return parseTokenLines(text, grant);
}

const unreadable = (error: unknown): string =>
  `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`;

function isSame(one: Found, other: Found): boolean {
  return 'text' in one
    ? 'text' in other && one.text === other.text
    : 'error' in other && one.error === other.error;
}

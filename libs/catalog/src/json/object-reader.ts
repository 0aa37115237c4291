import { isJsonObject } from '../rules';
import { scanMembers, type Members } from './scan';
import { END, NAME, NAME_LENGTH, SPAN, VALUE } from './scan-bytes';

/**
 * The members of a JSON object, each read when it is asked for, as JSON.parse would give it: of a repeated name
 * the last counts, and a member that is not there is undefined. What it gives may be shared: it is not to be
 * changed.
 */
export interface ObjectReader {
  /** @param name in ASCII */
  get(name: string): unknown;
  /** The JSON text of a member, as it was received. */
  raw(name: string): string | undefined;
}

/** An object that JSON.parse has read. */
export class ParsedObject implements ObjectReader {
  private members: Members | undefined;

  /** @param text gives the text that the object was parsed from */
  constructor(
    private readonly parsed: Readonly<Record<string, unknown>>,
    private readonly text: () => string,
  ) {}

  get(name: string): unknown {
    return Object.hasOwn(this.parsed, name) ? this.parsed[name] : undefined;
  }

  raw(name: string): string | undefined {
    return (this.members ??= scanMembers(this.text())).get(name);
  }

  /** A member that is an object. */
  object(name: string): ObjectReader | undefined {
    const member = this.get(name);
    return isJsonObject(member) ? new ParsedObject(member, () => this.raw(name)!) : undefined;
  }
}

/** An object of which it was noted where its members stand (`scanObject`). */
export class ScannedObject implements ObjectReader {
  constructor(
    protected readonly bytes: Buffer,
    protected readonly tape: Int32Array,
    private readonly from: number,
    private readonly to: number,
  ) {}

  get(name: string): unknown {
    const entry = this.entryOf(name);
    return entry < 0 ? undefined : valueIn(this.bytes, this.tape[entry + VALUE]!, this.tape[entry + END]!);
  }

  raw(name: string): string | undefined {
    const entry = this.entryOf(name);
    if (entry < 0) return undefined;
    return this.bytes.toString('utf8', this.tape[entry + VALUE], Math.abs(this.tape[entry + END]!));
  }

  /** The last entry of that name; -1 when there is none. */
  protected entryOf(name: string): number {
    const { bytes, tape } = this;
    let found = -1;
    for (let entry = this.from; entry < this.to; entry += tape[entry + SPAN]!)
      if (tape[entry + NAME_LENGTH] === name.length && holds(bytes, tape[entry + NAME]!, name)) found = entry;
    return found;
  }
}

function holds(bytes: Buffer, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
  return true;
}

/** @param end negative for a string with escapes */
function valueIn(bytes: Buffer, start: number, end: number): unknown {
  switch (bytes[start]!) {
    case 0x22:
      if (end > 0) return bytes.toString('utf8', start + 1, end - 1);
      return JSON.parse(bytes.toString('utf8', start, -end));
    case 0x74:
      return true;
    case 0x66:
      return false;
    case 0x6e:
      return null;
    default:
      return JSON.parse(bytes.toString('utf8', start, end));
  }
}

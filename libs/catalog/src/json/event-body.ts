import { CannotApply } from '@app/engine';
import { isJsonObject } from '../rules';
import { SeenObjects, type KnownObject } from './known-objects';
import { ParsedObject, ScannedObject, type ObjectReader } from './object-reader';
import { END, scanObject, SIZE, SPAN, VALUE, type Notes } from './scan-bytes';

/** The JSON object that an event is. */
export interface EventBody extends ObjectReader {
  /** A member that is an object. */
  object(name: string): ObjectReader | undefined;
}

/** Members that are the same in many events. */
const REPEATED: ReadonlySet<string> = new Set(['experience', 'post']);
const OPEN_OBJECT = 0x7b;

const seen = new SeenObjects();

/** @throws {CannotApply} when the bytes are not those of a JSON object */
export function readBody(bytes: Buffer): EventBody {
  const notes = scanObject(bytes, seen);
  return notes ? new ScannedBody(bytes, notes) : parsedBody(bytes.toString('utf8'));
}

/** @throws {CannotApply} when it is not the text of a JSON object */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CannotApply("the record's value is not JSON");
  }
  if (!isJsonObject(value)) throw new CannotApply("the record's value is not a JSON object");
  return value;
}

function parsedBody(text: string): EventBody {
  return new ParsedObject(parseObject(text), () => text);
}

class ScannedBody extends ScannedObject implements EventBody {
  private readonly knownEntry: number;
  private readonly known: KnownObject | undefined;

  constructor(bytes: Buffer, { tape, from, to, knownEntry, known }: Notes<KnownObject>) {
    super(bytes, tape, from, to);
    this.knownEntry = knownEntry;
    this.known = known;
  }

  object(name: string): ObjectReader | undefined {
    const { bytes, tape } = this;
    const entry = this.entryOf(name);
    if (entry < 0) return undefined;
    if (entry === this.knownEntry) return this.known;
    const start = tape[entry + VALUE]!;
    if (bytes[start] !== OPEN_OBJECT) return undefined;
    if (REPEATED.has(name)) seen.learn(bytes, start, tape[entry + END]!);
    return new ScannedObject(bytes, tape, entry + SIZE, entry + tape[entry + SPAN]!);
  }
}

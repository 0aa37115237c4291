import { slot, type LogLook, type PlacedOffset } from './log-look';

/** The first record of a place is wanted, not those after it. */
const BYTES = 16 * 1024;

/**
 * When the oldest record that a checkpoint leaves unapplied was appended. A checkpoint that has not moved since it
 * was asked for is not looked up again.
 */
export class OldestUnapplied {
  private known: ReadonlyMap<string, number> = new Map();

  constructor(private readonly look: Pick<LogLook, 'onward'>) {}

  /**
   * @param checkpoints that are before the end of their partitions
   * @returns epoch milliseconds by `positionKey`; one that cannot be told, as when Kafka does not answer, is left out
   */
  async times(checkpoints: readonly PlacedOffset[]): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const open = new Map<string, PlacedOffset>();
    for (const place of checkpoints) {
      const key = positionKey(place);
      const time = this.known.get(key);
      if (time === undefined) open.set(key, place);
      else found.set(key, time);
    }
    try {
      for (const places of rounds([...open.values()]))
        for (const [key, time] of await this.lookUp(places)) found.set(key, time);
    } catch {
      // What is not found is not known: the caller says so.
    }
    this.known = found;
    return found;
  }

  private async lookUp(places: readonly PlacedOffset[]): Promise<ReadonlyMap<string, number>> {
    const times = new Map<string, number>();
    const asked = new Map(places.map((place) => [slot(place), positionKey(place)]));
    for (const placed of await this.look.onward(places, BYTES)) {
      const key = asked.get(slot(placed));
      if (key !== undefined && !times.has(key)) times.set(key, placed.record.timestamp);
    }
    return times;
  }
}

/** `topic/partition@offset` */
export const positionKey = (place: PlacedOffset): string => `${slot(place)}@${place.offset}`;

/** A request can name each partition once; projections that read one partition are at different offsets of it. */
function rounds(places: readonly PlacedOffset[]): PlacedOffset[][] {
  const all: PlacedOffset[][] = [];
  for (const own of Map.groupBy(places, ({ topic, partition }) => `${topic}/${partition}`).values())
    own.forEach((place, i) => (all[i] ??= []).push(place));
  return all;
}

import { formatPosition, partitionKey, type LogPosition } from '@app/engine';
import type { KafkaLogReader } from './kafka-log-reader';

/** The first record of a place is wanted, not those after it. */
const BYTES = 16 * 1024;

/**
 * When the oldest record that a checkpoint leaves unapplied was appended. A checkpoint that has not moved since it
 * was asked for is not looked up again.
 */
export class OldestUnapplied {
  private known: ReadonlyMap<string, number> = new Map();

  constructor(private readonly log: Pick<KafkaLogReader, 'recordsFrom'>) {}

  /**
   * @param checkpoints that are before the end of their partitions
   * @returns epoch milliseconds by `formatPosition`; one that cannot be told, as when Kafka does not answer, is left out
   */
  async times(checkpoints: readonly LogPosition[]): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    const open = new Map<string, LogPosition>();
    for (const place of checkpoints) {
      const key = formatPosition(place);
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

  private async lookUp(places: readonly LogPosition[]): Promise<ReadonlyMap<string, number>> {
    const times = new Map<string, number>();
    const asked = new Map(places.map((place) => [partitionKey(place), formatPosition(place)]));
    for (const placed of await this.log.recordsFrom(places, BYTES)) {
      const key = asked.get(partitionKey(placed));
      if (key !== undefined && !times.has(key)) times.set(key, placed.record.timestamp);
    }
    return times;
  }
}

/** A request can name each partition once; projections that read one partition are at different offsets of it. */
function rounds(places: readonly LogPosition[]): LogPosition[][] {
  const all: LogPosition[][] = [];
  for (const own of Map.groupBy(places, partitionKey).values())
    own.forEach((place, i) => (all[i] ??= []).push(place));
  return all;
}

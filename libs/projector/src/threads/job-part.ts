import type { Projection } from '@app/engine';
import { type Source, sourceUntil } from '@app/engine/adapters';
import { decodeEvent, loggedAt, type CatalogEvent } from '@app/catalog';
import { createKafka, KafkaLogReader, type KafkaLog, type KafkaReach } from '@app/engine-kafka';

/** The data that a thread needs for its part of a job. */
export interface JobPart {
  readonly instance: string;
  readonly databaseUrl: string;
  readonly kafka: KafkaReach;
  readonly projection: string;
  readonly projectionsFile: string;
  /** A time of the log, epoch milliseconds: only what it says up to then counts; null: all of it. */
  readonly until: number | null;
}

/** The projections that a file exports as PROJECTIONS. Each thread imports them, since functions cannot be sent. */
export async function projectionsIn(file: string): Promise<readonly Projection<CatalogEvent>[]> {
  const { PROJECTIONS } = (await import(file)) as {
    readonly PROJECTIONS: readonly Projection<CatalogEvent>[];
  };
  return PROJECTIONS;
}

export async function projectionOf(part: JobPart): Promise<Projection<CatalogEvent>> {
  const found = (await projectionsIn(part.projectionsFile)).find(({ name }) => name === part.projection);
  if (!found) throw new Error(`${part.projectionsFile} exports no projection ${part.projection}`);
  return found;
}

/** A part that fails ends its job, whose runner logs the reason. */
const SILENT: KafkaLog = { warn: () => undefined, debug: () => undefined };

export function sourceOf(
  { instance, kafka, until }: JobPart,
  projection: Projection<CatalogEvent>,
): Source<CatalogEvent> {
  const client = createKafka(kafka, instance, SILENT);
  const source = { log: new KafkaLogReader(client), decode: decodeEvent };
  return until === null ? source : sourceUntil(source, projection, { until, loggedAt });
}

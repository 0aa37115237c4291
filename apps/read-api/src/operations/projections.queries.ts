import {
  addsUp,
  Jobs,
  projectionStatus,
  type Account,
  type GenerationStatus,
  type Job,
  type ProjectionStatus,
} from '@app/engine-postgres';
import { notFound, ReadDatabase, type ReadGrant } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { engineReads, isoOf } from './engine-reads';
import { LogEnds, type Ends } from './log-ends';
import type { AccountDto, GenerationDto, PartitionDto, ProjectionDto } from './projections.dto';
import { showJob } from './show-job';
import { stateOf, troubleOf, type Place } from './standing';

type Declared = (typeof PROJECTIONS)[number];

/** As this API's own code declares it. @throws {Problem} 404 */
export function declared(name: string): Declared {
  const found = PROJECTIONS.find((projection) => projection.name === name);
  if (!found) throw notFound('There is no projection of this name.');
  return found;
}

/** Where the projections stand: what Postgres keeps of them, and the ends of their logs from Kafka. */
@Injectable()
export class ProjectionsQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly ends: LogEnds,
  ) {}

  async list(grant: ReadGrant): Promise<ProjectionDto[]> {
    const topics = [...new Set(PROJECTIONS.flatMap((projection) => projection.topics))];
    // The ends first: a checkpoint that is read later is never short of them by what came in between.
    const ends = await this.ends.of(topics);
    const reads = engineReads(this.database);
    const [statuses, jobs] = await Promise.all([projectionStatus(reads), new Jobs(reads).newest()]);
    const placesOf = (name: string): readonly Place[] => activeOf(statuses, name)?.accounts ?? [];
    const suspect = ends !== null && PROJECTIONS.some(({ name }) => troubleOf(placesOf(name), ends));
    // Only ends from after the checkpoints can tell that one of these is beyond them.
    const later = suspect ? await this.ends.now(topics) : null;
    return PROJECTIONS.map((projection) =>
      show(projection, {
        status: statuses.find(({ name }) => name === projection.name),
        jobs: jobs.filter((job) => job.projection === projection.name),
        ends,
        trouble: later && troubleOf(placesOf(projection.name), later),
        grant,
      }),
    );
  }

  /** @throws {Problem} 404 */
  async get(name: string, grant: ReadGrant): Promise<ProjectionDto> {
    declared(name);
    return (await this.list(grant)).find((projection) => projection.name === name)!;
  }
}

interface Facts {
  readonly status: ProjectionStatus | undefined;
  /** Newest of each kind. */
  readonly jobs: readonly Job[];
  readonly ends: Ends | null;
  readonly trouble: string | null;
  readonly grant: ReadGrant;
}

function show(
  { name, version, topics }: Declared,
  { status, jobs, ends, trouble, grant }: Facts,
): ProjectionDto {
  const generations = status?.generations ?? [];
  const active = generations.find(({ state }) => state === 'active');
  const partitions = partitionsOf(topics, active?.accounts ?? [], ends);
  const rebuild = jobs.find(({ kind }) => kind === 'rebuild');
  const verification = jobs.find(({ kind }) => kind === 'verify');
  const paused = status?.pausedAt != null;
  const accounts = (active?.accounts ?? []).map(showAccount);
  return {
    name,
    version: active?.version ?? version,
    activeGeneration: active?.id ?? null,
    schema: active?.schema ?? null,
    state: stateOf({
      'not-built': !active,
      stopped: trouble !== null,
      paused,
      rebuilding: generations.some(isBuild) || isUnderWay(rebuild),
    }),
    trouble,
    paused,
    pausedReason: status?.pausedReason ?? null,
    topics,
    lag: totalLag(partitions),
    deadLetters: active?.deadLetters['set-aside'] ?? 0,
    partitions,
    generations: generations.map((generation) => showGeneration(generation, topics, ends)),
    accounts,
    accountsAddUp: accounts.every((account) => account.addsUp),
    rebuild: rebuild ? showJob(rebuild, grant) : null,
    verification: verification ? showJob(verification, grant) : null,
  };
}

function activeOf(statuses: readonly ProjectionStatus[], name: string): GenerationStatus | undefined {
  const status = statuses.find((projection) => projection.name === name);
  return status?.generations.find(({ state }) => state === 'active');
}

const isBuild = ({ state }: GenerationStatus): boolean => state === 'building' || state === 'catching-up';
const isUnderWay = (job: Job | undefined): boolean => job?.state === 'queued' || job?.state === 'running';

function showGeneration(
  generation: GenerationStatus,
  topics: readonly string[],
  ends: Ends | null,
): GenerationDto {
  const { id, version, schema, state, deadLetters, accounts } = generation;
  return {
    ...{ id, version, schema, state },
    createdAt: isoOf(generation.createdAt),
    activatedAt: isoOf(generation.activatedAt),
    supersededAt: isoOf(generation.supersededAt),
    deadLetters: {
      setAside: deadLetters['set-aside'],
      replayed: deadLetters.replayed,
      discarded: deadLetters.discarded,
    },
    lag: totalLag(partitionsOf(topics, accounts, ends)),
  };
}

function showAccount(account: Account): AccountDto {
  const { skipped, ...rest } = account;
  return {
    ...rest,
    start: 0,
    skipped: {
      noHandler: skipped['no handler'],
      tombstone: skipped.tombstone,
      erased: skipped.erased,
    },
    addsUp: addsUp(account),
  };
}

/** One element per partition that Kafka or a checkpoint knows of, in order. */
export function partitionsOf(
  topics: readonly string[],
  places: readonly Place[],
  ends: Ends | null,
): PartitionDto[] {
  return topics.flatMap((topic) => {
    const read = new Map(
      places.filter((place) => place.topic === topic).map((place) => [place.partition, place.checkpoint]),
    );
    const logs = ends?.get(topic);
    const numbers = [...new Set([...read.keys(), ...(logs?.keys() ?? [])])].sort((a, b) => a - b);
    return numbers.map((partition) => {
      const checkpoint = read.get(partition) ?? 0;
      const endOffset = logs?.get(partition)?.high ?? null;
      const lag = endOffset === null ? null : Math.max(0, endOffset - checkpoint);
      return { topic, partition, checkpoint, endOffset, lag };
    });
  });
}

function totalLag(partitions: readonly PartitionDto[]): number | null {
  const lags = partitions.map(({ lag }) => lag);
  if (lags.length === 0) return null;
  return lags.reduce((sum, lag) => (sum === null || lag === null ? null : sum + lag), 0);
}

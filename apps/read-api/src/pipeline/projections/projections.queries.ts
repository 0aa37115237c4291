import { formatPosition, type LogPosition } from '@app/engine';
import { OldestUnapplied } from '@app/engine-kafka';
import {
  addsUp,
  Jobs,
  projectionStatus,
  type GenerationStatus,
  type Job,
  type OffsetLedger,
  type ProjectionStatus,
} from '@app/engine-postgres';
import { notFound, type ReadGrant } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { engineReads, isoOf } from '../../common/database/engine-reads';
import { ReadDatabase } from '../../common/database/read-database';
import { LogEnds, type Ends } from '../../common/kafka/log-ends';
import { showJob } from '../jobs/show-job';
import { stateOf, troubleOf, type CheckedPartition } from './projection-status';
import type { AccountDto, GenerationDto, PartitionDto, ProjectionDto } from './projections.dto';

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
    private readonly oldest: OldestUnapplied,
  ) {}

  async list(grant: ReadGrant): Promise<ProjectionDto[]> {
    const topics = [...new Set(PROJECTIONS.flatMap((projection) => projection.topics))];
    // The ends first: a checkpoint that is read later is never short of them by what came in between.
    const ends = await this.ends.of(topics);
    const reads = engineReads(this.database);
    const [statuses, jobs] = await Promise.all([projectionStatus(reads), new Jobs(reads).newest()]);
    const checkedOf = (name: string): readonly CheckedPartition[] => activeOf(statuses, name)?.accounts ?? [];
    const suspect = ends !== null && PROJECTIONS.some(({ name }) => troubleOf(checkedOf(name), ends));
    // Only ends from after the checkpoints can tell that one of these is beyond them.
    const later = suspect ? await this.ends.now(topics) : null;
    const lags =
      ends === null ? [] : PROJECTIONS.flatMap((each) => lagging(each, checkedOf(each.name), ends));
    const appendedAt = await this.oldest.times(lags);
    return PROJECTIONS.map((projection) =>
      show(projection, {
        ages: { appendedAt, now: Date.now() },
        status: statuses.find(({ name }) => name === projection.name),
        jobs: jobs.filter((job) => job.projection === projection.name),
        ends,
        trouble: later && troubleOf(checkedOf(projection.name), later),
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
  readonly ages: Ages;
  readonly trouble: string | null;
  readonly grant: ReadGrant;
}

/** When the records at checkpoints were appended, by `formatPosition`, in epoch milliseconds. */
interface Ages {
  readonly appendedAt: ReadonlyMap<string, number>;
  readonly now: number;
}

function lagging({ topics }: Declared, places: readonly CheckedPartition[], ends: Ends): LogPosition[] {
  return partitionsOf(topics, places, ends)
    .filter(({ lag }) => lag !== null && lag > 0)
    .map(({ topic, partition, checkpoint }) => ({ topic, partition, offset: checkpoint }));
}

function show(
  { name, version, topics }: Declared,
  { status, jobs, ends, ages, trouble, grant }: Facts,
): ProjectionDto {
  const generations = status?.generations ?? [];
  const active = generations.find(({ state }) => state === 'active');
  const partitions = partitionsOf(topics, active?.accounts ?? [], ends, ages);
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
    lag: totalOf(partitions, 'lag', (a, b) => a + b),
    lagSeconds: totalOf(partitions, 'lagSeconds', Math.max),
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
    lag: totalOf(partitionsOf(topics, accounts, ends), 'lag', (a, b) => a + b),
  };
}

function showAccount(account: OffsetLedger): AccountDto {
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
  places: readonly CheckedPartition[],
  ends: Ends | null,
  ages: Ages | null = null,
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
      const lagSeconds = secondsOf(lag, formatPosition({ topic, partition, offset: checkpoint }), ages);
      return { topic, partition, checkpoint, endOffset, lag, lagSeconds };
    });
  });
}

function secondsOf(lag: number | null, position: string, ages: Ages | null): number | null {
  if (lag === 0) return 0;
  const appendedAt = lag === null ? undefined : ages?.appendedAt.get(position);
  // The clocks of those who append and of this process may differ.
  return appendedAt === undefined ? null : Math.max(0, ages!.now - appendedAt) / 1_000;
}

/** null when there is no partition, or it is not known of one. */
function totalOf(
  partitions: readonly PartitionDto[],
  of: 'lag' | 'lagSeconds',
  add: (a: number, b: number) => number,
): number | null {
  if (partitions.length === 0) return null;
  return partitions
    .map((partition) => partition[of])
    .reduce((sum, one) => (sum === null || one === null ? null : add(sum, one)), 0);
}

import {
  formatPosition,
  isSamePartition,
  partitionKey,
  type AnyReadModel,
  type Tally,
  type Row,
} from '@app/engine';
import {
  BuildLost,
  ErasedPersons,
  newlyErased,
  redacted,
  START,
  withoutErased,
  type ActivateOutcome,
  type BatchCommit,
  type BuildStage,
  type Checkpoint,
  type CommitOutcome,
  type DeadLetter,
  type DeadLetterStore,
  type GenerationBuild,
  type LiveGeneration,
  type OpenDeadLetter,
  type PartitionCheckpoint,
  type ProjectionDeclaration,
  type ProjectionStore,
  type ReplayOutcome,
} from '@app/engine/adapters';
import { MemoryTables } from './memory-tables';

type GenerationState = 'building' | 'catching-up' | 'active' | 'standby' | 'gone';

/** Counts what happened to the offsets before a checkpoint. */
export interface MemoryLedger {
  changed: number;
  unchanged: number;
  skipped: number;
  erased: number;
  deadLettered: number;
  gaps: number;
}

type MemoryDeadLetter = DeadLetter & { state: 'set-aside' | 'replayed' | 'discarded' };

class MemoryGeneration {
  readonly tables: MemoryTables;
  readonly checkpoints = new Map<string, Checkpoint>();
  readonly ledgers = new Map<string, MemoryLedger>();
  readonly erased = new ErasedPersons();
  readonly deadLetters: MemoryDeadLetter[] = [];

  constructor(
    readonly id: number,
    readonly projection: ProjectionDeclaration,
    public state: GenerationState,
  ) {
    this.tables = new MemoryTables(projection);
  }

  checkpoint(topic: string, partition: number): Checkpoint {
    return this.checkpoints.get(partitionKey({ topic, partition })) ?? START;
  }

  placed(): PartitionCheckpoint[] {
    return [...this.checkpoints].map(([slot, checkpoint]) => {
      const [topic, partition] = slot.split('/') as [string, string];
      return { topic, partition: Number(partition), checkpoint };
    });
  }

  commit(commit: BatchCommit): CommitOutcome {
    for (const { topic, partition, expected } of commit.ranges)
      if (this.checkpoint(topic, partition).next !== expected) return { outcome: 'moved' };
    this.erase(newlyErased(this.projection, commit.rows, this.erased));
    const { rows, dropped } = withoutErased(commit.rows, this.erased);
    const { unchanged, erased } = commit.countIn(this.tables.merge(rows), dropped);
    const deadLetters = commit.deadLetters.map((deadLetter) => ({
      ...deadLetter,
      state: 'set-aside' as const,
    }));
    this.deadLetters.push(...deadLetters.map((deadLetter) => this.kept(deadLetter)));
    commit.ranges.forEach((range, i) => {
      const slot = partitionKey(range);
      this.checkpoints.set(slot, { next: range.next, lastKey: range.lastKey });
      const ledger = this.ledgers.get(slot) ?? NOTHING();
      ledger.changed += range.applied - unchanged[i]! - erased[i]!;
      ledger.unchanged += unchanged[i]!;
      ledger.erased += erased[i]!;
      ledger.skipped += range.skipped['no handler'] + range.skipped.tombstone;
      ledger.deadLettered += range.deadLettered;
      ledger.gaps += range.gaps;
      this.ledgers.set(slot, ledger);
    });
    return { outcome: 'committed', unchanged, erased };
  }

  private erase(persons: ErasedPersons): void {
    if (persons.isEmpty) return;
    this.erased.addAll(persons);
    this.tables.forget(persons);
    this.deadLetters.forEach((deadLetter, i) => (this.deadLetters[i] = this.kept(deadLetter)));
  }

  private kept(deadLetter: MemoryDeadLetter): MemoryDeadLetter {
    if (!this.erased.areMentionedIn(deadLetter)) return deadLetter;
    return { ...redacted(deadLetter), state: deadLetter.state === 'replayed' ? 'replayed' : 'discarded' };
  }
}

const NOTHING = (): MemoryLedger => ({
  changed: 0,
  unchanged: 0,
  skipped: 0,
  erased: 0,
  deadLettered: 0,
  gaps: 0,
});

/** A store in memory, for model tests and for given/when/then over a projection. */
export class MemoryStore implements ProjectionStore, DeadLetterStore {
  private readonly generations: MemoryGeneration[] = [];
  private readonly paused = new Set<string>();

  /** Each projection starts with an active, empty generation. */
  constructor(projections: readonly ProjectionDeclaration[]) {
    for (const projection of projections) this.create(projection, 'active');
  }

  live(projections: readonly ProjectionDeclaration[]): Promise<readonly LiveGeneration[]> {
    return Promise.resolve(
      this.generations
        .filter(({ projection, state }) => projections.some(named(projection)) && takesBatches(state))
        .map(({ id, projection: { name } }) => ({
          projection: name,
          generation: id,
          paused: this.paused.has(name),
        })),
    );
  }

  checkpoint(generation: number, topic: string, partition: number): Promise<Checkpoint> {
    return Promise.resolve(this.generation(generation).checkpoint(topic, partition));
  }

  commit(commit: BatchCommit): Promise<CommitOutcome> {
    const generation = this.generation(commit.generation);
    const open = takesBatches(generation.state) && !this.paused.has(generation.projection.name);
    return Promise.resolve(open ? generation.commit(commit) : { outcome: 'closed' });
  }

  replay(
    deadLetter: OpenDeadLetter,
    rows: ReadonlyMap<AnyReadModel, readonly Row[]>,
  ): Promise<ReplayOutcome> {
    const generation = this.generation(deadLetter.generation);
    const found = generation.deadLetters.find(isAt(deadLetter));
    if (found?.state !== 'set-aside') return Promise.resolve({ outcome: 'resolved before' });
    generation.tables.merge(withoutErased(rows, generation.erased).rows);
    found.state = 'replayed';
    return Promise.resolve({ outcome: 'replayed' });
  }

  failed(_letter: OpenDeadLetter, reason: string): Promise<ReplayOutcome> {
    return Promise.resolve({ outcome: 'failed', reason });
  }

  /** Open dead letters of a projection's active generation. */
  openDeadLetters(projection: string): OpenDeadLetter[] {
    const { id, deadLetters } = this.active(projection);
    return deadLetters
      .filter(({ state }) => state === 'set-aside')
      .map(({ topic, partition, offset }) => ({
        id: formatPosition({ topic, partition, offset }),
        projection,
        generation: id,
        topic,
        partition,
        offset,
      }));
  }

  pause(projection: string): void {
    this.paused.add(projection);
  }

  resume(projection: string): void {
    this.paused.delete(projection);
  }

  /** Opens the unfinished build of a projection, or a new one. An earlier builder loses it. */
  openBuild(projection: ProjectionDeclaration): GenerationBuild {
    const unfinished = this.generations.find(
      (generation) =>
        named(projection)(generation.projection) && ['building', 'catching-up'].includes(generation.state),
    );
    return this.buildOf(unfinished ?? this.create(projection, 'building'));
  }

  /** Makes the standby generation the active one. */
  rollback(projection: string): boolean {
    const standby = this.generations.find(
      (generation) => generation.projection.name === projection && generation.state === 'standby',
    );
    return standby !== undefined && this.activate(standby).outcome === 'activated';
  }

  /** Dead letters of the active generation of a projection, or of all. */
  get deadLetters(): readonly DeadLetter[] {
    return this.generations.filter(({ state }) => state === 'active').flatMap((each) => each.deadLetters);
  }

  /** Rows of a read model as readers see them, by column name, in order of key. */
  rowsOf(table: AnyReadModel): Record<string, unknown>[] {
    return this.activeOf((projection) => projection.tables.includes(table)).tables.rowsOf(table);
  }

  /** Groups of a tally as readers see them whose counts are not all zero, in order of key. */
  groupsOf(tally: Tally): Record<string, unknown>[] {
    return this.activeOf((projection) => projection.tallies.includes(tally)).tables.groupsOf(tally);
  }

  /** The checkpoint and the ledger of everything before it, by `topic/partition`. */
  ledgersOf(projection: string): ReadonlyMap<string, MemoryLedger & { readonly next: number }> {
    const { ledgers, checkpoints } = this.active(projection);
    return new Map(
      [...ledgers].map(([slot, ledger]) => [slot, { ...ledger, next: checkpoints.get(slot)!.next }]),
    );
  }

  /** The content of a projection's active generation. */
  serving(
    projection: string,
  ): Pick<MemoryGeneration, 'id' | 'tables' | 'checkpoints' | 'ledgers' | 'deadLetters'> {
    return this.active(projection);
  }

  private readonly builders = new Map<number, object>();

  private buildOf(generation: MemoryGeneration): GenerationBuild {
    const token = {};
    this.builders.set(generation.id, token);
    const guard = (): void => {
      if (this.builders.get(generation.id) !== token || generation.state === 'gone')
        throw new BuildLost(`generation ${generation.id} has another builder`);
    };
    return {
      id: generation.id,
      stage: async (): Promise<BuildStage> => {
        guard();
        return generation.state === 'building' ? 'bulk' : 'live';
      },
      checkpoints: async () => {
        guard();
        return generation.placed();
      },
      write: async (commit) => {
        guard();
        return generation.commit(commit);
      },
      finish: async () => {
        guard();
        generation.state = 'catching-up';
      },
      serving: async () => {
        guard();
        return this.active(generation.projection.name).placed();
      },
      activate: async (ofAnotherLog) => {
        guard();
        return this.activate(generation, ofAnotherLog);
      },
    };
  }

  private activate(generation: MemoryGeneration, ofAnotherLog = false): ActivateOutcome {
    const serving = this.active(generation.projection.name);
    if (serving === generation) return { outcome: 'activated' };
    for (const [slot, { next }] of serving.checkpoints)
      if (!ofAnotherLog && (generation.checkpoints.get(slot)?.next ?? 0) < next) return { outcome: 'behind' };
    for (const other of this.generations)
      if (other.projection === generation.projection && other.state === 'standby') other.state = 'gone';
    serving.state = ofAnotherLog ? 'gone' : 'standby';
    generation.state = 'active';
    return { outcome: 'activated' };
  }

  private create(projection: ProjectionDeclaration, state: GenerationState): MemoryGeneration {
    const generation = new MemoryGeneration(this.generations.length + 1, projection, state);
    this.generations.push(generation);
    return generation;
  }

  private active(projection: string): MemoryGeneration {
    return this.activeOf(({ name }) => name === projection);
  }

  private activeOf(matches: (projection: ProjectionDeclaration) => boolean): MemoryGeneration {
    return this.generations.find(({ state, projection }) => state === 'active' && matches(projection))!;
  }

  private generation(id: number): MemoryGeneration {
    return this.generations[id - 1]!;
  }
}

function takesBatches(state: GenerationState): boolean {
  return state === 'catching-up' || state === 'active' || state === 'standby';
}

function named(projection: ProjectionDeclaration): (other: ProjectionDeclaration) => boolean {
  return ({ name }) => name === projection.name;
}

function isAt(deadLetter: OpenDeadLetter): (other: DeadLetter) => boolean {
  return (other) => isSamePartition(other, deadLetter) && other.offset === deadLetter.offset;
}

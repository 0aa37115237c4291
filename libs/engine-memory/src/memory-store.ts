import {
  BuildLost,
  ErasedPersons,
  forgotten,
  formatPosition,
  isSamePartition,
  newlyErased,
  partitionKey,
  START,
  withoutErased,
  type ActivateOutcome,
  type AnyReadModel,
  type BatchCommit,
  type BuildStage,
  type BuildTarget,
  type Checkpoint,
  type CommitOutcome,
  type DeadLetter,
  type DeadLetterStore,
  type LiveGeneration,
  type PlacedCheckpoint,
  type ProjectionDeclaration,
  type ProjectionStore,
  type ReplayOutcome,
  type Row,
  type SetAside,
  type Tally,
} from '@app/engine';
import { MemoryTables } from './memory-tables';

type GenerationState = 'building' | 'catching-up' | 'active' | 'standby' | 'gone';

/** What became of the offsets before a checkpoint. */
export interface MemoryAccount {
  changed: number;
  unchanged: number;
  skipped: number;
  erased: number;
  deadLettered: number;
  gaps: number;
}

type MemoryLetter = SetAside & { state: 'set aside' | 'replayed' | 'discarded' };

class MemoryGeneration {
  readonly tables: MemoryTables;
  readonly checkpoints = new Map<string, Checkpoint>();
  readonly accounts = new Map<string, MemoryAccount>();
  readonly erased = new ErasedPersons();
  readonly deadLetters: MemoryLetter[] = [];

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

  placed(): PlacedCheckpoint[] {
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
    const letters = commit.deadLetters.map((letter) => ({ ...letter, state: 'set aside' as const }));
    this.deadLetters.push(...letters.map((letter) => this.kept(letter)));
    commit.ranges.forEach((range, i) => {
      const slot = partitionKey(range);
      this.checkpoints.set(slot, { next: range.next, lastKey: range.lastKey });
      const account = this.accounts.get(slot) ?? NOTHING();
      account.changed += range.applied - unchanged[i]! - erased[i]!;
      account.unchanged += unchanged[i]!;
      account.erased += erased[i]!;
      account.skipped += range.skipped['no handler'] + range.skipped.tombstone;
      account.deadLettered += range.deadLettered;
      account.gaps += range.gaps;
      this.accounts.set(slot, account);
    });
    return { outcome: 'committed', unchanged, erased };
  }

  private erase(persons: ErasedPersons): void {
    if (persons.isEmpty) return;
    this.erased.addAll(persons);
    this.tables.forget(persons);
    this.deadLetters.forEach((letter, i) => (this.deadLetters[i] = this.kept(letter)));
  }

  private kept(letter: MemoryLetter): MemoryLetter {
    if (!this.erased.areMentionedIn(letter)) return letter;
    return { ...forgotten(letter), state: letter.state === 'replayed' ? 'replayed' : 'discarded' };
  }
}

const NOTHING = (): MemoryAccount => ({
  changed: 0,
  unchanged: 0,
  skipped: 0,
  erased: 0,
  deadLettered: 0,
  gaps: 0,
});

/** The store kept in memory: for the model tests, and for given/when/then over a projection. */
export class MemoryStore implements ProjectionStore, DeadLetterStore {
  private readonly generations: MemoryGeneration[] = [];
  private readonly paused = new Set<string>();

  /** Each projection has an active, empty generation. */
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

  replay(letter: DeadLetter, rows: ReadonlyMap<AnyReadModel, readonly Row[]>): Promise<ReplayOutcome> {
    const generation = this.generation(letter.generation);
    const found = generation.deadLetters.find(isAt(letter));
    if (found?.state !== 'set aside') return Promise.resolve({ outcome: 'resolved before' });
    generation.tables.merge(withoutErased(rows, generation.erased).rows);
    found.state = 'replayed';
    return Promise.resolve({ outcome: 'replayed' });
  }

  failed(_letter: DeadLetter, reason: string): Promise<ReplayOutcome> {
    return Promise.resolve({ outcome: 'set aside', reason });
  }

  /** Records of a projection's active generation that are set aside. */
  openLetters(projection: string): DeadLetter[] {
    const { id, deadLetters } = this.active(projection);
    return deadLetters
      .filter(({ state }) => state === 'set aside')
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

  /** The build of a projection that is under way, or a new one; an earlier builder of it is shut out. */
  openBuild(projection: ProjectionDeclaration): BuildTarget {
    const unfinished = this.generations.find(
      (generation) =>
        named(projection)(generation.projection) && ['building', 'catching-up'].includes(generation.state),
    );
    return this.targetOf(unfinished ?? this.create(projection, 'building'));
  }

  /** Lets readers see the generation that served before. */
  rollback(projection: string): boolean {
    const standby = this.generations.find(
      (generation) => generation.projection.name === projection && generation.state === 'standby',
    );
    return standby !== undefined && this.activate(standby).outcome === 'activated';
  }

  /** Dead letters of the active generation of a projection, or of all. */
  get deadLetters(): readonly SetAside[] {
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

  /** Per `topic/partition`, the checkpoint and the account of everything before it. */
  accountsOf(projection: string): ReadonlyMap<string, MemoryAccount & { readonly next: number }> {
    const { accounts, checkpoints } = this.active(projection);
    return new Map(
      [...accounts].map(([slot, account]) => [slot, { ...account, next: checkpoints.get(slot)!.next }]),
    );
  }

  /** What there is of the generation that serves a projection. */
  serving(
    projection: string,
  ): Pick<MemoryGeneration, 'id' | 'tables' | 'checkpoints' | 'accounts' | 'deadLetters'> {
    return this.active(projection);
  }

  private readonly builders = new Map<number, object>();

  private targetOf(generation: MemoryGeneration): BuildTarget {
    const token = {};
    this.builders.set(generation.id, token);
    const guard = (): void => {
      if (this.builders.get(generation.id) !== token || generation.state === 'gone')
        throw new BuildLost(`generation ${generation.id} has another builder`);
    };
    return {
      generation: generation.id,
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

function isAt(letter: DeadLetter): (other: SetAside) => boolean {
  return (other) => isSamePartition(other, letter) && other.offset === letter.offset;
}

import type { Projection } from '../declare/projection';
import type { EngineEvent } from '../log/event';
import type { Source } from '../log/log-reader';
import type { RefoldPart } from './refold';
import { PartRefold, type Folded, type RefoldCost } from './refold-part';
import { relationsOf, type Relation } from './relation';
import type { RowCodec } from './row-codec';
import { BucketSums, type SummedBuckets } from './row-digest';
import type { SpillIndex } from './spill-file';

/** Digests of the rows that a part has folded, by table and tally. */
export interface SummedPart extends RefoldCost {
  readonly sums: ReadonlyMap<string, SummedBuckets>;
}

/** A part in this thread that digests the rows of all tables and tallies. */
export class SummingPart<E extends EngineEvent> implements RefoldPart<SummedPart> {
  private readonly sums: ReadonlyMap<Relation, BucketSums>;
  private readonly work: PartRefold<E>;

  constructor(projection: Projection<E>, source: Source<E>, codec: RowCodec, buckets: number) {
    const relations = relationsOf(projection);
    this.sums = new Map(relations.map((relation) => [relation, new BucketSums(buckets)]));
    this.work = new PartRefold(projection, source, codec, relations, buckets, {
      add: (relation, _row, digester) => this.sums.get(relation)!.add(digester),
      remove: (relation, _row, digester) => this.sums.get(relation)!.remove(digester),
    });
  }

  fold(...parameters: Parameters<PartRefold<E>['fold']>): Promise<Folded> {
    return this.work.fold(...parameters);
  }

  merge(...parameters: Parameters<PartRefold<E>['merge']>): Promise<SpillIndex | null> {
    return this.work.merge(...parameters);
  }

  async count(...parameters: Parameters<PartRefold<E>['count']>): Promise<SummedPart> {
    const cost = await this.work.count(...parameters);
    const sums = new Map([...this.sums].map(([{ name }, { summed }]) => [name, summed]));
    return { ...cost, sums };
  }

  close(): void {
    this.work.close();
  }
}

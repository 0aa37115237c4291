import type { Row } from '@app/engine';
import {
  BucketSums,
  personOf,
  relationsOf,
  RowDigester,
  formatValue,
  type BucketSelection,
  type GenerationSnapshot,
  type ProjectionDeclaration,
  type Relation,
  type RelationDigests,
  type StoredRow,
  type VerifyStore,
} from '@app/engine/adapters';
import { jsonRowCodec } from './json-row-codec';
import type { MemoryStore } from './memory-store';

/** Reads a projection's active generation in memory for verification. */
export class MemoryVerifyStore implements VerifyStore {
  readonly codec = jsonRowCodec;
  private readonly relations: readonly Relation[];

  constructor(
    private readonly store: MemoryStore,
    private readonly projection: ProjectionDeclaration,
  ) {
    this.relations = relationsOf(projection);
  }

  digests(buckets: number): Promise<GenerationSnapshot & { readonly digests: RelationDigests }> {
    const digests = this.relations.map((relation) => {
      const sums = new BucketSums(buckets);
      const digester = new RowDigester(this.codec, relation, buckets);
      for (const row of this.rowsOf(relation)) {
        digester.digest(row);
        sums.add(digester);
      }
      return [relation.name, sums.digests()] as const;
    });
    return Promise.resolve({ ...this.snapshot(), digests: new Map(digests) });
  }

  rows(
    _generation: number,
    buckets: number,
    selection: BucketSelection,
  ): Promise<GenerationSnapshot & { readonly rows: ReadonlyMap<string, readonly StoredRow[]> }> {
    const rows = new Map<string, StoredRow[]>();
    for (const relation of this.relations) {
      const chosen = selection.get(relation.name);
      if (!chosen) continue;
      const digester = new RowDigester(this.codec, relation, buckets);
      const found: StoredRow[] = [];
      for (const row of this.rowsOf(relation)) {
        digester.digest(row);
        if (!chosen.includes(digester.bucket)) continue;
        found.push({
          key: digester.key(),
          digest: (BigInt(digester.high) << 32n) | BigInt(digester.low),
          values: relation.columns.map((column, i) => formatValue(column, row[i]!)),
        });
      }
      rows.set(relation.name, found);
    }
    return Promise.resolve({ ...this.snapshot(), rows });
  }

  private rowsOf(relation: Relation): Row[] {
    const { tables } = this.store.serving(this.projection.name);
    const { of } = relation;
    return of.kind === 'tally'
      ? tables.rawGroups(of).filter((row) => relation.exists(row))
      : [...(tables.rawRows(of)?.values() ?? [])];
  }

  private snapshot(): GenerationSnapshot {
    const { id, tables, checkpoints, ledgers, deadLetters } = this.store.serving(this.projection.name);
    const { erased } = this.projection;
    return {
      generation: id,
      checkpoints: [...checkpoints].map(([slot, checkpoint]) => {
        const { changed, unchanged, skipped, erased: dropped, deadLettered, gaps } = ledgers.get(slot)!;
        const at = slot.lastIndexOf('/');
        return {
          topic: slot.slice(0, at),
          partition: Number(slot.slice(at + 1)),
          checkpoint,
          ledger: {
            applied: changed + unchanged,
            skipped,
            erased: dropped,
            deadLettered,
            gaps,
          },
        };
      }),
      deadLetters: deadLetters.map(({ topic, partition, offset, state }) => ({
        topic,
        partition,
        offset,
        state,
      })),
      // Read from the table, because the table is what is verified.
      erased: erased ? [...(tables.rawRows(erased)?.values() ?? [])].map((row) => personOf(erased, row)) : [],
    };
  }
}

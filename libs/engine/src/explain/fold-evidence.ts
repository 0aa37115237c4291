import type { Row } from '../declare/column-types';
import type { Projection } from '../declare/projection';
import type { AnyReadModel } from '../declare/read-model';
import { applyRecord } from '../fold/apply';
import { RowFold } from '../fold/row-fold';
import type { EngineEvent } from '../log/event';
import type { Evidence } from './explain';

/** The rows that records make, in every table of a projection; those that it cannot apply make none. */
export function foldEvidence<E extends EngineEvent>(
  projection: Projection<E>,
  evidence: readonly Evidence<E>[],
): ReadonlyMap<AnyReadModel, readonly Row[]> {
  const fold = new RowFold(projection.tables);
  for (const each of evidence) {
    const application = applyRecord(projection, each.partition, each);
    if (application.outcome === 'applied')
      for (const contribution of application.contributions) fold.add(contribution);
  }
  return fold.take();
}

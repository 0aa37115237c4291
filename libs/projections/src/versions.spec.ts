import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeEvent, generateEvents, type CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { applyRecord, decodedRecord } from '@app/engine/adapters';
import { fingerprint } from '@app/engine-postgres';
import { recordOf, withTriage } from '@app/testing';
import { PROJECTIONS } from '.';

/**
 * Tables that were filled by other handlers must not be gone on with: whoever changes what a projection
 * contributes raises its version. At run time the tables' shape is compared (`fingerprint`); what handlers do
 * with events shows only here. `WRITE_VERSIONS=1` writes the file anew.
 */
const FILE = join(__dirname, 'versions.json');

interface Version {
  readonly version: number;
  /** Of tables, merges, tallies and topics. */
  readonly declaration: string;
  /** Of what the handlers contribute for a generated life. */
  readonly contributions: string;
}

const life = withTriage(
  [...generateEvents({ seed: 20, events: 1_500, jimers: 40, experiences: 18, redeliveryRate: 0.1 })].map(
    ({ body }) => body,
  ),
).map((delivery) => (typeof delivery === 'string' ? recordOf(delivery, 0) : delivery));

function versionOf(projection: Projection<CatalogEvent>): Version {
  const sha = createHash('sha256');
  for (const { record } of life) {
    const applied = applyRecord(projection, 0, decodedRecord(record, decodeEvent));
    if (applied.outcome !== 'applied') continue;
    for (const { table, row } of applied.contributions) sha.update(JSON.stringify([table.name, row]));
  }
  return {
    version: projection.version,
    declaration: fingerprint(projection).slice(0, 16),
    contributions: sha.digest('hex').slice(0, 16),
  };
}

if (process.env['WRITE_VERSIONS']) {
  const versions = Object.fromEntries(PROJECTIONS.map((each) => [each.name, versionOf(each)]));
  writeFileSync(FILE, `${JSON.stringify(versions, null, 2)}\n`);
}

describe('versions of projections', () => {
  const written = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Version>;

  it.each(PROJECTIONS.map((projection) => [projection.name, projection] as const))(
    '%s: tables and handlers are those that the version stands for (else raise it, then WRITE_VERSIONS=1)',
    (name, projection) => {
      expect({ [name]: written[name] }).toEqual({ [name]: versionOf(projection) });
    },
  );
});

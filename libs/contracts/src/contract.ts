import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOG, EVENT_ID_RULE_VERSION, type JsonSchema, SYSTEM_EVENTS } from '@app/catalog';
import { CONTRACTS_FOLDER, eventSchemas, jsonText, versionOf } from './contract-files';

/** All that a consumer may rely on, in one value that can be compared with that of another release. */
export interface Contract {
  readonly version: string;
  readonly eventIdRule: number;
  readonly events: Readonly<Record<string, EventContract>>;
}

export interface EventContract {
  readonly origin: 'jimo' | 'own';
  readonly topics: readonly string[];
  readonly partitionedBy: string;
  /** The objects that its id is made of; each system event has its own rule. */
  readonly identifiedBy: readonly string[];
  /** A document of its own, with `$defs`. */
  readonly schema: JsonSchema;
}

export const BASELINE_FILE = join(CONTRACTS_FOLDER, 'released.json');

/** @param root the checkout */
export function contractOf(root: string): Contract {
  const schemas = eventSchemas();
  const events: Record<string, EventContract> = {};
  for (const { name, topic, partitionBy, objects } of Object.values(CATALOG)) {
    const rest = { identifiedBy: objects.toSorted(), schema: schemas.get(name)! };
    events[name] = { origin: 'jimo', topics: [topic], partitionedBy: `${partitionBy}.uid`, ...rest };
  }
  for (const { name, topics, partitionedBy } of SYSTEM_EVENTS) {
    const rest = { identifiedBy: [], schema: schemas.get(name)! };
    events[name] = { origin: 'own', topics: topics.toSorted(), partitionedBy, ...rest };
  }
  return { version: versionOf(root), eventIdRule: EVENT_ID_RULE_VERSION, events };
}

/** The contract of the last release. */
export function releasedContract(root: string): Contract {
  return JSON.parse(readFileSync(join(root, BASELINE_FILE), 'utf8')) as Contract;
}

export const baselineText = (root: string): string => jsonText(contractOf(root));

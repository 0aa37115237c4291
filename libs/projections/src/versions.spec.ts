import { createHash, hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decodeEvent,
  EVENT_NAMES,
  generateTriage,
  JIMER_TOPICS,
  jimerErased,
  Observations,
  TOPICS,
  type CatalogEvent,
} from '@app/catalog';
import type { Projection } from '@app/engine';
import { applyRecord, decodedRecord } from '@app/engine/adapters';
import { fingerprint } from '@app/engine-postgres';
import { eventOf, recordOf, rejectedDeliveries, systemRecordOf, type Placed } from '@app/testing';
import { example, OBJECTS, TIME } from '../../catalog/src/examples.fixture';
import { PROJECTIONS } from '.';

/**
 * Tables that other handlers filled must not be continued: a change of what a projection contributes raises its
 * version. At run time the tables' shape is compared (`fingerprint`); what handlers do with events shows only here.
 * `WRITE_VERSIONS=1` writes the file again.
 */
const FILE = join(__dirname, 'versions.json');

interface Version {
  readonly version: number;
  /** Of tables, merges, tallies and topics. */
  readonly declaration: string;
  /** Of what the handlers contribute. */
  readonly contributions: string;
}

type Body = Readonly<Record<string, unknown>>;

const ODD = [null, undefined, 7, true, '1740125703', 'null', 'Ne\u0301e', { uid: 'x' }, ['a', 'b'], 1e300];

/** A number that follows from a text, and from nothing else. */
const numberOf = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 8), 16);

/**
 * Events of a kind, with odd members. They are the same whatever other kinds there are, so that a new kind changes the
 * digests of those projections alone that do something with it.
 */
function bodiesOf(name: (typeof EVENT_NAMES)[number]): Body[] {
  return Array.from({ length: 20 }, (_, i) => ({
    ...Object.fromEntries(
      Object.entries(example(name)).map(([role, value]) => [
        role,
        typeof value === 'object' ? varied(value as Body, `${name} ${i} ${role}`) : value,
      ]),
    ),
    time: TIME + (numberOf(`${name} ${i}`) % 100_000),
  }));
}

/** Half of the members as they are; a uid always is. */
function varied(object: Body, seed: string): Body {
  return Object.fromEntries(
    Object.entries(object).map(([member, value]) => {
      const number = numberOf(`${seed} ${member}`);
      return [member, member === 'uid' || number % 2 === 0 ? value : ODD[(number >> 1) % ODD.length]];
    }),
  );
}

const webhooks = EVENT_NAMES.flatMap(bodiesOf);
const requests = bodiesOf('request.created').map((body, i) => ({
  ...body,
  request: { uid: `request-${i}` },
}));
const answers = bodiesOf('survey.step.answered');

function observed(): Placed[] {
  const observations = new Observations();
  for (const body of [...answers, ...bodiesOf('checklist.task.skipped')])
    observations.add(eventOf(body), true);
  return observations.records().map((record) => systemRecordOf(record, 0));
}

const submitted = requests.map(({ request }) => ({ ...request, jimer: OBJECTS.jimer, time: TIME }));
const erased = JIMER_TOPICS.map((topic) =>
  jimerErased({ workspace: 'default', time: TIME, topic, jimer: OBJECTS.jimer, by: 'a spec' }),
);
const log: readonly Placed[] = [
  ...[...webhooks, ...requests].map((body) => recordOf(JSON.stringify(body), 0)),
  ...[...generateTriage(submitted), ...erased].map((record) => systemRecordOf(record, 0)),
  ...observed(),
  ...rejectedDeliveries(answers.map((body) => JSON.stringify(body))).map((each) =>
    typeof each === 'string' ? recordOf(each, 0) : each,
  ),
];

function versionOf(projection: Projection<CatalogEvent>): Version {
  const sha = createHash('sha256');
  for (const { topic, record } of log) {
    if (!projection.topics.includes(topic)) continue;
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

it('every event of a kind that Jimo sends is accepted', () => {
  const topics = webhooks.map((body) => recordOf(JSON.stringify(body), 0).topic);
  expect(new Set(topics)).toEqual(new Set([TOPICS.lifecycle, TOPICS.engagement, TOPICS.feedback]));
});

describe('versions of projections', () => {
  const written = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Version>;

  it.each(PROJECTIONS.map((projection) => [projection.name, projection] as const))(
    '%s: tables and handlers are those that the version stands for (else raise it, then WRITE_VERSIONS=1)',
    (name, projection) => {
      expect({ [name]: written[name] }).toEqual({ [name]: versionOf(projection) });
    },
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ForeignProject } from '../support/packages';

const ROOT = join(__dirname, '../..');

const USER = `
import { EVENT_NAMES, readRecord, TOPICS, validateEvent, type ConsumedRecord, type EventName } from '@jimo-webhooks/catalog';
export const topic: 'jimo.engagement' = TOPICS.engagement;
export const names: readonly EventName[] = EVENT_NAMES;
export function take(record: ConsumedRecord): string {
  const read = readRecord(record);
  switch (read.kind) {
    case 'jimo':
      if (read.name === 'survey.step.answered') return read.event.answer.uid + read.event.jimer.uid;
      // @ts-expect-error a member that the event does not have
      if (read.name === 'tour.started') return read.event.answer;
      return read.name;
    case 'system':
      return read.name === 'jimer.erased' ? read.event.jimer.uid : read.id;
    case 'tombstone':
      return read.key;
    case 'unknown':
      return read.name;
    case 'invalid':
      return read.problems.map(({ path, message }) => path + message).join();
  }
}
export const outcome: 'valid' | 'unrecognized' | 'invalid' = validateEvent('{}').outcome;
`;

const BODY = {
  event: 'tour.started',
  time: 1_740_125_703_000,
  experience: { uid: '550433b7-6b40-4f4a-a8bc-79ad2a55a847', title: 'Onboarding' },
  jimer: { uid: '17dff65e-434d-4454-bb57-a1167fefbb6b' },
};

/** Reads a record as kafkajs gives one, a tombstone, and something else. */
const PROGRAM = `
const value = Buffer.from('${JSON.stringify(BODY)}');
const headers = {
  ce_id: Buffer.from('11111111-1111-5111-8111-111111111111'), ce_type: Buffer.from('com.usejimo.tour.started'),
  ce_source: Buffer.from('/jimo/workspaces/acme'), ce_time: Buffer.from('2025-02-21T08:15:03.000Z'),
};
const read = readRecord({ key: Buffer.from('k'), value, headers });
const broken = Buffer.from('{"event":"tour.started"}');
console.log(JSON.stringify([
  read.kind, read.name, read.workspace, read.event.experience.title,
  readRecord({ key: Buffer.from('11111111-1111-5111-8111-111111111111ff'), value: null }).id,
  readRecord({ key: null, value: broken, headers }).kind, readRecord({ key: null, value: broken }).kind,
  validateEvent('{"event":"tour.started","time":1740125703}').problems.map(({ path }) => path),
  validateEvent('${JSON.stringify(BODY)}').outcome,
]));`;

const PRINTED = [
  ...[
    'jimo',
    'tour.started',
    'acme',
    'Onboarding',
    '11111111-1111-5111-8111-111111111111',
    'invalid',
    'invalid',
  ],
  ['experience', 'jimer'],
  'valid',
];

describe('the catalogue package', () => {
  let project: ForeignProject;

  beforeAll(() => {
    project = new ForeignProject('catalog');
  });

  afterAll(() => project?.remove());

  it('is typed for those who install it, each event by its name', () => {
    project.typeCheck('user.ts', USER, '--lib', 'es2023', '--types', 'node');
  });

  it('reads and validates what a Kafka client gives, required or imported', () => {
    const names = '{ readRecord, validateEvent }';
    const required = project.run('commonjs', `const ${names} = require('@jimo-webhooks/catalog');${PROGRAM}`);
    expect(JSON.parse(required)).toEqual(PRINTED);
    const imported = project.run('module', `import ${names} from '@jimo-webhooks/catalog';${PROGRAM}`);
    expect(JSON.parse(imported)).toEqual(PRINTED);
  });

  it('brings the contracts', () => {
    const said = project.run(
      'commonjs',
      "console.log(require('@jimo-webhooks/catalog/schemas/tour.started.json').$id, " +
        "require('@jimo-webhooks/catalog/asyncapi.json').asyncapi)",
    );
    expect(said).toBe('urn:jimo-webhooks:event:tour.started 3.0.0\n');
  });

  it.each(['catalog', 'client'])(
    'has the version of the project, and needs what is tested with here: %s',
    (lib) => {
      const read = (path: string) =>
        JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, Record<string, string>>;
      const [own, root] = [read(`libs/${lib}/package.json`), read('package.json')];
      expect(own['version']).toBe(root['version']);
      const installed = { ...root['dependencies'], ...root['devDependencies'] };
      for (const [name, version] of Object.entries(own['dependencies']!)) {
        if (name !== '@types/node') expect([name, version]).toEqual([name, installed[name]]);
      }
    },
  );
});

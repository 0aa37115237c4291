import { generateEvents } from '@app/catalog';
import { answered, readAfter } from '@app/client';
import { startSystem, type RunningSystem } from '@app/testing/infra';
import { eventOf, experience, jimer, nextTime, user } from '../support/events';
import { Client } from '../support/http';
import { schemathesis, whyNoSchemathesis } from './schemathesis';

const reason = whyNoSchemathesis();
if (reason !== undefined) process.stderr.write(`the contract's tests are skipped: ${reason}\n`);

jest.setTimeout(300_000);

/** The jimer, experience, step and request that the OpenAPI document has as examples. */
const STORY = {
  jimer: jimer({
    uid: '17dff65e-434d-4454-bb57-a1167fefbb6b',
    identifyToken: 'sam',
    email: 'sam@example.com',
  }),
  experience: experience({ uid: '550433b7-6b40-4f4a-a8bc-79ad2a55a847' }),
  step: { uid: '6e5ae4ba-5b0c-4b3e-9c0a-0d4ad1a03bd2', name: 'How likely?', indexOrder: 0, type: 'NPS' },
  request: { uid: 'b7a0c1de-5a4c-4c1c-9d0f-5d1f6f1b0c11', title: 'Dark mode' },
  project: { uid: '9b4e7a10-1f2c-4d3e-8a5b-6c7d8e9f0a1b', name: 'Web' },
};

(reason === undefined ? describe : describe.skip)(
  'every answer of the running read API is as documented',
  () => {
    let system: RunningSystem;
    let url: string;

    beforeAll(async () => {
      system = await startSystem();
      url = system.info.readApi;
      const client = new Client(system.info.gateway, url);
      const { jimer: who, experience: what, step, request, project } = STORY;
      const answer = (value: unknown) =>
        eventOf('survey.step.answered', nextTime(), {
          experience: what,
          jimer: who,
          step,
          survey: { uid: step.uid },
          answer: { uid: step.uid, value },
        });
      const story = [
        eventOf('tour.published', nextTime(), { experience: what, user }),
        eventOf('tour.started', nextTime(), { experience: what, jimer: who }),
        eventOf('tour.completed', nextTime(), { experience: what, jimer: who }),
        ...['9', 3, ['a', 'b'], { any: 'thing' }, true].map(answer),
        eventOf('request.created', nextTime(), { jimer: who, request, project }),
        eventOf('tour.started', nextTime(), { jimer: { uid: 'not-a-uuid' } }),
        { event: 'tour.flew', time: nextTime() },
      ];
      const life = [...generateEvents({ seed: 7, jimers: 20, experiences: 8, events: 400, requestRate: 0.1 })]
        .slice(0, 450)
        .map(({ body }) => JSON.parse(body) as unknown);
      const { status, body } = await client.postBatch([...story, ...life]);
      expect(status).toBe(202);
      const after = readAfter(...newest(body.map(({ position }) => position)));
      for (const kind of ['jimers', 'experiences', 'feedback', 'quarantine', 'unrecognized'] as const)
        await answered(client.api.GET(`/v1/${kind}`, { params: { header: after } }));
    }, 300_000);

    afterAll(() => system?.stop());

    async function conforms(token: string, examples: number, ...options: string[]): Promise<void> {
      const { code, output } = await schemathesis({ url, token, examples, options });
      if (code !== 0) throw new Error(`schemathesis ended with ${code}\n${output}`);
    }

    // A stream does not end by itself: its own specs read it.
    const READS = ['--include-method', 'GET', '--exclude-path', '/v1/stream'];

    it('reads with a read token', () => conforms('dev-read-token', 30, ...READS));

    it('triage with a triage token', () =>
      conforms('dev-triage-token', 60, '--include-operation-id', 'triageFeedback'));

    it('reads of rejected events, dead letters and the pipeline with an admin token', () =>
      conforms('dev-admin-token', 20, ...READS));

    it('commands with an admin token, but for those that take a projection out of service', () =>
      conforms(
        'dev-admin-token',
        15,
        ...['--exclude-method', 'GET', '--exclude-operation-id', 'triageFeedback'],
        ...['--exclude-operation-id', 'pauseProjection', '--exclude-operation-id', 'rebuildProjection'],
      ));

    it('and the parts are the processes that they were', () => {
      const { parts } = system.now();
      expect(Object.values(parts).map(({ restarts }) => restarts)).toEqual(Object.keys(parts).map(() => 0));
    });
  },
);

/** The newest position per partition. */
function newest(positions: readonly (string | undefined)[]): string[] {
  const ends = new Map<string, number>();
  for (const position of positions) {
    const [partition, offset] = position?.split('@') ?? [];
    if (partition) ends.set(partition, Math.max(ends.get(partition) ?? 0, Number(offset)));
  }
  return [...ends].map(([partition, offset]) => `${partition}@${offset}`);
}

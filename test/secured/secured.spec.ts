import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type EventName, EXPERIENCE_OBSERVED, experienceObserved, TOPICS } from '@app/catalog';
import { until } from '@app/testing/infra';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { AppProcess } from '../support/app-process';
import { eventOf, jimer } from '../support/events';
import { APPS, type App, secret, SecuredApps, type User, userOf } from './apps';

jest.setTimeout(240_000);

const users = new Map(APPS.map((app) => [app, userOf(app)]));
const withDatabase = [...users.values()].filter(({ app }) => app !== 'gateway');
let apps: SecuredApps;

beforeAll(async () => {
  apps = await SecuredApps.start();
  const setup = await apps.ops([...users.values()], withDatabase, 'setup');
  expect(setup).toMatchObject({ code: 0, stderr: '' });
  const projectors = APPS.filter((app) => app.endsWith('projector'));
  await Promise.all([...projectors, 'gateway' as const].map((app) => apps.run(users.get(app)!)));
  await apps.run(users.get('read-api')!);
});
afterAll(() => apps?.stop());

/** What is sent is accepted, and shown by the read API. */
async function sendAndRead(event: EventName = 'tour.started'): Promise<string> {
  const someone = jimer();
  const sent = await apps.api.post(eventOf(event, Date.now(), { jimer: someone }));
  expect(sent.status).toBe(202);
  const path = `/v1/jimers/${String(someone['uid'])}/timeline`;
  const shown = await apps.api.get<{ items: { id: string }[] }>(path, sent.body.position);
  expect(shown.body.items.map(({ id }) => id)).toContain(sent.body.id);
  return sent.body.id;
}

const post = async (path: string): Promise<Response> =>
  fetch(apps.api.readApi + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${apps.tokens.admin}` },
  });

async function succeeded(job: string): Promise<void> {
  await until(
    `job ${job}`,
    async () => {
      const { body } = await apps.api.get(`/v1/jobs/${job}`);
      if (body['state'] === 'failed') throw new Error(JSON.stringify(body));
      return body['state'] === 'succeeded';
    },
    { deadlineMs: 90_000, everyMs: 500 },
  );
}

/** A record that nobody can apply and that mentions somebody. @returns its position */
async function poison(uid: string): Promise<string> {
  const now = Date.now();
  const about = { workspace: 'default', time: now, appendedAt: now, family: 'tour' } as const;
  const { topic, key, headers } = experienceObserved({ ...about, experience: { uid: randomUUID() } });
  return asUser(users.get('gateway')!, async (kafka) => {
    const producer = kafka.producer();
    await producer.connect();
    try {
      const value = JSON.stringify({ event: EXPERIENCE_OBSERVED, time: about.time, about: uid });
      const messages = [{ key, headers: { ...headers }, value, partition: 0 }];
      const [placed] = await producer.send({ topic, acks: -1, messages });
      return `${topic}/0@${placed!.baseOffset}`;
    } finally {
      await producer.disconnect();
    }
  });
}

async function asUser<T>({ username, password }: User, work: (kafka: Kafka) => Promise<T>): Promise<T> {
  return work(
    new Kafka({
      brokers: [apps.kafka.brokers],
      ssl: { ca: [readFileSync(apps.kafka.caFile, 'utf8')] },
      sasl: { mechanism: 'scram-sha-256', username, password },
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    }),
  );
}

async function topicsOf(user: User): Promise<string[]> {
  return asUser(user, async (kafka) => {
    const admin: Admin = kafka.admin();
    await admin.connect();
    try {
      return (await admin.listTopics()).sort();
    } finally {
      await admin.disconnect();
    }
  });
}

/** Whether Kafka takes a record from the user. */
async function writes(user: User, topic: string): Promise<boolean> {
  return asUser(user, async (kafka) => {
    const producer = kafka.producer();
    await producer.connect();
    try {
      // A tombstone that no projection has a handler for.
      await producer.send({ topic, acks: -1, messages: [{ key: 'nobody', value: null, partition: 0 }] });
      return true;
    } catch (error) {
      expect((error as Error).message).toMatch(/authoriz/i);
      return false;
    } finally {
      await producer.disconnect();
    }
  });
}

/** Whether Kafka gives the user a topic's records, in a group of that name. */
async function reads(user: User, topic: string, groupId: string): Promise<boolean> {
  return asUser(user, async (kafka) => {
    const consumer = kafka.consumer({ groupId, retry: { retries: 0 } });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      const outcome = new Promise<boolean>((resolve) => {
        consumer.on(consumer.events.CRASH, () => resolve(false));
        consumer.on(consumer.events.FETCH, () => resolve(true));
      });
      await consumer.run({ eachBatch: () => Promise.resolve() });
      return await outcome;
    } catch {
      return false;
    } finally {
      await consumer.disconnect();
    }
  });
}

describe('the system on servers with TLS, passwords, roles and rules', () => {
  it('takes events of every topic and shows them', async () => {
    await sendAndRead('tour.started');
    const created = await apps.api.post(eventOf('tour.created', Date.now(), {}));
    expect(created.body.status).toBe('accepted');
    const strange = await apps.api.post({ event: 'moon.landed', time: Date.now() });
    expect(strange.body.status).toBe('unrecognized');
    const listed = await apps.api.get<{ items: unknown[] }>('/v1/unrecognized', strange.body.position);
    expect(listed.body.items).toHaveLength(1);
  });

  it('takes triage, which is an event, and shows it', async () => {
    const sent = await apps.api.post(eventOf('request.created', Date.now(), { jimer: jimer() }));
    expect(sent.body.status).toBe('accepted');
    const uid = await until('the item', async () => {
      const { body } = await apps.api.get<{ items: { uid: string }[] }>('/v1/feedback', sent.body.position);
      return body.items[0]?.uid;
    });
    const item = await apps.api.get(`/v1/feedback/${uid}`);
    const etag = item.headers.get('etag')!;
    const changed = await apps.api.patch(`/v1/feedback/${uid}`, etag, { status: 'planned' });
    expect(changed.status).toBe(200);
  });

  it('verifies and rebuilds when the read API asks, by a projector', async () => {
    for (const command of ['verify', 'rebuild']) {
      const answer = await post(`/v1/projections/journeys/${command}`);
      expect(answer.status).toBe(202);
      const asked = (await answer.json()) as { job: { id: string } };
      await succeeded(asked.job.id);
    }
    await sendAndRead();
    // After the rebuild there is a generation to go back to; the API may not switch views itself.
    expect((await post('/v1/projections/journeys/rollback')).status).toBe(200);
    expect((await post('/v1/projections/surveys/rollback')).status).toBe(409);
    await sendAndRead();
  });

  it('erases somebody when the read API asks, by the projectors, dead letters included', async () => {
    const uid = randomUUID();
    const someone = jimer({ uid });
    const sent: string[] = [];
    for (const name of ['tour.started', 'survey.step.answered', 'request.created'] as const) {
      const { body } = await apps.api.post(eventOf(name, Date.now(), { jimer: someone }));
      sent.push(body.position);
    }
    const invalid = await apps.api.post({ event: 'tour.started', time: Date.now(), jimer: someone });
    sent.push(invalid.body.position, await poison(uid));
    const at = (path: string) => apps.api.get<{ items: { projection: string }[] }>(path, ...sent);
    const letters = async (state: string) => {
      const { body } = await at(`/v1/dead-letters?state=${state}`);
      return body.items.map(({ projection }) => projection).sort();
    };
    const projections = ['experiences', 'journeys', 'surveys'];
    await until('the letters', async () => (await letters('set-aside')).length === projections.length);
    expect(await letters('set-aside')).toEqual(projections);

    const asked = await apps.api.delete<{ job: { id: string } }>(`/v1/jimers/${uid}`);
    expect(asked.status).toBe(202);
    await succeeded(asked.body.job.id);
    await until('nothing of them', async () => {
      const found = await apps.ops([], [], 'erase', '--check', uid);
      if (found.code === 2) return false;
      expect([found.code, found.stdout]).toEqual([3, expect.stringContaining('waits for compaction')]);
      return true;
    });
    for (const path of ['/v1/feedback', '/v1/quarantine', '/v1/dead-letters?state=discarded'])
      expect((await at(path)).text).not.toContain(uid);
    expect([await letters('set-aside'), await letters('discarded')]).toEqual([[], projections]);
  });

  it('shows what the topics hold, quarantine included, and what goes on', async () => {
    const { body } = await apps.api.get<{ items: { topic: string }[] }>('/v1/topics');
    expect(body.items).toHaveLength(Object.keys(TOPICS).length);
    expect((await apps.api.get('/v1/activity')).status).toBe(200);
  });

  it('lets each app see and write its own topics only', async () => {
    const all = Object.values(TOPICS).sort();
    const told = Object.fromEntries(
      await Promise.all(APPS.map(async (app) => [app, await topicsOf(users.get(app)!)] as const)),
    ) as Record<App, string[]>;
    expect(told.gateway).toEqual(all);
    expect(told['read-api']).toEqual(all);
    expect(told['journey-projector']).toEqual([TOPICS.engagement, TOPICS.feedback]);
    for (const topic of all) {
      expect(await writes(users.get('gateway')!, topic)).toBe(true);
      expect(await writes(users.get('journey-projector')!, topic)).toBe(false);
    }
    expect(await reads(users.get('gateway')!, TOPICS.engagement, 'gateway')).toBe(false);
    expect(await reads(users.get('journey-projector')!, TOPICS.engagement, 'journey-projector_mine')).toBe(
      true,
    );
    // Neither another's group, nor another's topics.
    expect(await reads(users.get('journey-projector')!, TOPICS.engagement, 'feedback-projector_x')).toBe(
      false,
    );
    expect(await reads(users.get('journey-projector')!, TOPICS.quarantine, 'journey-projector_x')).toBe(
      false,
    );
    expect(await reads(users.get('read-api')!, TOPICS.quarantine, 'journey-projector_x')).toBe(false);
  });

  it('goes on while every user is replaced by a second one, and loses nothing', async () => {
    const second = new Map(APPS.map((app) => [app, userOf(app, `${app}-2`)]));
    const provided = await apps.ops(
      [...second.values()],
      [...second.values()].filter(({ app }) => app !== 'gateway'),
      'users',
    );
    expect(provided).toMatchObject({ code: 0, stderr: '' });
    for (const app of APPS) {
      const sent = apps.processes.get('gateway')!.running && (await sendAndRead());
      expect(sent).not.toBe('');
      await apps.run(second.get(app)!);
    }
    const dropped = await apps.ops([], [], 'users', 'drop', ...APPS);
    expect(dropped).toMatchObject({ code: 0, stderr: '' });
    await sendAndRead();
    await expect(topicsOf(users.get('gateway')!)).rejects.toThrow(/authentication/i);
    const verified = await apps.ops([], [], 'verify');
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.stdout).toMatch(/clean/);
  });

  it('says which setting is wrong, and never the secret', async () => {
    const { password } = userOf('journey-projector');
    const wrong: User = { app: 'journey-projector', username: 'journey-projector-2', password };
    const environment = apps.environment(wrong);
    const app = AppProcess.start('journey-projector', environment);
    try {
      await until('a word about the database', () => app.log.includes('DATABASE_URL'));
    } finally {
      await app.signal('SIGTERM');
    }
    const gateway = AppProcess.start('gateway', apps.environment({ ...wrong, app: 'gateway' }));
    try {
      await until('a word about Kafka', () => gateway.log.includes('KAFKA_SASL_PASSWORD'));
    } finally {
      await gateway.signal('SIGTERM');
    }
    for (const { log } of [app, gateway, ...apps.processes.values()])
      for (const text of [
        password,
        ...[...users.values()].map((user) => user.password),
        apps.kafka.ops.password,
      ])
        expect(log).not.toContain(text);
    expect(secret()).not.toBe(password);
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ALL_TOPICS, TOPICS } from '@app/catalog';
import { EventStream, startSystem, until, type RunningSystem } from '@app/testing/infra';
import { Client as PgClient } from 'pg';
import { eventOf, nextTime } from '../support/events';
import { kafkaOf } from '../support/log';
import { ops } from '../support/ops';
import { outputOf, type BrokenProcess } from './broken-processes';
import { filesBelow, Planted, watchCommandLines, type Findings } from './planted';
import { answerTo, badRequests } from './requests';

jest.setTimeout(240_000);

/** Every secret of a running system is one that can be found again. */
describe('secrets of the running system', () => {
  const planted = new Planted();
  const found: Findings = new Set();
  const tokens = {
    webhook: planted.secret('the webhook token'),
    read: planted.secret('the read token'),
    admin: planted.secret('the admin token'),
    guess: planted.secret('a wrong token'),
  };
  const passwords = {
    sasl: planted.secret('the SASL password'),
    database: planted.secret('a database password'),
  };
  const made = { webhook: '', read: '' };
  let folder: string;
  let files: { readonly webhook: string; readonly read: string };
  let system: RunningSystem;
  let stopWatching: () => void;

  const check = (where: string, text: string | Buffer): void => {
    for (const name of planted.in(text)) found.add(`${name} in ${where}`);
  };

  /** What an answer shows, all of it. */
  async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
    const answer = await fetch(url, init);
    const text = await answer.text();
    check(`the answer to ${new URL(url).pathname}`, text + JSON.stringify([...answer.headers]));
    return { status: answer.status, text };
  }
  const bearer = (token: string, headers: Record<string, string> = {}): RequestInit => ({
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
    ask(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  /** A new token and the line for its hash, as the command line gives them. */
  async function token(name: string, grant: string): Promise<{ token: string; line: string }> {
    const { code, stdout } = await ops({}, 'token', grant);
    const [token = '', line = ''] = stdout.split('\n');
    const shown = grant.replace(/^gateway@/, '');
    expect({ code, token: token.length, line: line.slice(0, shown.length + 8) }).toEqual({
      code: 0,
      token: 43,
      line: `${shown}:sha256:`,
    });
    planted.add(name, token);
    return { token, line: `${line}\n` };
  }

  beforeAll(async () => {
    stopWatching = watchCommandLines(planted, found);
    folder = mkdtempSync(join(tmpdir(), 'jimo-secrets-'));
    files = { webhook: join(folder, 'webhook-tokens'), read: join(folder, 'read-tokens') };
    const [webhook, read] = await Promise.all([
      token('a hashed webhook token', 'gateway@default'),
      token('a hashed read token', 'read@default'),
    ]);
    Object.assign(made, { webhook: webhook.token, read: read.token });
    writeFileSync(files.webhook, webhook.line);
    writeFileSync(files.read, read.line);
    system = await startSystem({
      dataDir: join(folder, 'data'),
      env: {
        LOG_LEVEL: 'trace',
        JIMO_WEBHOOK_TOKENS: `default:${tokens.webhook}`,
        JIMO_WEBHOOK_TOKENS_FILE: files.webhook,
        READ_API_TOKENS: `read:${tokens.read},admin:${tokens.admin}`,
        READ_API_TOKENS_FILE: files.read,
        KAFKA_SASL_PASSWORD: passwords.sasl,
        GATEWAY_RATE_LIMIT: '40',
        HSTS_MAX_AGE: '60',
      },
    });
    planted.add("the database's password", new URL(system.info.database.url).password);
    planted.add("Kafka's password", system.info.kafka.sasl!.password);
  });

  afterAll(async () => {
    stopWatching?.();
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('open what they are for, wherever they are carried', async () => {
    const { gateway, readApi } = system.info;
    const event = () => eventOf('tour.started', nextTime());
    const url = `${gateway}/webhooks/jimo`;
    const statuses = [
      await post(url, event(), { authorization: `Bearer ${tokens.webhook}` }),
      await post(url, event(), { authorization: planted.basic(tokens.webhook) }),
      await post(`${url}?token=${tokens.webhook}`, event()),
      await post(`${url}?token=${made.webhook}`, event()),
      await post(`${url}/batch?token=${tokens.webhook}`, [event(), { event: 'x' }, 5]),
      await ask(`${readApi}/v1/jimers`, bearer(tokens.read)),
      await ask(`${readApi}/v1/jimers`, bearer(made.read, { accept: 'text/csv' })),
      await ask(`${readApi}/v1/projections`, bearer(tokens.admin)),
      await post(`${readApi}/v1/projections/jimers/verify`, {}, { authorization: `Bearer ${tokens.admin}` }),
      await post(
        `${readApi}/v1/projections/surveys/pause`,
        { reason: 'x' },
        { authorization: `Bearer ${tokens.admin}` },
      ),
      await post(`${url}?token=${tokens.guess}`, event(), { authorization: `Bearer ${tokens.guess}` }),
      await ask(`${readApi}/v1/jimers?token=${tokens.read}`),
      await ask(`${readApi}/v1/projections/jimers/verify`, { method: 'POST', ...bearer(tokens.read) }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 200, 200, 200, 202, 200, 401, 401, 403]);
  });

  it('are not in the answers to bad requests', async () => {
    for (const base of [system.info.gateway, system.info.readApi])
      for (const secret of [tokens.webhook, tokens.admin, made.read, tokens.guess])
        for (const request of badRequests(secret, `authorization: ${planted.basic(secret)}`)) {
          const answer = await answerTo(base, request);
          expect(answer).toMatch(/^HTTP\/1.1 [24]\d\d /);
          check(`the answer to ${request.slice(0, 20)}`, answer);
        }
    expect([...found]).toEqual([]);
  });

  it('are not in what processes say that cannot reach, or are not let into, Kafka or Postgres', async () => {
    const { kafka, database } = system.info;
    const nowhere = '127.0.0.1:1';
    const sasl = {
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256',
      KAFKA_SASL_USERNAME: 'jimo',
      KAFKA_SASL_PASSWORD: passwords.sasl,
    };
    const wrong = new URL(database.url);
    wrong.password = passwords.database;
    const away = `postgres://jimo:${passwords.database}@${nowhere}/jimo`;
    const port = (app: string) => ({ [`${app.toUpperCase().replace('-', '_')}_PORT`]: '0' });
    const web = { JIMO_WEBHOOK_TOKENS: `default:${tokens.webhook}`, ...port('gateway') };
    const reads = { READ_API_TOKENS: `read:${tokens.read}`, ...port('read-api') };
    const processes: BrokenProcess[] = [
      { what: 'a gateway without Kafka', app: 'gateway', env: { ...web, ...sasl, KAFKA_BROKERS: nowhere } },
      {
        what: 'a gateway that Kafka does not know',
        app: 'gateway',
        env: { ...web, ...sasl, KAFKA_BROKERS: kafka.brokers },
      },
      {
        what: 'a gateway that expects TLS',
        app: 'gateway',
        env: { ...web, ...sasl, KAFKA_SSL: 'true', KAFKA_BROKERS: kafka.brokers },
      },
      {
        what: 'a projector that Postgres refuses',
        app: 'journey-projector',
        env: { ...port('journey-projector'), KAFKA_BROKERS: kafka.brokers, DATABASE_URL: wrong.href },
      },
      {
        what: 'a projector without Postgres',
        app: 'feedback-projector',
        env: { ...port('feedback-projector'), ...sasl, KAFKA_BROKERS: kafka.brokers, DATABASE_URL: away },
      },
      {
        what: 'a read API that Postgres refuses',
        app: 'read-api',
        env: { ...reads, ...sasl, KAFKA_BROKERS: nowhere, DATABASE_URL: wrong.href },
      },
      {
        what: 'a read API without Postgres',
        app: 'read-api',
        env: { ...reads, KAFKA_BROKERS: kafka.brokers, DATABASE_URL: away },
      },
      {
        what: 'a migration that Postgres refuses',
        app: 'ops',
        args: ['migrate'],
        env: { DATABASE_URL: wrong.href },
      },
      { what: 'a migration without Postgres', app: 'ops', args: ['migrate'], env: { DATABASE_URL: away } },
      {
        what: 'topics that Kafka refuses',
        app: 'ops',
        args: ['topics'],
        env: { ...sasl, KAFKA_BROKERS: kafka.brokers },
      },
      {
        what: 'a status that Postgres refuses',
        app: 'ops',
        args: ['status'],
        env: { KAFKA_BROKERS: kafka.brokers, DATABASE_URL: wrong.href },
      },
      {
        what: 'a start on a database that is away',
        app: 'ops',
        args: ['start', '--data-dir', join(folder, 'other')],
        env: { DATABASE_URL: away, KAFKA_BROKERS: nowhere },
      },
      ...[
        { JIMO_WEBHOOK_TOKENS: tokens.webhook },
        { JIMO_WEBHOOK_TOKENS: `a b:${tokens.webhook}` },
        { JIMO_WEBHOOK_TOKENS_FILE: tokens.webhook },
        { KAFKA_SASL_MECHANISM: passwords.sasl },
        { KAFKA_BROKERS: passwords.sasl },
      ].map((env) => ({
        what: `a gateway with a wrong ${Object.keys(env)[0]}`,
        app: 'gateway',
        env: { ...web, KAFKA_BROKERS: nowhere, ...env },
      })),
      {
        what: 'a projector with a wrong DATABASE_URL',
        app: 'journey-projector',
        env: { KAFKA_BROKERS: nowhere, DATABASE_URL: `mysql://u:${passwords.database}@h/d` },
      },
    ];
    // Two at a time: it is no test of speed.
    const waiting = [...processes];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const said = await outputOf(next, 4_000, async (soFar) => {
          const listening = /"port":(\d+),"msg":"listening"/.exec(soFar)?.[1];
          if (listening === undefined) return;
          const base = `http://127.0.0.1:${listening}`;
          await Promise.all([
            ask(`${base}/health/ready`),
            ask(`${base}/metrics`),
            ask(`${base}/v1/jimers`, bearer(tokens.read)),
            post(`${base}/webhooks/jimo?token=${tokens.webhook}`, eventOf('tour.started', nextTime())),
          ]);
        });
        expect([next.what, said.length > 0]).toEqual([next.what, true]);
        check(`what ${next.what} says`, said);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    expect([...found]).toEqual([]);
  });

  it('are not in the environment of servers that do not need them', () => {
    for (const name of ['kafka', 'postgres'])
      check(`the environment of ${name}`, readFileSync(`/proc/${system.now().parts[name]!.pid}/environ`));
    expect([...found]).toEqual([]);
  });

  it('are not in metrics, health or documents', async () => {
    for (const { url } of Object.values(system.now().parts)) {
      if (url === undefined) continue;
      for (const path of ['/metrics', '/health/live', '/health/ready'])
        expect([url, path, (await ask(url + path)).status]).toEqual([url, path, 200]);
    }
    for (const path of ['/openapi.json', '/docs', '/']) await ask(system.info.readApi + path);
    expect([...found]).toEqual([]);
  });

  it('are not in job rows, dead letters or any other row, nor in the log', async () => {
    const { database } = system.info;
    const client = kafkaOf(system.info);
    const producer = client.producer();
    await producer.connect();
    await producer.send({
      topic: TOPICS.engagement,
      messages: [{ key: 'x', value: 'no event', partition: 0 }],
    });
    await producer.disconnect();
    const db = new PgClient({ connectionString: database.url });
    await db.connect();
    try {
      const rows = async (sql: string) => (await db.query<{ row: string }>(sql)).rows.map(({ row }) => row);
      await until(
        'a dead letter',
        async () => (await rows('SELECT d::text AS row FROM engine.dead_letter d')).length > 0,
      );
      expect((await rows('SELECT j::text AS row FROM engine.job j')).length).toBeGreaterThan(0);
      const tables = await rows(
        `SELECT format('%I.%I', schemaname, tablename) AS row FROM pg_tables WHERE schemaname NOT LIKE 'pg\\_%'`,
      );
      expect(tables.length).toBeGreaterThan(10);
      for (const table of tables)
        for (const row of await rows(`SELECT t::text AS row FROM ${table} t`)) check(table, row);
    } finally {
      await db.end();
    }
    const consumer = client.consumer({ groupId: 'secrets' });
    let records = 0;
    await consumer.connect();
    await consumer.subscribe({ topics: [...ALL_TOPICS], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, message: { key, value, headers } }) => {
        records++;
        check(topic, JSON.stringify([String(key), String(value), headers]));
      },
    });
    await until('the records', () => records >= 6);
    await consumer.disconnect();
    expect([...found]).toEqual([]);
  });

  it('of a file are rotated without a restart, and a stream ends with its token', async () => {
    const { gateway, readApi, parts } = system.info;
    const [webhook, read] = await Promise.all([
      token('the next webhook token', 'gateway@default'),
      token('the next read token', 'read'),
    ]);
    const stream = await EventStream.open(`${readApi}/v1/stream`, made.read);
    expect(stream.status).toBe(200);
    writeFileSync(files.webhook, webhook.line);
    writeFileSync(files.read, `# anew\n${read.line}`);
    const sent = (secret: string) =>
      post(`${gateway}/webhooks/jimo?token=${secret}`, eventOf('tour.started', nextTime()));
    await until('the new tokens', async () => {
      const [hook, list] = [await sent(webhook.token), await ask(`${readApi}/v1/jimers`, bearer(read.token))];
      return hook.status === 202 && list.status === 200;
    });
    expect((await sent(made.webhook)).status).toBe(401);
    expect((await ask(`${readApi}/v1/jimers`, bearer(made.read))).status).toBe(401);
    await until('the end of the stream', () => stream.isOver, { deadlineMs: 40_000 });
    expect(stream.events.at(-1)).toMatchObject({ event: 'close', data: { reason: 'token-withdrawn' } });

    writeFileSync(files.webhook, `default:${webhook.token}\n`);
    await until('the metric', async () =>
      (await ask(`${gateway}/metrics`)).text.includes(
        'tokens_file_usable{setting="JIMO_WEBHOOK_TOKENS_FILE"} 0',
      ),
    );
    expect((await sent(webhook.token)).status).toBe(202);
    expect(await ask(`${gateway}/health/ready`)).toMatchObject({
      status: 200,
      text: expect.stringContaining('unusable line 1') as string,
    });
    const { parts: now } = system.now();
    expect([now['gateway'], now['read-api']]).toMatchObject([
      { pid: parts['gateway']!.pid },
      { pid: parts['read-api']!.pid },
    ]);
    expect([...found]).toEqual([]);
  });

  it('are limited in their use, and so are guesses, with a word on when to come again', async () => {
    const url = `${system.info.gateway}/webhooks/jimo`;
    for (const secret of [tokens.webhook, tokens.guess]) {
      const refused = await until('a 429', async () => {
        const answers = await Promise.all(
          Array.from({ length: 60 }, () => fetch(url, { method: 'POST', ...bearer(secret) })),
        );
        await Promise.all(answers.map((answer) => answer.arrayBuffer()));
        return answers.find(({ status }) => status === 429);
      });
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('strict-transport-security')).toBe('max-age=60');
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('are not in what the system says, logs or keeps, but where only their owner reads', async () => {
    const { dataDir } = system;
    check('what npm start says', system.output().join('\n'));
    expect(filesBelow(join(dataDir, 'logs')).length).toBeGreaterThan(5);
    const expected: Record<string, string> = {
      'system.json': 'its tokens and the URL of the database, for commands on this machine',
      password: 'of the database, or of Kafka',
      'client.properties': "for Kafka's own tools",
      'kcat.conf': 'for kcat',
      'server.properties': 'of Kafka, which has to know them',
    };
    for (const file of filesBelow(dataDir)) {
      if (Object.hasOwn(expected, basename(file)))
        expect([file, statSync(file).mode & 0o077]).toEqual([file, 0]);
      else check(file.slice(dataDir.length), readFileSync(file));
    }
    stopWatching();
    expect([...found]).toEqual([]);
  });
});

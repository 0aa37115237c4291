import { acceptEvent, decodeEvent, type CatalogEvent } from '@app/catalog';
import { formatPosition, Projector, type Projection } from '@app/engine';
import {
  Assignments,
  migrateEngine,
  openGenerations,
  PostgresStore,
  workPool,
  writePool,
} from '@app/engine-postgres';
import { createHttpApp, createLogger, loadSettings } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import { AppliedLog } from './applied-log.fixture';
import { ReadApiModule } from './read-api.module';
import { HEAD_LIMIT, ReadApiSettings } from './read-api.settings';
import { resourceControllers } from './read-models/resource.controllers';

/** An item of an answer, with the fields that specs name. */
export interface Item {
  readonly [field: string]: unknown;
  readonly uid: string;
  readonly id: string;
  readonly workspace: string;
  readonly state: string;
  readonly status: string;
  readonly time: string;
  readonly name: string;
  readonly position: string;
  readonly answers: unknown;
  readonly tasks: unknown;
}

/** A parsed body: each call has some of these. */
export interface AnswerBody {
  readonly items: Item[];
  readonly nextCursor: string | null;
  readonly problems: unknown;
  readonly jimer: Item;
  readonly experiences: Item[];
  readonly totals: { readonly saw: number };
  readonly series: unknown[];
  readonly partitions: unknown[];
  readonly deadLetters: number;
  readonly checks: unknown;
  readonly id: string;
  readonly position: string;
  readonly detail: string;
  readonly state: string;
  readonly job: Item;
  readonly jobs: Item[];
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: AnswerBody;
}

const NOW = Date.UTC(2100, 0, 1);
const TOKENS =
  'read:read-token,admin:admin-token,read@acme:acme-token,triage:triage-token,triage@acme:acme-triage-token,admin@acme:acme-admin-token';

async function openApp(
  databaseUrl: string,
  env: Readonly<Record<string, string>>,
  log: AppliedLog | undefined,
  controllers: readonly Type[] = [],
): Promise<NestFastifyApplication> {
  const settings = loadSettings(ReadApiSettings, {
    KAFKA_BROKERS: '127.0.0.1:1',
    DATABASE_URL: databaseUrl,
    READ_API_TOKENS: TOKENS,
    KAFKA_TOPIC_PARTITIONS: '1',
    ...env,
  });
  const module = ReadApiModule.with(settings, log);
  const app = await createHttpApp(
    { ...module, controllers: [...module.controllers!, ...controllers] },
    {
      logger: createLogger('read-api', 'silent'),
      headLimit: HEAD_LIMIT,
    },
  );
  await app.init();
  return app;
}

/** The read API over a database of its own, fed as the projectors would, without a Kafka between. */
export class ReadApiFixture {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly pool: Pool,
    readonly log: AppliedLog,
    private readonly databaseUrl: string,
  ) {}

  /**
   * @param appendsTo where its commands go: applied at once, or into a Kafka that nobody reads
   * @param more a projection beside the product's, whose lists are served as theirs are
   */
  static async open(
    databaseUrl: string,
    env: Readonly<Record<string, string>> = {},
    appendsTo: 'memory' | 'kafka' = 'memory',
    more: readonly Projection<CatalogEvent>[] = [],
  ): Promise<ReadApiFixture> {
    const pool = writePool(databaseUrl, 'fixture', 4);
    await migrateEngine(pool, databaseUrl);
    const projections = [...PROJECTIONS, ...more];
    await openGenerations(pool, projections);
    const store = new PostgresStore(pool, projections);
    const projector = new Projector<CatalogEvent>(projections, decodeEvent, store, {
      committed: () => undefined,
      retrying: (_projection, error) => {
        throw error;
      },
      recovered: () => undefined,
      abandoned: () => undefined,
    });
    const log = new AppliedLog(projector, (offset) => NOW + offset);
    const app = await openApp(
      ...([databaseUrl, env, appendsTo === 'memory' ? log : undefined] as const),
      resourceControllers(more, new Map()),
    );
    return new ReadApiFixture(app, pool, log, databaseUrl);
  }

  /** A read API alone, over a database that may be out of reach. */
  static beside(databaseUrl: string): Promise<NestFastifyApplication> {
    return openApp(databaseUrl, {}, undefined);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.pool.end();
  }

  /**
   * Applies events (or bodies) as if the gateway had taken them; gives their positions and ids.
   *
   * @param now the gateway's clock
   */
  async deliver(
    events: readonly (object | string)[],
    workspace = 'default',
    now = NOW,
  ): Promise<{ readonly id: string; readonly position: string }[]> {
    const taken: { id: string; position: string }[] = [];
    for (const event of events) {
      const text = typeof event === 'string' ? event : JSON.stringify(event);
      const acceptance = acceptEvent({ workspace, text, now });
      if (acceptance.outcome === 'rejected') throw new Error(acceptance.detail);
      const [placed] = await this.log.append([acceptance]);
      taken.push({
        id: acceptance.id,
        position: formatPosition(placed!),
      });
    }
    return taken;
  }

  /** Does the job that waits for a projection, as a projector would; gives its id. */
  async work(name: string): Promise<string> {
    const pool = workPool(this.databaseUrl, 'fixture', 4);
    try {
      return await this.log.work(
        pool,
        PROJECTIONS.find((projection) => projection.name === name)!,
      );
    } finally {
      await pool.end();
    }
  }

  /** Says that every projection has partition 0 of its topics, as a projector's heartbeat does. */
  async holdPartitions(): Promise<void> {
    const topics = [...new Set(PROJECTIONS.flatMap((projection) => projection.topics))];
    const assignments = new Assignments(this.pool, 'fixture', 'fixture', PROJECTIONS);
    await assignments.heartbeat(topics.map((topic) => ({ topic, partition: 0 })));
  }

  async get(
    url: string,
    token: string | null = 'read-token',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    return this.ask('GET', url, token, undefined, headers);
  }

  /** A command, as an admin of all workspaces unless another token is given. */
  async post(url: string, body?: object, token = 'admin-token'): Promise<Answer> {
    return this.ask('POST', url, token, body);
  }

  async ask(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    token: string | null,
    payload?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const answer = await this.app.inject({
      method,
      url,
      headers: { ...authorization, ...headers },
      ...(payload && { payload }),
    });
    const { statusCode: status, body: text } = answer;
    return { status, text, headers: answer.headers, body: JSON.parse(text) as AnswerBody };
  }

  /** Every item of a list, page by page; each page must say that there is more exactly when there is. */
  async all(url: string, limit: number, token?: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | null = null;
    do {
      const parameters: string = `limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`;
      const { status, body } = await this.get(`${url}${url.includes('?') ? '&' : '?'}${parameters}`, token);
      if (status !== 200) throw new Error(JSON.stringify(body));
      if (body.items.length > limit || (body.nextCursor !== null && body.items.length < limit))
        throw new Error('a page is too long or too short');
      items.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor !== null);
    return items;
  }
}

/** The version that the code has of a projection. */
export function versionOf(projection: string): number {
  return PROJECTIONS.find(({ name }) => name === projection)!.version;
}

const uuid = (family: string, n: number): string => `${family}-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const jimerUid = (n: number): string => uuid('11111111', n);
export const experienceUid = (n: number): string => uuid('22222222', n);
export const userUid = (n: number): string => uuid('33333333', n);
export const projectUid = (n: number): string => uuid('44444444', n);

/** Epoch milliseconds of a second of 3 February 2025. */
export const second = (n: number): number => Date.UTC(2025, 1, 3, 12) + n * 1_000;
export const iso = (time: number): string => new Date(time).toISOString();

export function jimer(n: number, more: object = {}): object {
  return {
    uid: jimerUid(n),
    identifyToken: `user-${n}`,
    username: `User ${n}`,
    email: `user${n}@example.com`,
    createdAt: '2025-01-01T00:00:00.000Z',
    lastActivityAt: '2025-02-01T00:00:00.000Z',
    ...more,
  };
}

export function experience(n: number, type = 'TOUR', more: object = {}): object {
  return {
    uid: experienceUid(n),
    title: `Experience ${n}`,
    type,
    state: 'LIVE',
    isDraft: false,
    publishedAt: '2025-01-02T00:00:00.000Z',
    createdAt: '2025-01-01T00:00:00.000Z',
    expiresAt: null,
    triggerType: 'DEFAULT',
    recurrencyType: 'SINGLE_TIME',
    recurrencyValue: 1,
    ...more,
  };
}

export function event(name: string, time: number, objects: object): object {
  return { event: name, version: '0', time, ...objects };
}

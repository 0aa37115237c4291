import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, freePort } from '@app/local';
import { peerJars } from '../java/jars';
import { execute } from '../servers';
import { rowsIn } from '../truth';
import { JOURNEY_TOPICS } from '../workload';
import type { LiveContestant, LiveRun } from './contestant';
import { progressQuery } from './process';
import { BY_EXPERIENCE, JOURNEY_KEY, MERGE_JOURNEY, TABLES } from './tables';

/**
 * Debezium's JDBC sink in Kafka Connect, at its best, into one flat table; a statement trigger of ours folds what
 * each of its statements wrote into the journeys.
 */
export const debezium: LiveContestant = {
  name: 'Debezium JDBC sink',
  start: async (run) => {
    const { databaseUrl, workload } = run;
    await execute(
      databaseUrl,
      TABLES[0]!,
      JOURNEY_KEY,
      BY_EXPERIENCE,
      SINK_TABLE,
      BATCHES_TABLE,
      FOLD,
      ...TRIGGERS,
      TOUCH_VIEW,
    );
    const { child, connector } = await startConnect(run);
    // A redelivery within a batch is not written, so what was written says the end only by the distinct rows.
    const { records, rows } = workload;
    const progress = await progressQuery(
      databaseUrl,
      `SELECT CASE WHEN coalesce(sum(events), 0) < ${rows.touches} THEN sum(events)
         WHEN (SELECT count(*) FROM touch) = ${rows.touches} THEN ${records} ELSE ${rows.touches - 1} END AS done
       FROM batches`,
    );
    let failed: string | null = null;
    const watch = setInterval(() => {
      void failureOf(connector).then((reason) => (failed ??= reason));
    }, 1_000);
    return {
      pids: [child.pid],
      progress: progress.read,
      rows: () => rowsIn(databaseUrl, 'journey', 'touch'),
      failure: () => (child.running ? failed : child.lastLines()),
      stop: async () => {
        clearInterval(watch);
        await progress.end();
        await child.stop();
      },
    };
  },
};

/** Names as the sink writes them: the header, and the fields of the flattened value. Types as it can bind them. */
const SINK_TABLE = `CREATE TABLE sink (
  ce_source text COLLATE "C" NOT NULL, ce_id text COLLATE "C" NOT NULL, event text COLLATE "C", time bigint,
  jimer_uid text COLLATE "C", experience_uid text COLLATE "C", experience_title text COLLATE "C",
  experience_type text COLLATE "C", post_uid text COLLATE "C", post_title text COLLATE "C",
  post_type text COLLATE "C", PRIMARY KEY (ce_source, ce_id)
)`;
const BATCHES_TABLE = 'CREATE TABLE batches (events bigint NOT NULL)';
const TOUCH_VIEW = 'CREATE VIEW touch AS SELECT * FROM sink WHERE jimer_uid IS NOT NULL';

const mark = (aggregate: string, kinds: readonly string[]): string =>
  `${aggregate}(at) FILTER (WHERE event IN (${kinds.map((kind) => `'${kind}'`).join(', ')}))`;
const STARTS = ['tour.started', 'survey.started', 'checklist.started'];
const COMPLETIONS = ['tour.completed', 'survey.completed', 'checklist.completed'];
const DISMISSALS = ['checklist.dismissed'];

const FOLD = `CREATE FUNCTION fold_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO journey AS t (workspace, jimer_uid, experience_uid, title, type, snapshot_time, first_seen_at,
    last_event_at, started_at, last_started_at, completed_at, last_completed_at, dismissed_at, last_dismissed_at, liked_at)
  SELECT substr(ce_source, 18), jimer_uid::uuid, uid::uuid, (max(ARRAY[time::text, title]))[2],
    (max(ARRAY[time::text, type]))[2], max(at), min(at), max(at),
    ${mark('min', STARTS)}, ${mark('max', STARTS)}, ${mark('min', COMPLETIONS)}, ${mark('max', COMPLETIONS)},
    ${mark('min', DISMISSALS)}, ${mark('max', DISMISSALS)}, ${mark('min', ['post.liked'])}
  FROM (SELECT *, to_timestamp(time / 1000.0) AS at, coalesce(experience_uid, post_uid) AS uid,
          coalesce(experience_title, post_title) AS title, coalesce(experience_type, post_type) AS type
        FROM written WHERE jimer_uid IS NOT NULL) AS e
  WHERE uid IS NOT NULL GROUP BY ce_source, jimer_uid, uid ORDER BY 1, 2, 3
  ${MERGE_JOURNEY};
  INSERT INTO batches SELECT count(*) FROM written;
  RETURN NULL;
END $$`;
const TRIGGERS = ['INSERT', 'UPDATE'].map(
  (operation) => `CREATE TRIGGER fold_${operation.toLowerCase()} AFTER ${operation} ON sink
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION fold_batch()`,
);

const optional = (type: string, field: string): object => ({ type, optional: true, field });
const struct = (field: string, fields: readonly string[]): object => ({
  type: 'struct',
  optional: true,
  field,
  fields: fields.map((name) => optional('string', name)),
});
/** Of the value: the converter skips what is not in it. */
const SCHEMA = {
  type: 'struct',
  optional: false,
  fields: [
    { type: 'string', optional: false, field: 'event' },
    { type: 'int64', optional: false, field: 'time' },
    struct('jimer', ['uid']),
    struct('experience', ['uid', 'title', 'type']),
    struct('post', ['uid', 'title', 'type']),
  ],
};

function connectorConfig({ databaseUrl, id }: LiveRun): Record<string, string> {
  const { host, pathname, username, password } = new URL(databaseUrl);
  return {
    // The consumer group is named after the connector: under one name for all rounds, every round but the first would
    // resume at the end of the log.
    name: id,
    'connector.class': 'io.debezium.connector.jdbc.JdbcSinkConnector',
    'tasks.max': '2',
    topics: JOURNEY_TOPICS.join(),
    'connection.url': `jdbc:postgresql://${host}${pathname}`,
    'connection.username': username,
    'connection.password': password,
    'consumer.override.max.poll.records': '4000',
    'consumer.override.auto.offset.reset': 'earliest',
    'consumer.override.max.partition.fetch.bytes': '8388608',
    'batch.size': '3000',
    'insert.mode': 'upsert',
    'primary.key.mode': 'record_header',
    'primary.key.fields': 'ce_source,ce_id',
    // Redeliveries share a batch at times, which one statement may not hold twice.
    'use.reduction.buffer': 'true',
    'dialect.postgres.unnest.insert.enabled': 'true',
    'collection.name.format': 'sink',
    'schema.evolution': 'none',
    'key.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'header.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.json.JsonConverter',
    'value.converter.schemas.enable': 'true',
    'value.converter.schema.content': JSON.stringify(SCHEMA),
    transforms: 'headers,flat',
    'transforms.headers.type': 'org.apache.kafka.connect.transforms.DropHeaders',
    'transforms.headers.headers': 'ce_specversion,ce_type,ce_time,ce_partitionkey,content-type',
    'transforms.flat.type': 'org.apache.kafka.connect.transforms.Flatten$Value',
    'transforms.flat.delimiter': '_',
  };
}

async function startConnect(run: LiveRun): Promise<{ child: Child; connector: string }> {
  const { servers, id } = run;
  const folder = join(servers.folder, id);
  mkdirSync(join(folder, 'plugins'), { recursive: true });
  const port = await freePort();
  const worker = {
    'bootstrap.servers': servers.brokers,
    listeners: `http://127.0.0.1:${port}`,
    'offset.storage.file.filename': join(folder, 'offsets'),
    'key.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'connector.client.config.override.policy': 'All',
    // The connector is on the class path.
    'plugin.path': join(folder, 'plugins'),
    'plugin.discovery': 'service_load',
  };
  const properties = (values: Record<string, string>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}\n`)
      .join('');
  writeFileSync(join(folder, 'worker.properties'), properties(worker));
  writeFileSync(join(folder, 'connector.json'), JSON.stringify(connectorConfig(run)), { mode: 0o600 });
  const child = await Child.start({
    name: 'Kafka Connect',
    command: servers.java,
    args: [
      ...['-Xms512m', '-Xmx1g', '-XX:+UseG1GC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'],
      ...['-cp', join(await peerJars(), '*'), 'org.apache.kafka.connect.cli.ConnectStandalone'],
      ...[join(folder, 'worker.properties'), join(folder, 'connector.json')],
    ],
    cwd: folder,
    tier: 'app',
    ...(process.env['BENCH_VERBOSE']
      ? { onLine: (line: string) => process.stderr.write(`    ${line}\n`) }
      : {}),
  });
  const connector = `http://127.0.0.1:${port}/connectors/${id}/status`;
  return { child, connector };
}

interface Status {
  readonly tasks: readonly { readonly state: string; readonly trace?: string }[];
}

/** Why a task has failed, or null. */
async function failureOf(connector: string): Promise<string | null> {
  try {
    const { tasks } = (await (await fetch(connector)).json()) as Status;
    const failed = tasks.find(({ state }) => state === 'FAILED');
    return failed ? (failed.trace ?? 'a task has failed') : null;
  } catch {
    return null;
  }
}

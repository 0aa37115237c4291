// What it costs to decode events and to fold them, without Kafka and Postgres: microseconds of one thread per
// event, the median of the rounds, step by step: from the bytes that a broker answers to records, to events, to
// rows. `node bench/fold.mjs [events] [dist]`; a second dist is timed in turn with the first, round by round, and
// the ratio printed: for a comparison with another build.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [events = '100000', ...dists] = process.argv.slice(2);
const ROUNDS = 7;
const BATCH = 2_000;
const STEPS = ['records', 'events', 'rows'];

function load(dist) {
  const require = createRequire(resolve(dist, 'libs', 'x.js'));
  const protocol = (path) => require(`kafkajs/src/protocol/${path}`);
  const response = protocol('requests/fetch/v11/response');
  // A client of this build decides how this process decodes: the next build starts from kafkajs's own way.
  const { decode: decodeAsKafkajs } = response;
  const silent = { warn: () => {}, debug: () => {} };
  require('./engine-kafka/src/index.js').createKafka(
    { brokers: ['127.0.0.1:1'], ssl: false },
    'fold',
    silent,
  );
  const { decode: decodeResponse } = response;
  response.decode = decodeAsKafkajs;
  const { recordOf } = require('./engine-kafka/src/kafkajs/record.js');
  const { acceptEvent, decodeEvent, generateEvents } = require('./catalog/src/index.js');
  const { foldChunks } = require('./engine/src/adapters.js');
  const { PROJECTIONS } = require('./projections/src/index.js');
  const journeys = PROJECTIONS.find(({ name }) => name === 'journeys');
  const encodeBatch = protocol('recordBatch/v0').RecordBatch;
  const encodeRecord = protocol('recordBatch/record/v0');
  return {
    ...{ acceptEvent, generateEvents, encodeBatch, encodeRecord },
    ...{ decodeResponse, recordOf, decodeEvent, foldChunks, journeys },
  };
}

/** Responses to Fetch (version 11), each with one record batch of one partition. */
async function responsesOf({ acceptEvent, generateEvents, encodeBatch, encodeRecord }) {
  const wide = { experiences: 60, days: 90, eventsPerVisit: 1.7, returnRate: 0.05 };
  const options = { seed: 1, events: Number(events), jimers: Math.ceil(Number(events) / 20), ...wide };
  const responses = [];
  let records = [];
  const flush = async () => {
    const firstOffset = responses.length * BATCH;
    const batch = await encodeBatch({ firstOffset, records, lastOffsetDelta: records.length - 1 });
    responses.push(responseOf(batch.buffer));
    records = [];
  };
  for (const { body } of generateEvents(options)) {
    const accepted = acceptEvent({ workspace: 'default', text: body, now: Date.UTC(2100, 0, 1) });
    if (accepted.topic !== 'jimo.engagement') continue;
    const { key, value, headers } = accepted;
    records.push(encodeRecord({ offsetDelta: records.length, key, value, headers }));
    if (records.length === BATCH) await flush();
  }
  return responses;
}

function responseOf(batch) {
  const head = Buffer.alloc(63);
  let at = 10; // throttle time, error, session
  at = head.writeInt32BE(1, at);
  at = head.writeInt16BE(1, at);
  at += head.write('t', at);
  at = head.writeInt32BE(1, at);
  at += 6; // partition, error
  at = head.writeBigInt64BE(1n << 40n, at);
  at += 20; // stable offset, start offset, aborted transactions
  at = head.writeInt32BE(-1, at);
  at = head.writeInt32BE(batch.length, at);
  return Buffer.concat([head.subarray(0, at), batch]);
}

async function round({ decodeResponse, recordOf, decodeEvent, foldChunks, journeys }, responses) {
  const times = STEPS.map(() => 0);
  let from = 0;
  for (const response of responses) {
    const started = performance.now();
    const { messages } = (await decodeResponse(response)).responses[0].partitions[0];
    const records = messages.map(recordOf);
    const decodedAt = performance.now();
    const decoded = records.map((record) => ({ record, decoded: decodeEvent(record) }));
    const foldedFrom = performance.now();
    const range = { topic: 'jimo.engagement', partition: 0, from, to: from + records.length };
    foldChunks(journeys, [{ ...range, records: decoded }]);
    const ended = performance.now();
    times[0] += decodedAt - started;
    times[1] += foldedFrom - decodedAt;
    times[2] += ended - foldedFrom;
    from += records.length;
  }
  return times.map((time) => (1_000 * time) / from);
}

const builds = (dists.length > 0 ? dists : ['dist']).map((dist) => ({ dist, code: load(dist), rounds: [] }));
const responses = await responsesOf(builds[0].code);
for (let i = -1; i < ROUNDS; i++)
  for (const { code, rounds } of builds) {
    const times = await round(code, responses);
    if (i >= 0) rounds.push(times);
  }
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const sum = (times) => times.reduce((total, time) => total + time, 0);
for (const { dist, rounds } of builds) {
  const steps = STEPS.map((step, i) => `${step} ${median(rounds.map((times) => times[i])).toFixed(2)}`);
  const all = rounds.map(sum);
  console.log(
    `${dist}: ${median(all).toFixed(2)} us per event (${steps.join(', ')}; ${all.map((time) => time.toFixed(1)).join(' ')})`,
  );
}
if (builds.length === 2) {
  const ratios = builds[0].rounds.map((times, i) => sum(times) / sum(builds[1].rounds[i]));
  console.log(`ratio of the first to the second, round by round: ${median(ratios).toFixed(2)}`);
}

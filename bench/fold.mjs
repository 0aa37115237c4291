// What it costs to decode events and to fold them, without Kafka and Postgres: microseconds of one thread per
// event, the median of the rounds. `node bench/fold.mjs [events] [dist]`; a second dist is timed in turn with the
// first, round by round, and the ratio printed: for a comparison with another build.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [events = '100000', ...dists] = process.argv.slice(2);
const ROUNDS = 7;
const BATCH = 2_000;

function load(dist) {
  const require = createRequire(resolve(dist, 'libs', 'x.js'));
  const { acceptEvent, decodeEvent, generateEvents } = require('./catalog/src/index.js');
  const { SliceFold } = require('./engine/src/index.js');
  const { PROJECTIONS } = require('./projections/src/index.js');
  return { acceptEvent, decodeEvent, generateEvents, SliceFold, PROJECTIONS };
}

function recordsOf({ acceptEvent, generateEvents }) {
  const records = [];
  const options = {
    seed: 1,
    events: Number(events),
    jimers: 5_000,
    experiences: 60,
    eventsPerVisit: 1.2,
    returnRate: 0.05,
  };
  for (const { body } of generateEvents(options)) {
    const accepted = acceptEvent({ workspace: 'default', text: body, now: Date.UTC(2100, 0, 1) });
    if (accepted.topic !== 'jimo.engagement') continue;
    const { key, value, headers } = accepted;
    const buffers = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]);
    records.push({
      offset: records.length,
      key: Buffer.from(key),
      value,
      headers: Object.fromEntries(buffers),
      timestamp: 0,
    });
  }
  return records;
}

function round({ decodeEvent, SliceFold, PROJECTIONS }, records) {
  const journeys = PROJECTIONS.find(({ name }) => name === 'journeys');
  const started = process.cpuUsage();
  for (let from = 0; from < records.length; from += BATCH) {
    const slice = records.slice(from, from + BATCH);
    const fold = new SliceFold(journeys, true);
    const decoded = slice.map((record) => ({ record, decoded: decodeEvent(record) }));
    const place = { topic: 'jimo.engagement', partition: 0, from, to: from + slice.length };
    fold.add({ ...place, records: decoded });
    fold.result();
  }
  const { user, system } = process.cpuUsage(started);
  return (user + system) / records.length;
}

const builds = (dists.length > 0 ? dists : ['dist']).map((dist) => ({ dist, code: load(dist), times: [] }));
const records = recordsOf(builds[0].code);
for (let i = -1; i < ROUNDS; i++)
  for (const { code, times } of builds) {
    const time = round(code, records);
    if (i >= 0) times.push(time);
  }
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
for (const { dist, times } of builds)
  console.log(
    `${dist}: ${median(times).toFixed(2)} us per event (${times.map((time) => time.toFixed(1)).join(' ')})`,
  );
if (builds.length === 2) {
  const ratios = builds[0].times.map((time, i) => time / builds[1].times[i]);
  console.log(`ratio of the first to the second, round by round: ${median(ratios).toFixed(2)}`);
}

import 'reflect-metadata';
import { machine, markdown, save, type Figures } from './measure/results';
import { optionsOf, type Options } from './options';
import { startServers, type Servers } from './servers';
import { catchUp, LIVE } from './live/suite';
import { fillLog, type Workload } from './workload';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(options: Options): Promise<void> {
  const figures: Figures[] = [];
  const about: Record<string, string | number> = { machine: machine(), ...described(options) };
  say('starting Kafka and Postgres');
  const servers = await startServers();
  try {
    const workload = await filled(servers, options);
    Object.assign(about, {
      'records of the journeys': workload.records,
      'distinct journeys': workload.rows.journeys,
      'distinct touches': workload.rows.touches,
      'bytes per event': workload.meanBytes,
    });
    for (let round = 1; round <= options.rounds; round++)
      for (const contestant of LIVE.filter(
        ({ name }) => options.only.length === 0 || options.only.includes(name),
      )) {
        say(`live, round ${round}: ${contestant.name}`);
        const reason = (await contestant.unavailable?.(servers)) ?? null;
        if (reason !== null) {
          say(`  skipped: ${reason}`);
          continue;
        }
        const run = await catchUp(contestant, { servers, workload, suite: 'live', round }, options);
        say(`  ${JSON.stringify(run)}`);
        figures.push(run);
      }
  } finally {
    await servers.stop();
  }
  const path = save(options.results, { about, figures });
  process.stdout.write(`${markdown({ about, figures })}\nsaved as ${path}\n`);
}

async function filled(servers: Servers, options: Options): Promise<Workload> {
  say(`generating ${options.events} events into the log`);
  const started = performance.now();
  const workload = await fillLog(servers.brokers, options);
  say(
    `  ${workload.records} records of ${workload.rows.journeys} journeys in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  return workload;
}

function described({ events, jimers, seed, rounds }: Options): Record<string, string | number> {
  return { date: new Date().toISOString().slice(0, 16), events, jimers, seed, rounds };
}

main(optionsOf(process.argv.slice(2))).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

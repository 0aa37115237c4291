import { availableParallelism } from 'node:os';
import { Meter } from '../measure/meter';
import { cpuSeconds, peakMemory } from '../measure/processes';
import type { Figures } from '../measure/results';
import type { Servers } from '../servers';
import { compare } from '../truth';
import type { Workload } from '../workload';
import type { RebuildContestant } from './contestant';

/**
 * One contestant rebuilds from the whole log in a database of its own. Unlike in the live suite, starting up counts:
 * a rebuild is a command that somebody waits for.
 */
export async function rebuild(
  contestant: RebuildContestant,
  {
    servers,
    workload,
    round,
  }: { readonly servers: Servers; readonly workload: Workload; readonly round: number },
): Promise<Figures> {
  const id = `rebuild_${contestant.name.replaceAll(/[^a-z0-9]+/gi, '_').toLowerCase()}_${round}_${Date.now() % 1e6}`;
  const databaseUrl = await servers.createDatabase(`bench_${id}`);
  try {
    const prepared = await contestant.prepare({ servers, databaseUrl, workload, id });
    // The process is gone when it is done: what it used has to be asked for while it runs.
    let client = 0;
    let memory = 0;
    let watch: NodeJS.Timeout | undefined;
    const meter = new Meter([], servers);
    await prepared.run((pid) => {
      watch = setInterval(() => {
        client = Math.max(client, cpuSeconds(pid));
        memory = Math.max(memory, peakMemory(pid));
      }, 50);
    });
    const { seconds } = meter;
    clearInterval(watch);
    const { cpu, others } = meter.read(workload.records);
    const rows = prepared.rows ? compare(await prepared.rows(), workload.rows) : 'not looked at';
    const perMillion = (client / workload.records) * 1e6;
    const byOthers = Math.max(0, others - client / (seconds * availableParallelism()));
    return {
      suite: 'rebuild',
      round,
      contestant: contestant.name,
      perSecond: workload.records / seconds,
      cpu: { ...cpu, client: perMillion },
      memory,
      others: byOthers,
      rows,
    };
  } finally {
    await servers.dropDatabase(databaseUrl);
  }
}

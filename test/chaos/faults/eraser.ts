import { setTimeout as pause } from 'node:timers/promises';

import { ask } from '../../support/databases';
import type { Client } from '../../support/http';
import type { Departures, Person } from '../load/departures';
import type { Ops } from '../ops';
import { describeFault, type Fault } from './schedule';

type Erasure = Extract<Fault, { readonly kind: 'erase' | 'erase by hand' }>;

export interface EraserOptions {
  /** With the scope admin; it does not wait forever. */
  readonly client: Client;
  readonly ops: Ops;
  readonly departures: Departures;
  /** For erasures whose process is to be killed; null where no process can be. */
  readonly killer: Killer | null;
  readonly count: (done: boolean, what: string) => void;
}

export interface Killer {
  readonly databaseUrl: string;
  /** SIGKILL for the process of an app, if it is this one. @returns whether it is */
  readonly kill: (app: string, pid: number) => boolean;
}

/** A job that takes jimers from the log, in the hands of a process. */
export interface ErasingJob {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
  /** `<app>-<host>-<process id>-<random>` */
  readonly instance: string | null;
}

const LOOK_MS = 20;
const RETRY_MS = 500;
/** Of an operator; a job whose process was killed is another's after 20 s. */
const PATIENCE_MS = 60_000;
const DEADLINE_MS = 200_000;

/** Has end users erased while everything fails, and kills those who are at it. */
export class Eraser {
  /** Whose erasure was promised. */
  readonly erased: Person[] = [];
  /** Jobs whose process was killed on the way. */
  readonly killed: string[] = [];
  /** What the read API or the command line should not have said. */
  readonly surprises: string[] = [];

  private last = 'nothing';

  constructor(private readonly options: EraserOptions) {}

  /** @throws when it does not succeed in time */
  async erase(fault: Erasure, stop: AbortSignal): Promise<void> {
    const persons = await this.somebody(stop);
    const late = AbortSignal.timeout(DEADLINE_MS);
    try {
      await this.eraseThem(persons, fault, AbortSignal.any([stop, late]));
    } catch (error) {
      if (late.aborted)
        throw new Error(`nobody comes through with: ${describeFault(fault)}; last seen: ${this.last}`, {
          cause: error,
        });
      throw error;
    }
  }

  private async eraseThem(persons: readonly Person[], fault: Erasure, stop: AbortSignal): Promise<void> {
    if (fault.kind === 'erase by hand') return this.byHand(persons, fault.killAfterMs, stop);
    await this.ask(persons, stop);
    this.options.count(true, 'erase somebody');
    if (!fault.killed) return;
    const { killer } = this.options;
    if (killer === null) throw new Error('no process can be killed here');
    await this.killWhoeverIsAtIt(killer, persons, stop);
  }

  private async somebody(stop: AbortSignal): Promise<readonly Person[]> {
    for (;;) {
      const persons = this.options.departures.leave();
      if (persons.length > 0) return persons;
      await pause(RETRY_MS, undefined, { signal: stop });
    }
  }

  /** As long as it takes to be answered with 202. */
  private async ask(persons: readonly Person[], stop: AbortSignal): Promise<void> {
    for (const person of persons) {
      const path = `/v1/jimers/${person.jimerUid}?workspace=${person.workspace}`;
      for (;;) {
        const answer = await this.options.client.delete(path).catch(() => null);
        if (answer?.status === 202) break;
        this.last = answer === null ? 'no answer' : answer.text;
        if (answer !== null && answer.status !== 503) this.surprises.push(`${answer.status}: ${answer.text}`);
        await pause(RETRY_MS, undefined, { signal: stop });
      }
      this.promised(person);
    }
  }

  private async byHand(persons: readonly Person[], killAfterMs: number, stop: AbortSignal): Promise<void> {
    const { code } = await this.options.ops.erase(persons[0]!, { killAfterMs, stop });
    if (code === null) this.options.count(true, 'SIGKILL an erasure on the command line');
    for (const person of persons) {
      // Kafka and Postgres are taken from it, too: it is run again until it gets through.
      for (;;) {
        const run = await this.options.ops.erase(person, { killAfterMs: PATIENCE_MS, stop });
        if (run.code === 0) break;
        this.last = `it ended with ${run.code} and said:\n${run.said.slice(-2_000)}`;
        await pause(RETRY_MS, undefined, { signal: stop });
      }
      this.promised(person);
    }
    this.options.count(true, 'erase somebody on the command line');
  }

  private promised(person: Person): void {
    if (!this.erased.includes(person)) this.erased.push(person);
  }

  /** Until one was killed that had begun and was not done: who is too late asks again, and waits for the next. */
  private async killWhoeverIsAtIt(
    killer: Killer,
    persons: readonly Person[],
    stop: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const job = await jobOf(killer, `WHERE state IN ('queued', 'running')`, stop);
      if (job === undefined) await this.ask(persons, stop);
      else if (killProcessOf(job, killer)) {
        const now = await jobOf(killer, `WHERE engine.job.id = ${job.id}`, stop);
        if (now?.state === 'running' && now.attempt === job.attempt) {
          this.killed.push(job.id);
          this.options.count(true, 'SIGKILL a projector that erases');
          return;
        }
      }
      await pause(LOOK_MS, undefined, { signal: stop });
    }
  }
}

function killProcessOf({ state, instance }: ErasingJob, killer: Killer): boolean {
  const [, app, pid] = /^(.+-projector)-.*-(\d+)-[0-9a-f]+$/.exec(instance ?? '') ?? [];
  return state === 'running' && app !== undefined && killer.kill(app, Number(pid));
}

/** As soon as the database answers. */
async function jobOf(
  { databaseUrl }: Killer,
  where: string,
  stop: AbortSignal,
): Promise<ErasingJob | undefined> {
  for (;;) {
    const found = await ask<ErasingJob>(
      databaseUrl,
      `SELECT id::text, state, attempt, instance FROM engine.job ${where} AND kind = 'erase'`,
    ).catch(() => null);
    if (found !== null) return found[0];
    await pause(RETRY_MS, undefined, { signal: stop });
  }
}

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Child, describeExit, identityOf, type Running } from '@app/local';

import { type AppDescription, APPS, STAGES } from './apps';
import { CannotStart, requirePort } from './choose-port';
import {
  appEnvironment,
  cleanEnvironment,
  provisioningEnvironment,
  type Reach,
  type Watch,
} from './environment';
import { GivenPorts } from './given-ports';
import { health } from './health';
import { LogFile } from './log-file';
import { Part } from './part';
import { sampleTokens, withSamples } from './samples';
import { kafkaLauncher, postgresLauncher, requireDatabase } from './servers';
import { type StartSettings, tokensByGrant } from './start-settings';
import { type SystemFile, SystemFileKeeper } from './system-file';
import { complaintOf, type Terminal } from './terminal';

/** The time limit for an app to answer for the first time. */
const MOST_FAILED_STARTS = 5;
const REMINDER_MS = 10_000;

interface App {
  readonly description: AppDescription;
  readonly part: Part;
  readonly url: string;
  ready: boolean;
  /** The process that was ready at the last check. */
  readyPid: number | undefined;
}

/** Runs the whole system as processes on this machine, from start to stop. */
export class Supervisor {
  private readonly parts: Part[] = [];
  private readonly apps: App[] = [];
  private readonly ports: GivenPorts;
  private readonly logs = new Map<string, LogFile>();
  private readonly stopping = new AbortController();
  private readonly env: NodeJS.ProcessEnv;
  private watching: Promise<void> | undefined;
  private failed: (error: Error) => void = () => undefined;
  private system: SystemFile;
  private readonly file: SystemFileKeeper;

  constructor(
    private readonly root: string,
    private readonly folder: string,
    private readonly settings: StartSettings,
    private readonly terminal: Terminal,
    env: NodeJS.ProcessEnv,
  ) {
    this.env = cleanEnvironment(env);
    this.ports = new GivenPorts(settings);
    this.file = new SystemFileKeeper(folder, (reason) =>
      terminal.say(`system.json cannot be written (${reason}); trying again until it can`),
    );
    this.system = {
      state: 'starting',
      supervisor: { pid: process.pid, identity: identityOf(process.pid)! },
      startedAt: new Date().toISOString(),
      tokens: {
        webhook: tokensByGrant(settings.webhookTokens ?? ''),
        read: tokensByGrant(settings.readTokens ?? ''),
      },
      samples: sampleTokens(settings.webhookTokens),
      healthToken: env['HEALTH_TOKEN']?.trim() || randomBytes(24).toString('hex'),
      parts: {},
    };
  }

  /**
   * Starts everything and returns the addresses once every app is ready.
   * @throws {CannotStart} with what to change, or the error of a part that does not start. Call `stop` in either case.
   */
  async start(): Promise<SystemFile> {
    mkdirSync(join(this.folder, 'logs'), { recursive: true, mode: 0o700 });
    this.save({});
    for (const app of APPS) await this.ports.forApp(app);
    const reach = await this.startServers();
    await this.provision(reach);
    const failure = new Promise<never>((_, reject) => (this.failed = reject));
    failure.catch(() => undefined);
    this.terminal.say('starting the apps');
    await Promise.all(APPS.map((app) => this.startApp(app, reach)));
    this.watching = this.watch();
    await Promise.race([this.allReady(), failure]);
    this.failed = () => undefined;
    this.save({ state: 'ready', readyAt: new Date().toISOString() });
    return this.system;
  }

  /** Stops intake first, then processing and reads, then Kafka and PostgreSQL. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the system is being stopped'));
    this.save({ state: 'stopping' });
    for (const stage of STAGES) {
      const apps = this.apps.filter(({ description }) => description.stage === stage);
      await Promise.all(apps.map(({ part }) => this.stopPart(part)));
    }
    const servers = this.parts.filter((part) => !this.apps.some((app) => app.part === part));
    await Promise.all(servers.map((part) => this.stopPart(part)));
    await this.watching;
    this.file.remove();
  }

  private async stopPart(part: Part): Promise<void> {
    await part.stop();
    this.terminal.of(part.name, 'stopped');
  }

  /** Starts Kafka and PostgreSQL in parallel, except one that the environment provides. */
  private async startServers(): Promise<Reach> {
    const { kafkaBrokers, kafkaPort, databaseUrl, postgresPort } = this.settings;
    const kafka = async (port: number) => {
      const log = this.logOf('kafka');
      const signal = this.stopping.signal;
      const say = (text: string) => this.terminal.of('kafka', text);
      const { launch, login } = await kafkaLauncher(this.folder, port, say, (line) => log.line(line), signal);
      say('starting');
      await this.startPart('kafka', launch, port);
      const brokers = `127.0.0.1:${port}`;
      say(`answers at ${brokers}`);
      return { brokers, managed: true, sasl: login };
    };
    const postgres = async (port: number) => {
      const log = this.logOf('postgres');
      const say = (text: string) => this.terminal.of('postgres', text);
      const { launch, url } = postgresLauncher(this.folder, port, (line) => log.line(line));
      say('starting');
      await this.startPart('postgres', launch, port);
      say(`answers at 127.0.0.1:${port}`);
      return url();
    };
    // Choose ports first, one after the other, so that two parts never get the same free port.
    const ports = {
      kafka: kafkaBrokers ? 0 : await this.ports.forServer('kafka', 'KAFKA_PORT', kafkaPort, 9092),
      postgres: databaseUrl ? 0 : await this.ports.forServer('postgres', 'POSTGRES_PORT', postgresPort, 5432),
    };
    // Wait for both even if one fails, so that none is left half-started.
    const [reached, url] = await Promise.allSettled([
      kafkaBrokers ? { brokers: kafkaBrokers, managed: false } : kafka(ports.kafka),
      databaseUrl ? requireDatabase(databaseUrl).then(() => databaseUrl) : postgres(ports.postgres),
    ]);
    if (reached.status === 'rejected') throw reached.reason;
    if (url.status === 'rejected') throw url.reason;
    this.save({ kafka: reached.value, database: { url: url.value, managed: !databaseUrl } });
    return { kafka: reached.value, databaseUrl: url.value };
  }

  private async provision(reach: Reach): Promise<void> {
    this.terminal.say('creating topics and tables where they are missing');
    const env = provisioningEnvironment(this.env, reach);
    const results = await Promise.allSettled(
      ['topics', 'migrate'].map(async (command) => {
        const log = this.logOf(command);
        const child = await Child.start({
          ...{ name: command, command: process.execPath, args: this.script('ops', command), env },
          tier: 'app',
          signal: this.stopping.signal,
          onLine: (line) => log.line(line),
        });
        const exit = await child.exited;
        if (exit.code !== 0) throw new CannotStart(`${command}: ${child.lastLines() || describeExit(exit)}`);
      }),
    );
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason;
  }

  private async startApp(description: AppDescription, reach: Reach): Promise<void> {
    const { name } = description;
    const port = this.ports.of(name);
    const webhookTokens = withSamples(this.settings.webhookTokens, this.system.samples);
    const settings = { ...this.settings, webhookTokens };
    const env = appEnvironment(description, port, this.env, settings, reach, this.watchOf());
    const log = this.logOf(name);
    const launch = async (signal: AbortSignal): Promise<Running> => {
      // The answer of another process on that port would look like this app's health.
      await requirePort(name, description.portSetting, port);
      return Child.start({
        ...{ name, command: process.execPath, args: this.script(name), env, signal },
        tier: 'app',
        // An app stops within 20 s.
        stopGraceMs: 25_000,
        onLine: (line, stream) => {
          log.line(line);
          const complaint = complaintOf(line, stream, { starting: this.system.state === 'starting' });
          if (complaint !== undefined && !this.stopping.signal.aborted)
            this.terminal.complaint(name, complaint);
        },
      });
    };
    const part = await this.startPart(name, launch, port, `http://127.0.0.1:${port}`);
    this.apps.push({ description, part, url: `http://127.0.0.1:${port}`, ready: false, readyPid: undefined });
  }

  private watchOf(): Watch {
    const url = (name: string): string => `http://127.0.0.1:${this.ports.of(name)}`;
    return {
      apps: APPS.map(({ name }) => `${name}=${url(name)}`).join(','),
      token: this.system.healthToken!,
      gatewayUrl: url('gateway'),
      idleWorkspaces: Object.keys(this.system.samples).join(','),
    };
  }

  private script(app: string, ...args: string[]): string[] {
    const file = join(this.root, 'dist', 'apps', app, 'src', 'main.js');
    return [file, ...args];
  }

  private async startPart(
    name: string,
    launch: (signal: AbortSignal) => Promise<Running>,
    port: number,
    url?: string,
  ): Promise<Part> {
    const part = new Part(name, launch, {
      started: (_, pid) => {
        this.savePart(part, { port, ...(url ? { url } : {}), pid, identity: identityOf(pid) ?? '' });
        // A server is ready when it was launched; the health of apps is polled (watch).
        if (url === undefined) {
          if (part.restarts > 0) this.terminal.of(name, 'answers again');
          part.healthy();
        }
      },
      down: (_, reason, pauseMs) => {
        this.savePart(part, { port, ...(url ? { url } : {}) });
        this.terminal.of(name, `${reason}; starting it again in ${pauseMs / 1000} s`);
        if (part.failures >= MOST_FAILED_STARTS) {
          const log = join(this.folder, 'logs', `${name}.log`);
          this.failed(new CannotStart(`${name} does not start; the end of ${log}:\n${part.lastLines()}`));
        }
      },
    });
    this.parts.push(part);
    await part.start();
    return part;
  }

  /** Polls every app's health: whether it is ready, and whether it may restart quickly. */
  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await Promise.all(this.apps.map((app) => this.look(app)));
      await pause(this.system.state === 'ready' ? 1_000 : 200, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(app: App): Promise<void> {
    const { pid } = app.part;
    const [live, ready] = await Promise.all([health(app.url, 'live'), health(app.url, 'ready')]);
    // An answer counts only if the same process ran during the whole request.
    const same = pid !== undefined && app.part.pid === pid;
    if (same && live.ok) app.part.healthy();
    if (same && ready.ok && app.readyPid !== pid)
      this.terminal.of(app.description.name, `ready at ${app.url}`);
    app.ready = same && ready.ok;
    if (app.ready) app.readyPid = pid;
  }

  private async allReady(): Promise<void> {
    const { signal } = this.stopping;
    let reminded = Date.now();
    for (;;) {
      signal.throwIfAborted();
      if (this.apps.every(({ ready }) => ready)) return;
      if (Date.now() - reminded >= REMINDER_MS) {
        reminded = Date.now();
        for (const { description, url, ready } of this.apps) {
          if (ready) continue;
          const answer = await health(url, 'ready');
          if (!answer.ok) this.terminal.of(description.name, `not ready yet: ${answer.because}`);
        }
      }
      await pause(100, undefined, { signal });
    }
  }

  private logOf(name: string): LogFile {
    let log = this.logs.get(name);
    if (log === undefined) {
      log = new LogFile(join(this.folder, 'logs', `${name}.log`));
      this.logs.set(name, log);
    }
    return log;
  }

  private savePart(part: Part, state: Omit<SystemFile['parts'][string], 'restarts'>): void {
    const parts = { ...this.system.parts, [part.name]: { ...state, restarts: part.restarts } };
    const url = state.url;
    this.save({
      parts,
      ...(part.name === 'gateway' && url ? { gateway: url } : {}),
      ...(part.name === 'read-api' && url ? { readApi: url } : {}),
    });
  }

  private save(change: Partial<SystemFile>): void {
    this.system = { ...this.system, ...change };
    this.file.save(this.system);
  }
}

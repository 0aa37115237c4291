import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KafkaLogin } from '@app/local';

import type { SampleTokens } from './samples';

export interface PartState {
  readonly pid?: number;
  /** Distinguishes the process from a later one with the same pid. */
  readonly identity?: string;
  readonly port?: number;
  readonly url?: string;
  readonly restarts: number;
}

/** The address of Kafka, with the login if it was started here. */
export interface ReachedKafka {
  readonly brokers: string;
  readonly managed: boolean;
  readonly sasl?: KafkaLogin;
}

/** The addresses and processes of a running system, for the demo, for tests, and for the start after a crash. */
export interface SystemFile {
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly supervisor: { readonly pid: number; readonly identity: string };
  readonly startedAt: string;
  readonly readyAt?: string;
  readonly kafka?: ReachedKafka;
  readonly database?: { readonly url: string; readonly managed: boolean };
  readonly gateway?: string;
  readonly readApi?: string;
  /** Tokens by workspace, and by scope (`scope@workspace`). */
  readonly tokens: {
    readonly webhook: Readonly<Record<string, string>>;
    readonly read: Readonly<Record<string, string>>;
  };
  /** The tokens of the workspaces for generated events. */
  readonly samples: SampleTokens;
  /** The token for the gateway's intake report. */
  readonly healthToken?: string;
  readonly parts: Readonly<Record<string, PartState>>;
}

const fileIn = (folder: string) => join(folder, 'system.json');

/** Readable by its owner only, because it contains tokens and passwords. */
export function writeSystemFile(folder: string, system: SystemFile): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.new`, `${JSON.stringify(system, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const RETRY_MS = 1_000;

/**
 * Keeps the file up to date. Writing never throws; if it fails (a full disk), the newest state is written as soon as
 * possible.
 */
export class SystemFileKeeper {
  private unsaved: SystemFile | undefined;
  private retry: NodeJS.Timeout | undefined;

  /** @param failed called with the reason once per series of failed writes */
  constructor(
    private readonly folder: string,
    private readonly failed: (reason: string) => void,
  ) {}

  save(system: SystemFile): void {
    const before = this.unsaved;
    this.unsaved = system;
    try {
      writeSystemFile(this.folder, system);
      this.unsaved = undefined;
      clearInterval(this.retry);
      this.retry = undefined;
    } catch (error) {
      if (before === undefined) this.failed((error as Error).message);
      this.retry ??= setInterval(() => this.unsaved && this.save(this.unsaved), RETRY_MS).unref();
    }
  }

  remove(): void {
    clearInterval(this.retry);
    this.unsaved = undefined;
    removeSystemFile(this.folder);
  }
}

/** Undefined if no running system is known. */
export function readSystemFile(folder: string): SystemFile | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(folder), 'utf8')) as SystemFile;
  } catch {
    return undefined;
  }
}

export const removeSystemFile = (folder: string): void => rmSync(fileIn(folder), { force: true });

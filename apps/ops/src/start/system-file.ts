import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PartState {
  readonly pid?: number;
  /** Tells its process from a later one with the same pid. */
  readonly identity?: string;
  readonly port?: number;
  readonly url?: string;
  readonly restarts: number;
}

/** Where everything of a running system is: for the demo, for tests, and for the start after a crash. */
export interface SystemFile {
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly supervisor: { readonly pid: number; readonly identity: string };
  readonly startedAt: string;
  readonly readyAt?: string;
  readonly kafka?: { readonly brokers: string; readonly managed: boolean };
  readonly database?: { readonly url: string; readonly managed: boolean };
  readonly gateway?: string;
  readonly readApi?: string;
  /** By workspace, and by scope (`scope@workspace`). */
  readonly tokens: {
    readonly webhook: Readonly<Record<string, string>>;
    readonly read: Readonly<Record<string, string>>;
  };
  readonly parts: Readonly<Record<string, PartState>>;
}

const fileIn = (folder: string) => join(folder, 'system.json');

/** Readable by its owner alone: it has tokens and the database's password. */
export function writeSystemFile(folder: string, system: SystemFile): void {
  const file = fileIn(folder);
  writeFileSync(`${file}.new`, `${JSON.stringify(system, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Undefined when nothing runs, as far as is known. */
export function readSystemFile(folder: string): SystemFile | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(folder), 'utf8')) as SystemFile;
  } catch {
    return undefined;
  }
}

export const removeSystemFile = (folder: string): void => rmSync(fileIn(folder), { force: true });

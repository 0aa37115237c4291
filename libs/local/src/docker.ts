import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether a Docker engine answers and has compose. */
export async function hasCompose(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  try {
    // A hanging engine counts as absent.
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { env, timeout: 10_000 });
    await run('docker', ['compose', 'version'], { env, timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

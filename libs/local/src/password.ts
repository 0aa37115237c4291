import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The password of the server with this folder: generated once, kept beside the data, and readable by its owner only. It is
 * needed because all users of the machine share loopback.
 */
export function passwordIn(folder: string): string {
  const file = join(folder, 'password');
  if (!existsSync(file)) {
    // Renamed into place, so that a full disk does not leave an empty password.
    writeFileSync(`${file}.new`, generatedPassword(), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  const password = readFileSync(file, 'utf8').trim();
  if (password === '') throw new Error(`${file} is empty: put the server's password into it, or delete it`);
  return password;
}

export const generatedPassword = (): string => randomBytes(18).toString('hex');

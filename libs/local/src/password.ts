import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The password of the server whose folder this is: generated once, kept beside the data, readable by the starter
 * alone. Loopback is shared by every user of the machine.
 */
export function passwordIn(folder: string): string {
  const file = join(folder, 'password');
  if (!existsSync(file)) {
    // Moved into place: a full disk must not leave an empty password behind.
    writeFileSync(`${file}.new`, generatedPassword(), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  const password = readFileSync(file, 'utf8').trim();
  if (password === '') throw new Error(`${file} is empty: put the server's password into it, or delete it`);
  return password;
}

export const generatedPassword = (): string => randomBytes(18).toString('hex');

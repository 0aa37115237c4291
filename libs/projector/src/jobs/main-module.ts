import { fileURLToPath } from 'node:url';

/** The app's own entry: run again in a thread, it knows the same projections. */
export function mainModule(): string {
  const { filename } = require.main ?? {};
  return filename ?? fileURLToPath(`file://${process.argv[1]}`);
}

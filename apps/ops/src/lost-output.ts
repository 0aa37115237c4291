/**
 * Output that nobody can take any more (`| head` has read enough, the disk of a file is full) is lost, and the command
 * goes on: a backup or an erasure ends as it would have, and a running system does not stop.
 */
export function tolerateLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

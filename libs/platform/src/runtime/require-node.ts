const OLDEST = 24;

/** The message to a user whose Node is too old; null if it is new enough. */
export function nodeComplaint(version: string): string | null {
  const major = Number(version.split('.')[0]);
  if (major >= OLDEST) return null;
  return `This app needs Node ${OLDEST} or newer, but was started with ${version}. Start it with an npm script: Node ${OLDEST} is among the installed packages and comes first on its PATH.`;
}

const complaint = nodeComplaint(process.versions.node);
if (complaint !== null) {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}

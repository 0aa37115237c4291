/**
 * kafkajs computes a negative delay for a timer that it does not need (RequestQueue, when nothing is pending).
 * Node runs such a timer at once, as intended, but warns about it on standard error from version 24 on.
 */
export function muteNegativeTimeouts(): void {
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    const [warning, type] = args;
    const name = warning instanceof Error ? warning.name : typeof type === 'string' ? type : undefined;
    if (name !== 'TimeoutNegativeWarning') emitWarning(...args);
  };
}

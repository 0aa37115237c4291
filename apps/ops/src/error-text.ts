/** An error as a person at a terminal needs it: its message; with DEBUG set, where it came from, too. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env['DEBUG'] && error.stack) return error.stack;
  // Node gives none to an error that is made of several.
  const parts = error instanceof AggregateError ? error.errors.map(errorText) : [];
  return error.message || parts.join('; ') || error.name;
}

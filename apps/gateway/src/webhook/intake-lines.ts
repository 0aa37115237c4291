import type { Acceptable, Rejected } from '@app/catalog';
import { type Logger, Sparingly } from '@app/platform';

/** A log line has only the first problems of an event; the record has all of them. */
const PROBLEMS_NAMED = 5;

/** Log lines about rejected events, with position and reason but never their content. */
export class IntakeLines {
  private readonly lines: Sparingly;

  constructor(logger: Logger) {
    this.lines = new Sparingly(logger);
  }

  setAside(
    workspace: string,
    { id, name, outcome, problems = [] }: Acceptable,
    position: string,
    traceId?: string,
  ): void {
    const event = { workspace, eventId: id, position, ...(traceId !== undefined && { traceId }) };
    if (outcome === 'quarantined') {
      const named = problems.slice(0, PROBLEMS_NAMED);
      this.lines.write('warn', { ...event, eventName: name, problems: named }, 'an event was quarantined');
    } else this.lines.write('info', event, 'an event was not recognized');
  }

  refused(workspace: string, { status, title, problems }: Rejected, traceId?: string): void {
    const paths = problems.slice(0, PROBLEMS_NAMED).map(({ path }) => path);
    const fields = { workspace, status, reason: title, paths, ...(traceId !== undefined && { traceId }) };
    this.lines.write('warn', fields, 'a delivery was refused');
  }
}

import type { Acceptable, Rejected } from '@app/catalog';
import { type Logger, Sparingly } from '@app/platform';

/** Of the problems of an event a line names the first few; the record has all of them. */
const PROBLEMS_NAMED = 5;

/** Lines about events that are not taken as they should be: where they are, and why. Never what they hold. */
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

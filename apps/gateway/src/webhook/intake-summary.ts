import type { IntakeReport, Metrics, RefusedGroup, Tokens, WebhookGrant } from '@app/platform';

/** Groups of refused requests that are kept; the one whose last is the oldest goes first. */
const MOST_GROUPS = 100;
/** Statuses of refusals that a metric shows from the start. */
const REFUSALS = [400, 401, 413, 415, 422] as const;

/**
 * What this process took and refused since it started, in memory and bounded. It is no state of the system: a
 * restart begins again, and whoever shows it says since when it counts.
 */
export class IntakeSummary {
  private readonly since: number;
  private readonly lastAt = new Map<string, number>();
  private readonly groups = new Map<string, RefusedGroup>();
  private readonly refusals;

  constructor(
    metrics: Metrics,
    private readonly tokens: Pick<Tokens<WebhookGrant>, 'lists'>,
    private readonly clock: () => number = Date.now,
  ) {
    this.since = clock();
    this.refusals = metrics.counter({
      name: 'gateway_refused_requests_total',
      help: 'Webhook requests, and elements of batches, that were refused, by the status of the answer.',
      labelNames: ['status'],
    });
    for (const status of REFUSALS) this.refusals.inc({ status }, 0);
    const newest = (): number => Math.max(0, ...this.lastAt.values());
    metrics.gauge({
      name: 'gateway_last_event_timestamp_seconds',
      help: 'When this process last took an event, in seconds since 1970; 0 when it has taken none.',
      collect() {
        this.set(newest() / 1_000);
      },
    });
  }

  arrived(workspace: string): void {
    this.lastAt.set(workspace, this.clock());
  }

  /**
   * @param workspace null: the request had no valid token
   * @param detail in the words of the answer, which quote nothing of the request
   */
  refused(workspace: string | null, status: number, detail: string): void {
    this.refusals.inc({ status });
    // Sizes and places differ from request to request, and the reason is the same.
    const key = JSON.stringify([workspace, status, detail.replace(/\d+/g, '#')]);
    const now = this.clock();
    const known = this.groups.get(key);
    this.groups.delete(key);
    const { count, firstAt } = known ?? { count: 0, firstAt: now };
    this.groups.set(key, { workspace, status, reason: detail, count: count + 1, firstAt, lastAt: now });
    if (this.groups.size > MOST_GROUPS) this.groups.delete(this.groups.keys().next().value!);
  }

  report(): IntakeReport {
    const known = this.tokens.lists.flatMap(({ entries }) => entries.map(({ grant }) => grant.workspace));
    const workspaces = [...new Set([...known, ...this.lastAt.keys()])].sort();
    return {
      since: this.since,
      workspaces: workspaces.map((workspace) => ({
        workspace,
        lastAt: this.lastAt.get(workspace) ?? null,
      })),
      refused: [...this.groups.values()].reverse(),
    };
  }
}

import type { IntakeReport, Metrics, RefusedGroup, Tokens, WebhookGrant } from '@app/platform';

/** The number of groups of refused requests to keep; the least recent group is dropped first. */
const MOST_GROUPS = 100;
/** Statuses that the metric exports from the start. */
const REFUSALS = [400, 401, 413, 415, 422] as const;

/**
 * The requests that this process accepted and refused since it started, in bounded memory. A restart begins again, so
 * the summary has its start time.
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
   * @param workspace null if the request had no valid token
   * @param detail the text of the response, which quotes nothing from the request
   */
  refused(workspace: string | null, status: number, detail: string): void {
    this.refusals.inc({ status });
    // Group by reason: sizes and offsets differ from request to request.
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

import { askReadiness, instancesOf, type AppPlace } from './ask-apps';
import type {
  AppFacts,
  ArrivalFacts,
  ProjectionFacts,
  RejectedFacts,
  SystemFacts,
  TopicSettingFacts,
} from './facts';
import { askIntake, mergeReports, type IntakeReport } from './intake-report';
import { judge, type Judgement } from './judge';

/** The sources of facts. The facts of a source that throws are not known. */
export interface HealthSources {
  projections(): Promise<readonly ProjectionFacts[]>;
  /** When the newest event of each workspace arrived, as far as the end of the log shows. */
  newest(): Promise<{ readonly bySender: ReadonlyMap<string, number>; readonly isEmpty: boolean }>;
  /** The number of events by workspace, some days ago, in a period as long as the time since `from`. */
  before(
    from: number,
    now: number,
  ): Promise<{ readonly days: number; readonly bySender: ReadonlyMap<string, number> } | null>;
  /** The time of each workspace's newest event in the read models; null if there was one at an unknown time. */
  lastEvents(): Promise<ReadonlyMap<string, number | null>>;
  rejected(workspace: string | null): Promise<RejectedFacts>;
  /** null if not compared yet. */
  topics(): readonly TopicSettingFacts[] | null;
  readonly places: readonly AppPlace[] | undefined;
  readonly token: string | undefined;
  /** Workspaces that are not expected to send anything. */
  readonly idle: readonly string[];
}

export interface Overview {
  readonly facts: SystemFacts;
  readonly judgement: Judgement;
}

interface Shared {
  readonly now: number;
  readonly projections: readonly ProjectionFacts[] | null;
  readonly apps: readonly AppFacts[] | null;
  readonly report: IntakeReport | null;
  readonly log: { readonly bySender: ReadonlyMap<string, number>; readonly isEmpty: boolean } | null;
  /** null if not requested or not answered. */
  readonly lastEvents: ReadonlyMap<string, number | null> | null;
}

type Usual = ArrivalFacts['usual'];

const FRESH_MS = 2_000;
const USUAL_FRESH_MS = 5 * 60_000;
const SILENCE_MS = 15 * 60_000;
/** The most silent workspaces whose usual traffic is read. Each costs a read of the log every five minutes. */
const MOST_LOOKED_UP = 20;

/** Collects facts about the system and judges them. Requests within two seconds share a result. */
export class SystemHealth {
  private last: { readonly at: number; readonly shared: Promise<Shared> } | null = null;
  private usual = new Map<string, { readonly at: number; readonly lastAt: number; readonly usual: Usual }>();

  constructor(
    private readonly sources: HealthSources,
    private readonly clock: () => number = Date.now,
  ) {}

  /** @param workspace the only one that the caller may see; null for all */
  async overview(workspace: string | null): Promise<Overview> {
    const now = this.clock();
    if (!this.last || now - this.last.at >= FRESH_MS) this.last = { at: now, shared: this.gather(now) };
    const shared = await this.last.shared;
    const { report } = shared;
    const facts: SystemFacts = {
      now: shared.now,
      projections: shared.projections,
      apps: shared.apps,
      arrivals: await this.arrivals(shared, workspace),
      refusals: report && {
        since: report.since,
        groups: report.refused.filter((group) => workspace === null || group.workspace === workspace),
        withoutWorkspace: workspace === null,
      },
      rejected: await known(this.sources.rejected(workspace)),
      topics: this.sources.topics(),
    };
    return { facts, judgement: judge(facts) };
  }

  private async gather(now: number): Promise<Shared> {
    const { places } = this.sources;
    const [projections, log, asked] = await Promise.all([
      known(this.sources.projections()),
      known(this.sources.newest()),
      places === undefined ? null : this.askApps(places),
    ]);
    const report = asked?.report ?? null;
    const unseen = log?.isEmpty !== true && report?.workspaces.some((each) => isUnseen(each, log));
    const lastEvents = unseen ? await known(this.sources.lastEvents()) : null;
    return { now, projections, log, apps: asked?.apps ?? null, report, lastEvents };
  }

  private async askApps(places: readonly AppPlace[]) {
    const instances = await instancesOf(places);
    const { token } = this.sources;
    const gateways = instances.filter(({ name }) => name === 'gateway');
    const [apps, reports] = await Promise.all([
      Promise.all(instances.map(askReadiness)),
      Promise.all(token === undefined ? [] : gateways.map((gateway) => askIntake(gateway, token))),
    ]);
    const told = reports.filter((report) => report !== null);
    return { apps, report: told.length === 0 ? null : mergeReports(told) };
  }

  private async arrivals(shared: Shared, only: string | null): Promise<readonly ArrivalFacts[] | null> {
    const { now, report, log } = shared;
    if (log === null && report === null) return null;
    const configured = report && new Map(report.workspaces.map((each) => [each.workspace, each.lastAt]));
    const all = new Set([...(configured?.keys() ?? []), ...(log?.bySender.keys() ?? [])]);
    const workspaces = only === null ? [...all].sort() : [only];
    const facts: ArrivalFacts[] = [];
    for (const workspace of workspaces) {
      const seen = [configured?.get(workspace), log?.bySender.get(workspace)].filter((at) => at != null);
      const lastAt = seen.length > 0 ? Math.max(...seen) : this.lastOf(workspace, shared);
      const isIdle = this.sources.idle.includes(workspace);
      if (isIdle && lastAt == null) continue;
      // A workspace without a token is not expected to send anything.
      const isExpected = !isIdle && (configured === null || configured.has(workspace));
      const isSilent = isExpected && lastAt != null && now - lastAt >= SILENCE_MS;
      if (!isSilent) this.usual.delete(workspace);
      const usual = isSilent ? await this.usualOf(workspace, lastAt, now) : null;
      facts.push({ workspace, lastAt, usual });
    }
    return facts;
  }

  /** When the last event of a workspace arrived that neither a gateway nor the end of the log knows. */
  private lastOf(workspace: string, { now, log, lastEvents }: Shared): number | null | undefined {
    if (log?.isEmpty) return null;
    if (lastEvents === null) return undefined;
    const time = lastEvents.get(workspace);
    // While Kafka does not answer, an event may be in the log but in no read model yet.
    if (time === undefined) return log === null ? undefined : null;
    return time === null ? undefined : Math.min(now, time);
  }

  private async usualOf(workspace: string, lastAt: number, now: number): Promise<Usual> {
    const kept = this.usual.get(workspace);
    if (kept && kept.lastAt === lastAt && now - kept.at < USUAL_FRESH_MS) return kept.usual;
    if (!kept && this.usual.size >= MOST_LOOKED_UP) return null;
    const found = await known(this.sources.before(lastAt, now));
    const usual = found && { days: found.days, events: found.bySender.get(workspace) ?? 0 };
    this.usual.set(workspace, { at: now, lastAt, usual });
    return usual;
  }
}

const isUnseen = ({ workspace, lastAt }: IntakeReport['workspaces'][number], log: Shared['log']): boolean =>
  lastAt === null && !log?.bySender.has(workspace);

async function known<T>(source: Promise<T>): Promise<T | null> {
  try {
    return await source;
  } catch {
    return null;
  }
}

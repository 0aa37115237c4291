import type {
  AppFacts,
  ArrivalFacts,
  ProjectionFacts,
  RejectedFacts,
  SystemFacts,
  TopicSettingFacts,
} from './facts';
import { plural, spoken, verdictOf } from './words';

/** `unknown`: nothing is known to be wrong, but not everything is known. */
export const HEALTH_STATUSES = ['healthy', 'unhealthy', 'unknown'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

export const HEALTH_PARTS = [
  'apps',
  'arrivals',
  'refusals',
  'projections',
  'rejected',
  'verification',
  'topics',
] as const;
export type HealthPartName = (typeof HEALTH_PARTS)[number];

/** `trouble`: something does not work. `attention`: somebody has to decide or to check. */
export const FINDING_LEVELS = ['trouble', 'attention'] as const;
export type FindingLevel = (typeof FINDING_LEVELS)[number];

export interface Finding {
  readonly level: FindingLevel;
  /** The app, projection or workspace; null for the whole system. */
  readonly about: string | null;
  /** What was found, and what to do. */
  readonly message: string;
  /** Epoch milliseconds. */
  readonly since: number | null;
}

export interface HealthPart {
  readonly name: HealthPartName;
  readonly status: HealthStatus;
  readonly findings: readonly Finding[];
  /** What is not known, and why not. */
  readonly unknown: readonly string[];
}

export interface Judgement {
  readonly status: HealthStatus;
  readonly parts: readonly HealthPart[];
}

/** More lag than a restart or a rebalance of partitions explains. */
const MUCH_LAG_SECONDS = 30;
/** A shorter silence is never unusual. */
const SHORTEST_SILENCE_MS = 15 * 60_000;
/** A Poisson process with this many events per period has none in one of 500 million periods. */
const EXPECTED_EVENTS = 20;
/** How long refused requests are reported after the last one; and until something is accepted. */
const REFUSALS_MATTER_MS = 3_600_000;

/**
 * Whether the system is healthy. Everything that reports health (the API, the console, `ops status`, readiness,
 * metrics, and the alerts on these) reports this judgement.
 */
export function judge(facts: SystemFacts): Judgement {
  const parts = [
    judgeApps(facts.apps),
    judgeArrivals(facts.arrivals, facts.now),
    judgeRefusals(facts),
    judgeProjections(facts.projections),
    judgeRejected(facts.rejected),
    judgeVerification(facts.projections),
    judgeTopics(facts.topics),
  ];
  return { status: statusOf(parts), parts };
}

/** Unhealthy outranks unknown, which outranks healthy. */
function statusOf(parts: readonly { readonly status: HealthStatus }[]): HealthStatus {
  if (parts.some(({ status }) => status === 'unhealthy')) return 'unhealthy';
  return parts.some(({ status }) => status === 'unknown') ? 'unknown' : 'healthy';
}

function part(name: HealthPartName, findings: readonly Finding[], unknown: readonly string[]): HealthPart {
  const status = findings.length > 0 ? 'unhealthy' : unknown.length > 0 ? 'unknown' : 'healthy';
  return { name, status, findings, unknown };
}

const finding = (
  level: FindingLevel,
  about: string | null,
  message: string,
  since: number | null = null,
): Finding => ({ level, about, message, since });

const NO_DATABASE = 'The database does not answer, so the state of the read models is not known.';

function judgeApps(apps: readonly AppFacts[] | null): HealthPart {
  if (apps === null)
    return part('apps', [], ['Whether the apps run is not known, because HEALTH_APPS does not name them.']);
  const away = apps.flatMap(({ name, address, state, reason }) => {
    if (state === 'ready') return [];
    const why = reason === null ? '' : ` (${reason})`;
    const message =
      state === 'silent'
        ? `${name} at ${address} does not answer${why}. Its log and its process state say why; restart it if it hangs.`
        : `${name} at ${address} is not ready${why}.`;
    return [finding('trouble', name, message)];
  });
  // The same note of several processes is one finding.
  const noted = Map.groupBy(
    apps.flatMap(({ name, notes }) => notes.map((each) => ({ name, ...each }))),
    ({ note }) => note,
  );
  const notes = [...noted].map(([note, by]) => {
    const names = [...new Set(by.map(({ name }) => name))].join(', ');
    return finding('attention', null, `${names}: ${note}`);
  });
  return part('apps', [...away, ...notes], []);
}

function judgeArrivals(arrivals: readonly ArrivalFacts[] | null, now: number): HealthPart {
  if (arrivals === null)
    return part('arrivals', [], ['When the last event arrived is not known, because Kafka does not answer.']);
  if (arrivals.length === 0)
    return part('arrivals', [finding('attention', null, `No event has arrived yet. ${CONNECT}`)], []);
  const findings: Finding[] = [];
  const unknown: string[] = [];
  for (const { workspace, lastAt, usual } of arrivals) {
    if (lastAt === undefined) unknown.push(`When workspace ${workspace} last sent an event is not known.`);
    else if (lastAt === null)
      findings.push(
        finding('attention', workspace, `Workspace ${workspace} has never sent an event. ${CONNECT}`),
      );
    else if (now - lastAt >= SHORTEST_SILENCE_MS && usual !== null && usual.events >= EXPECTED_EVENTS) {
      const before = usual.days === 1 ? 'a day' : `${usual.days} days`;
      const message =
        `Nothing arrived from workspace ${workspace} for ${spoken(now - lastAt)}; ` +
        `in the same period ${before} earlier, at least ${usual.events} events arrived. ` +
        'Check that Jimo’s webhook is switched on and calls the gateway.';
      findings.push(finding('trouble', workspace, message, lastAt));
    }
  }
  return part('arrivals', findings, unknown);
}

const CONNECT = 'Point Jimo’s webhook at the gateway.';

function judgeRefusals({ refusals, arrivals, now }: SystemFacts): HealthPart {
  if (refusals === null)
    return part(
      'refusals',
      [],
      ['Whether requests are refused is not known, because no gateway reports it.'],
    );
  const lastOf = (workspace: string | null): number =>
    Math.max(
      0,
      ...(arrivals ?? [])
        .filter((each) => workspace === null || each.workspace === workspace)
        .map(({ lastAt }) => lastAt ?? 0),
    );
  const findings = refusals.groups
    .filter(({ workspace, lastAt }) => now - lastAt < REFUSALS_MATTER_MS || lastAt > lastOf(workspace))
    .map(({ workspace, status, reason, count, firstAt }) => {
      const whose = workspace === null ? 'without a valid token' : `of workspace ${workspace}`;
      return finding(
        'attention',
        workspace,
        `The gateway refused ${plural(count, 'request')} ${whose} with ${status}: ${reason}`,
        firstAt,
      );
    });
  return part(
    'refusals',
    findings,
    refusals.withoutWorkspace
      ? []
      : [
          'Requests without a valid token belong to no workspace, so only tokens for all workspaces see them.',
        ],
  );
}

function judgeProjections(projections: readonly ProjectionFacts[] | null): HealthPart {
  if (projections === null) return part('projections', [], [NO_DATABASE]);
  if (projections.length === 0)
    return part(
      'projections',
      [finding('attention', null, 'No read model has been built yet. Start a projector.')],
      [],
    );
  const unknown: string[] = [];
  const findings = projections.flatMap((projection) => {
    const found = judgeProjection(projection);
    if (found.length === 0 && projection.lagSeconds === null)
      unknown.push(`${projection.name}: its lag is not known, because Kafka does not answer.`);
    return found;
  });
  return part('projections', findings, unknown);
}

function judgeProjection(projection: ProjectionFacts): Finding[] {
  const { name, lag, lagSeconds, deadLetters } = projection;
  if (projection.activeGeneration === null)
    return [finding('attention', name, `${name} has not been built yet. Its projector will build it.`)];
  if (projection.trouble !== null) return [finding('trouble', name, `${name}: ${projection.trouble}`)];
  const findings: Finding[] = [];
  if (!projection.accountsAddUp)
    findings.push(
      finding(
        'trouble',
        name,
        `${name}: its offset ledger is incomplete. Verify the projection, and report the result.`,
      ),
    );
  if (deadLetters > 0)
    findings.push(
      finding(
        'attention',
        name,
        `${name}: ${plural(deadLetters, 'dead letter')} ${deadLetters === 1 ? 'waits' : 'wait'} to be replayed or discarded.`,
      ),
    );
  if (projection.paused)
    findings.push(
      finding('attention', name, `${name} is paused: ${projection.pausedReason ?? 'no reason was given'}`),
    );
  else if (lagSeconds !== null && lagSeconds > MUCH_LAG_SECONDS)
    findings.push(
      finding(
        'trouble',
        name,
        `${name} is ${spoken(lagSeconds * 1_000)} behind, with ${plural(lag ?? 0, 'record')} to apply. Its data is out of date by that much.`,
      ),
    );
  return findings;
}

function judgeRejected(rejected: RejectedFacts | null): HealthPart {
  if (rejected === null)
    return part(
      'rejected',
      [],
      ['How many rejected events wait is not known, because the database does not answer.'],
    );
  const of = (kind: 'quarantine' | 'unrecognized', which: string, where: string): Finding[] => {
    const number = rejected[kind];
    if (number === 0) return [];
    const many = number >= rejected.atLeast ? `${rejected.atLeast} or more events` : plural(number, 'event');
    return [
      finding(
        'attention',
        kind,
        `${many} ${which} ${number === 1 ? 'waits' : 'wait'} ${where}. Replay or discard ${number === 1 ? 'it' : 'them'}.`,
      ),
    ];
  };
  return part(
    'rejected',
    [
      ...of('quarantine', 'that failed validation', 'in the quarantine'),
      ...of('unrecognized', 'with an unknown name', 'among the unrecognized events'),
    ],
    [],
  );
}

/** A verification counts only for the generation that it compared. */
function judgeVerification(projections: readonly ProjectionFacts[] | null): HealthPart {
  if (projections === null) return part('verification', [], [NO_DATABASE]);
  const findings: Finding[] = [];
  const unknown: string[] = [];
  for (const { name, activeGeneration, verification } of projections) {
    if (activeGeneration === null) continue;
    switch (verdictOf(verification, activeGeneration)) {
      case 'clean':
        break;
      case 'differs':
        findings.push(
          finding('trouble', name, `${name} differs from the log. Rebuild it, and report the differences.`),
        );
        break;
      case 'running':
        unknown.push(`${name}: generation ${activeGeneration} is being compared with the log.`);
        break;
      case 'failed':
        unknown.push(`${name}: the last verification failed. Verify it again.`);
        break;
      case 'indeterminate':
        unknown.push(
          `${name}: the last verification was indeterminate. Let the projection catch up, and verify it again.`,
        );
        break;
      case 'none':
        unknown.push(`${name}: generation ${activeGeneration} has not been verified yet.`);
        break;
    }
  }
  return part('verification', findings, unknown);
}

function judgeTopics(topics: readonly TopicSettingFacts[] | null): HealthPart {
  if (topics === null)
    return part(
      'topics',
      [],
      ['Whether the topics keep all records is not known: their settings have not been compared yet.'],
    );
  return part(
    'topics',
    topics.map(({ topic, setting, found, wanted }) =>
      finding(
        'trouble',
        topic,
        `topic ${topic}: ${setting} is ${found}, must be ${wanted}. The log may lose records (docs/runbooks.md, "A topic's settings changed").`,
      ),
    ),
    [],
  );
}

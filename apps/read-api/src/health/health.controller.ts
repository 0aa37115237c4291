import type { Overview } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { ReadController } from '../common/http/read-controller';
import { HealthWatch } from './health-watch';
import { SystemHealthDto } from './health.dto';

@ReadController('v1/health', 'operations')
export class SystemHealthController {
  constructor(private readonly watch: HealthWatch) {}

  @Get()
  @ApiOperation({
    operationId: 'getHealth',
    summary: 'Whether the system is healthy, and why not',
    description:
      'One judgement of apps, arriving events, refused requests, projections, rejected events and verifications. The console, `ops status`, metrics and alerts report the same. Apps and projections are of all workspaces together.',
  })
  @ApiOkResponse({ type: SystemHealthDto })
  async get(@WorkspaceScope() workspace: string | null): Promise<SystemHealthDto> {
    return show(await this.watch.overview(workspace), this.watch.webhookUrl);
  }
}

const iso = (time: number): string => new Date(time).toISOString();
const isoOrNull = (time: number | null | undefined): string | null => (time == null ? null : iso(time));

function show({ facts, judgement }: Overview, webhookUrl: string | null): SystemHealthDto {
  const { apps, arrivals, refusals } = facts;
  return {
    status: judgement.status,
    checkedAt: iso(facts.now),
    parts: judgement.parts.map((part) => ({
      ...part,
      findings: part.findings.map((each) => ({ ...each, since: isoOrNull(each.since) })),
    })),
    apps: apps && [...apps],
    workspaces:
      arrivals &&
      arrivals.map(({ workspace, lastAt }) => ({
        workspace,
        lastEventAt: isoOrNull(lastAt),
        everReceived: lastAt === undefined ? null : lastAt !== null,
      })),
    refusals: refusals && {
      since: iso(refusals.since),
      groups: refusals.groups.map(({ firstAt, lastAt, ...group }) => ({
        ...group,
        firstAt: iso(firstAt),
        lastAt: iso(lastAt),
      })),
    },
    webhookUrl,
  };
}

import { IsArray, IsInt, IsOptional, IsString, Min, ValidateNested, validateSync } from 'class-validator';
import { plainToInstance, Type } from 'class-transformer';
import type { Instance } from './ask-apps';
import { askJson } from './ask-apps';
import type { RefusedGroup } from './facts';

/** The path where a gateway reports accepted and refused requests, to holders of `HEALTH_TOKEN`. */
const INTAKE_REPORT_PATH = '/health/intake';

/** A time by the gateway's clock, in epoch milliseconds. */
class WorkspaceReport {
  @IsString() workspace!: string;
  @IsOptional() @IsInt() lastAt!: number | null;
}

class RefusedReport implements RefusedGroup {
  @IsOptional() @IsString() workspace!: string | null;
  @IsInt() status!: number;
  @IsString() reason!: string;
  @IsInt() @Min(1) count!: number;
  @IsInt() firstAt!: number;
  @IsInt() lastAt!: number;
}

/** What one process of the gateway has accepted and refused since its start. */
export class IntakeReport {
  @IsInt() since!: number;

  /** Every workspace that has a token, with the last event that this process accepted for it. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => WorkspaceReport)
  workspaces!: readonly WorkspaceReport[];

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RefusedReport)
  refused!: readonly RefusedReport[];
}

/** Reads the report of a gateway's process. @returns null when it gives none */
export async function askIntake({ origin }: Instance, token: string): Promise<IntakeReport | null> {
  const body = await askJson(origin, INTAKE_REPORT_PATH, token);
  if (body === null || typeof body !== 'object') return null;
  const report = plainToInstance(IntakeReport, body);
  return validateSync(report).length === 0 ? report : null;
}

/** Combines the reports of several processes. */
export function mergeReports(reports: readonly IntakeReport[]): IntakeReport {
  const workspaces = new Map<string, number | null>();
  const refused = new Map<string, RefusedGroup>();
  for (const report of reports) {
    for (const { workspace, lastAt } of report.workspaces) {
      const known = workspaces.get(workspace) ?? null;
      workspaces.set(workspace, known === null || (lastAt !== null && lastAt > known) ? lastAt : known);
    }
    for (const group of report.refused) {
      const key = JSON.stringify([group.workspace, group.status, group.reason]);
      const known = refused.get(key);
      refused.set(key, known === undefined ? group : added(known, group));
    }
  }
  return {
    since: Math.max(...reports.map(({ since }) => since)),
    workspaces: [...workspaces].map(([workspace, lastAt]) => ({ workspace, lastAt })),
    refused: [...refused.values()].sort((a, b) => b.lastAt - a.lastAt),
  };
}

function added(a: RefusedGroup, b: RefusedGroup): RefusedGroup {
  return {
    ...a,
    count: a.count + b.count,
    firstAt: Math.min(a.firstAt, b.firstAt),
    lastAt: Math.max(a.lastAt, b.lastAt),
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@app/local';
import { parse } from 'yaml';

const FOLDER = join(projectRoot(), 'deploy', 'observability');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** A file of the observability folder, parsed. */
export function observabilityFile<T>(...path: readonly string[]): T {
  return parse(readFileSync(join(FOLDER, ...path), 'utf8')) as T;
}

export function alertRules(): readonly AlertRule[] {
  const { groups } = observabilityFile<{ groups: readonly { rules: readonly AlertRule[] }[] }>(
    'rules',
    'alerts.yml',
  );
  return groups.flatMap(({ rules }) => rules);
}

export function dashboardPanels(): readonly Panel[] {
  return observabilityFile<{ panels: readonly Panel[] }>('grafana', 'dashboards', 'jimo-webhooks.json')
    .panels;
}

/** Every expression of dashboard and alerts, and where it stands. */
export function expressions(): readonly { readonly where: string; readonly expr: string }[] {
  return [
    ...alertRules().map(({ alert, expr }) => ({ where: `alert ${alert}`, expr })),
    ...dashboardPanels().flatMap(({ title, targets }) =>
      (targets ?? []).map(({ expr }) => ({ where: `panel "${title}"`, expr })),
    ),
  ];
}

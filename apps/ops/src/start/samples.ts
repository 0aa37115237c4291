import { randomBytes } from 'node:crypto';

import { tokensByGrant } from './start-settings';

/** The workspaces for generated events; `npm run demo` and `npm run figures` write into no others. */
export const SAMPLE_WORKSPACES = ['demo', 'bench'] as const;
export type SampleWorkspace = (typeof SAMPLE_WORKSPACES)[number];

/** The tokens of the sample workspaces. A workspace that the operator uses is excluded. */
export type SampleTokens = Readonly<Partial<Record<SampleWorkspace, string>>>;

/** Created at each start, and stored only in system.json. */
export function sampleTokens(webhookTokens = ''): SampleTokens {
  const own = tokensByGrant(webhookTokens);
  return Object.fromEntries(
    SAMPLE_WORKSPACES.filter((workspace) => !(workspace in own)).map((workspace) => [
      workspace,
      randomBytes(24).toString('base64url'),
    ]),
  );
}

/** The gateway's `JIMO_WEBHOOK_TOKENS`: the operator's and those of the samples. */
export function withSamples(webhookTokens: string | undefined, samples: SampleTokens): string {
  const entries = Object.entries(samples).map(([workspace, token]) => `${workspace}:${token}`);
  return [...(webhookTokens ? [webhookTokens] : []), ...entries].join(',');
}

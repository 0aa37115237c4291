import { randomBytes } from 'node:crypto';

import { tokensByGrant } from './start-settings';

/** Workspaces for what nobody really did: `npm run demo` and `npm run figures` write into no other. */
export const SAMPLE_WORKSPACES = ['demo', 'bench'] as const;
export type SampleWorkspace = (typeof SAMPLE_WORKSPACES)[number];

/** The tokens of the sample workspaces, by workspace. One of the operator's own is not used for samples. */
export type SampleTokens = Readonly<Partial<Record<SampleWorkspace, string>>>;

/** New ones at each start: they are in system.json alone, and nobody has to know them. */
export function sampleTokens(webhookTokens = ''): SampleTokens {
  const own = tokensByGrant(webhookTokens);
  return Object.fromEntries(
    SAMPLE_WORKSPACES.filter((workspace) => !(workspace in own)).map((workspace) => [
      workspace,
      randomBytes(24).toString('base64url'),
    ]),
  );
}

/** `JIMO_WEBHOOK_TOKENS` of the gateway: the operator's own, and those. */
export function withSamples(webhookTokens: string | undefined, samples: SampleTokens): string {
  const entries = Object.entries(samples).map(([workspace, token]) => `${workspace}:${token}`);
  return [...(webhookTokens ? [webhookTokens] : []), ...entries].join(',');
}

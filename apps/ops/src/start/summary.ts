import { join, relative } from 'node:path';

import { CLIENT_FILES } from '@app/local';

import { shownToken } from './start-settings';
import type { SystemFile } from './system-file';

/** A database URL without its password. */
export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password !== '') parsed.password = '***';
    return parsed.href;
  } catch {
    return '(set by DATABASE_URL)';
  }
}

/** A placeholder for tokens that are not the well-known development tokens. */
export const OWN_WEBHOOK_TOKEN = '<your webhook token>';
export const OWN_READ_TOKEN = '<your read token>';

type Row = readonly [name: string, text: string];

/** The summary printed when everything is ready: console and tokens first, then all other addresses. */
export function summary(system: SystemFile, folder: string, tookMs: number): string {
  const { gateway, readApi, tokens } = system;
  const webhookToken = shownToken(Object.values(tokens.webhook)[0], OWN_WEBHOOK_TOKEN);
  const readToken = shownToken(tokens.read['read'] ?? Object.values(tokens.read)[0], OWN_READ_TOKEN);
  return [
    '',
    `Ready after ${(tookMs / 1000).toFixed(1)} s. Ctrl-C stops it; the data stays.`,
    '',
    ...table([
      ['Console', `${readApi}`],
      ['Sign in with', signIn(tokens.read)],
      ["Jimo's webhook URL", `${gateway}/webhooks/jimo?token=${webhookToken}`],
    ]),
    '',
    ...table([...tokenRows(tokens), ...placeRows(system, folder)]),
    '',
    'A first event, and what is known of its jimer then:',
    '',
    `  position=$(curl -s '${gateway}/webhooks/jimo' -H 'authorization: Bearer ${webhookToken}' -H 'content-type: application/json' \\`,
    `    -d '${JSON.stringify(firstEvent())}' | sed 's/.*"position":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s '${readApi}/v1/jimers/${JIMER}/journey' -H 'authorization: Bearer ${readToken}' -H "Read-After: $position"`,
    '',
    'A generated month of events, in a workspace of its own: npm run demo',
    '',
  ].join('\n');
}

function table(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

/** The token with the widest scope, for the console. */
function signIn(read: SystemFile['tokens']['read']): string {
  const grants = Object.keys(read);
  const best = ['admin', 'triage', 'read'].flatMap((scope) =>
    grants.filter((grant) => grant.split('@')[0] === scope).sort(),
  )[0];
  if (best === undefined) return 'a token whose hash is in the file of READ_API_TOKENS_FILE';
  return shownToken(read[best], `your token of ${best}, from READ_API_TOKENS`);
}

/** One of each workspace, and one of each scope: those that all know as they are, one's own by where they are. */
function tokenRows({ webhook, read }: SystemFile['tokens']): Row[] {
  const own = (setting: string) => `your own, from ${setting}`;
  return [
    ...Object.entries(webhook).map(([workspace, token]): Row => [
      'webhook token',
      `${shownToken(token, own('JIMO_WEBHOOK_TOKENS'))}   (workspace ${workspace})`,
    ]),
    ...Object.entries(read).map(([grant, token]): Row => {
      const [scope, workspace] = grant.split('@');
      const where = workspace === undefined ? 'every workspace' : `workspace ${workspace}`;
      return [`${scope} token`, `${shownToken(token, own('READ_API_TOKENS'))}   (${where})`];
    }),
  ];
}

function placeRows({ gateway, readApi, kafka, database, parts }: SystemFile, folder: string): Row[] {
  const files = Object.values(CLIENT_FILES).map((name) => shown(join(folder, 'kafka', name)));
  return [
    ['gateway', `${gateway}/webhooks/jimo   (and /webhooks/jimo/batch)`],
    ['read API', `${readApi}/v1   (documentation: ${readApi}/docs)`],
    ...Object.entries(parts)
      .filter(([name, { url }]) => name.endsWith('-projector') && url)
      .map(([name, { url }]): Row => [name, `${url}/health/ready`]),
    [
      'Kafka',
      `${kafka?.brokers ?? ''}${kafka?.sasl ? `   (clients log in with ${files.join(' or ')})` : ''}`,
    ],
    [
      'PostgreSQL',
      database?.managed
        ? `${withoutPassword(database.url)}   (password: ${shown(join(folder, 'postgres', 'password'))})`
        : withoutPassword(database?.url ?? ''),
    ],
    ['data, logs', `${shown(folder)}, ${shown(join(folder, 'logs'))}`],
  ];
}

/** A path relative to the working directory. */
function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near || '.';
}

const JIMER = '3f2b6c1e-8a54-4d0e-9a37-5f1c2d7e9b10';

function firstEvent(): object {
  return {
    event: 'tour.started',
    version: '0',
    time: Math.floor(Date.now() / 1000),
    experience: {
      uid: 'b7d9e0f2-1c34-4e56-8f78-90a1b2c3d4e5',
      title: 'Welcome',
      type: 'TOUR',
      isDraft: false,
    },
    jimer: { uid: JIMER, username: 'Ada', email: 'ada@example.com' },
  };
}

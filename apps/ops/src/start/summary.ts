import { join } from 'node:path';

import { shownToken } from './start-settings';
import type { SystemFile } from './system-file';

/** A database URL as people may see it: without its password. */
export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    if (parsed.password !== '') parsed.password = '***';
    return parsed.href;
  } catch {
    return '(set by DATABASE_URL)';
  }
}

/** In place of tokens that are somebody's own. */
export const OWN_WEBHOOK_TOKEN = '<your webhook token>';
export const OWN_READ_TOKEN = '<your read token>';

/** What is printed when everything is ready. */
export function summary(system: SystemFile, folder: string, tookMs: number): string {
  const { gateway, readApi, kafka, database, tokens, parts } = system;
  const [workspace, webhook] = Object.entries(tokens.webhook)[0] ?? [];
  const webhookToken = shownToken(webhook, OWN_WEBHOOK_TOKEN);
  const readToken = shownToken(tokens.read['read'] ?? Object.values(tokens.read)[0], OWN_READ_TOKEN);
  const rows: [string, string][] = [
    ['gateway', `${gateway}/webhooks/jimo   (and /webhooks/jimo/batch)`],
    ['read API', `${readApi}/v1   (documentation: ${readApi}/docs)`],
    ...Object.entries(parts)
      .filter(([name, { url }]) => name.endsWith('-projector') && url)
      .map(([name, { url }]): [string, string] => [name, `${url}/health/ready`]),
    ['Kafka', kafka?.brokers ?? ''],
    [
      'PostgreSQL',
      database?.managed
        ? `${withoutPassword(database.url)}   (password: ${join(folder, 'postgres', 'password')})`
        : withoutPassword(database?.url ?? ''),
    ],
    ['data, logs', `${folder}, ${join(folder, 'logs')}`],
    [`webhook token`, workspace === undefined ? webhookToken : `${webhookToken}   (workspace ${workspace})`],
    ...Object.entries(tokens.read).map(([scope, token]): [string, string] => [
      `${scope} token`,
      shownToken(token, OWN_READ_TOKEN),
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    `Ready after ${(tookMs / 1000).toFixed(1)} s. Ctrl-C stops it; the data stays.`,
    '',
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
    '',
    'A first event, and what is known of its jimer then:',
    '',
    `  curl -s '${gateway}/webhooks/jimo' -H 'authorization: Bearer ${webhookToken}' -H 'content-type: application/json' \\`,
    `    -d '${JSON.stringify(firstEvent())}'`,
    `  curl -s '${readApi}/v1/jimers/${JIMER}/journey' -H 'authorization: Bearer ${readToken}'`,
    '',
    'A generated day of events: npm run demo',
    '',
  ].join('\n');
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

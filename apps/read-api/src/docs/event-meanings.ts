import { CATALOG } from '@app/catalog';

/** Source of the client's table of events, which has no dependency on the catalogue: it runs in browsers. */
export function eventMeaningsText(): string {
  const lines = Object.values(CATALOG).map(({ name, means }) => `  '${name}': '${means}',`);
  return [
    '/** What each event means, whatever its family. Written by `npm run openapi`. */',
    'export const EVENT_MEANINGS = {',
    ...lines,
    '} as const;',
    '',
  ].join('\n');
}

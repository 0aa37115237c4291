import { writeFileSync } from 'node:fs';
import { openApiText } from './docs';
import { eventMeaningsText } from './event-meanings';
import { unconnectedApp } from './unconnected';

/** Writes `apps/read-api/openapi.json` and the client's table of events; run from the project's root. */
void unconnectedApp().then((app) => {
  writeFileSync('apps/read-api/openapi.json', openApiText(app));
  writeFileSync('libs/client/src/event-meanings.ts', eventMeaningsText());
  process.exit(0);
});

import { writeFileSync } from 'node:fs';
import { openApiText } from './docs';
import { unconnectedApp } from './unconnected';

/** Writes `apps/read-api/openapi.json` anew; run from the project's root. */
void unconnectedApp().then((app) => {
  writeFileSync('apps/read-api/openapi.json', openApiText(app));
  process.exit(0);
});

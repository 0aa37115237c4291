import { writeFileSync } from 'node:fs';
import { generatedFiles, unconnectedApp } from './generated-files';

/** `npm run openapi`, from the project's root. */
void unconnectedApp().then((app) => {
  for (const [path, text] of Object.entries(generatedFiles(app))) writeFileSync(path, text);
  process.exit(0);
});

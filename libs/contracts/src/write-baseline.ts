import { writeFileSync } from 'node:fs';
import { BASELINE_FILE, baselineText } from './contract';

/** Makes the contract of now the one that later changes are held to: a part of a release. */
writeFileSync(BASELINE_FILE, baselineText(process.cwd()));

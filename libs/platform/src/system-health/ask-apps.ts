import { lookup } from 'node:dns/promises';
import type { AppFacts, AppNote } from './facts';

/** Where an app's processes answer: each address of the URL's host is one process. */
export interface AppPlace {
  readonly name: string;
  readonly url: URL;
}

const PATIENCE_MS = 3_000;

/** One process of an app, and its response to a request. */
export interface Instance {
  readonly name: string;
  readonly address: string;
  readonly origin: string;
}

/** The processes of the apps. A host that cannot be resolved counts as one process, which will not answer. */
export async function instancesOf(places: readonly AppPlace[]): Promise<Instance[]> {
  const found = await Promise.all(
    places.map(async ({ name, url }) => {
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const port = url.port === '' ? '80' : url.port;
      const addresses = await lookup(host, { all: true }).catch(() => []);
      // A process that listens on IPv4 and IPv6 counts once.
      const family = addresses.some((each) => each.family === 4) ? 4 : 6;
      const own = addresses.filter((each) => each.family === family).map(({ address }) => address);
      const named = own.length === 0 ? [host] : [...new Set(own)];
      return named.map((address) => {
        const at = `${address.includes(':') ? `[${address}]` : address}:${port}`;
        return { name, address: at, origin: `http://${at}` };
      });
    }),
  );
  return found.flat();
}

/** Asks a process whether it is ready, and waits for at most three seconds. */
export async function askReadiness({ name, address, origin }: Instance): Promise<AppFacts> {
  try {
    const response = await fetch(`${origin}/health/ready`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const checks = checksIn(await response.text());
    const state = response.ok ? 'ready' : 'not-ready';
    const reason = response.ok ? null : (reasonIn(checks) ?? `it answers ${response.status}`);
    return { name, address, state, reason, notes: notesIn(checks) };
  } catch (error) {
    return { name, address, state: 'silent', reason: whyNot(error), notes: [] };
  }
}

/** Requests JSON from a process with a bearer token. @returns null when it gives none */
export async function askJson(origin: string, path: string, token: string): Promise<unknown> {
  try {
    const response = await fetch(`${origin}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

type Checks = Readonly<Record<string, { ok?: unknown; reason?: unknown; note?: unknown }>>;

/** Checks that are judged elsewhere: the read API's check of this judgement, and each app's check of the topics. */
const JUDGED = ['system', 'topics'];

function checksIn(text: string): Checks {
  try {
    return (JSON.parse(text) as { checks?: Checks }).checks ?? {};
  } catch {
    return {};
  }
}

function reasonIn(checks: Checks): string | null {
  const failed = Object.entries(checks).filter(([, { ok }]) => ok !== true);
  if (failed.length === 0) return null;
  return failed
    .map(([name, { reason }]) => `${name}: ${typeof reason === 'string' ? reason : 'not ready'}`)
    .join('; ');
}

const notesIn = (checks: Checks): AppNote[] =>
  Object.entries(checks).flatMap(([check, { note }]) =>
    typeof note === 'string' && !JUDGED.includes(check) ? [{ check, note }] : [],
  );

function whyNot(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${PATIENCE_MS / 1_000} s`;
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'the connection failed';
}

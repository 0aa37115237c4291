import { Injectable } from '@nestjs/common';

export type CheckResult =
  { readonly ok: true; readonly note?: string } | { readonly ok: false; readonly reason: string };
/** A check must be fast: one that takes over two seconds counts as failed. */
type ReadinessCheck = () => CheckResult | Promise<CheckResult>;

export const READY: CheckResult = { ok: true };
export const notReady = (reason: string): CheckResult => ({ ok: false, reason });

export interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

const PATIENCE_MS = 2_000;

/** The conditions for this process to get work. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, ReadinessCheck>();
  private stopping = false;
  private looking: Promise<Readiness> | null = null;

  /** Adds a check, or replaces the one with this name. */
  register(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** Makes the process not ready for good, whatever the checks say. */
  stop(): void {
    this.stopping = true;
  }

  /** Concurrent probes share one result, so that any number of them costs no more than one. */
  readiness(): Promise<Readiness> {
    return (this.looking ??= this.look().finally(() => (this.looking = null)));
  }

  private async look(): Promise<Readiness> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await resultOf(check)] as const),
    );
    if (this.stopping) results.push(['shutdown', notReady('shutting down')]);
    return { ready: results.every(([, result]) => result.ok), checks: Object.fromEntries(results) };
  }
}

async function resultOf(check: ReadinessCheck): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve(notReady(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch (error) {
    return notReady(error instanceof Error ? error.message : 'check failed');
  } finally {
    clearTimeout(timer);
  }
}

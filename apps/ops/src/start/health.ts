export type Health = { readonly ok: true } | { readonly ok: false; readonly because: string };

/** Requests an app's health endpoint. Any failure counts as "not ready". */
export async function health(url: string, which: 'live' | 'ready'): Promise<Health> {
  try {
    const response = await fetch(`${url}/health/${which}`, { signal: AbortSignal.timeout(2_000) });
    const body = await response.text();
    return response.ok ? { ok: true } : { ok: false, because: `${response.status} ${body.slice(0, 300)}` };
  } catch (error) {
    const { message, cause } = error as Error;
    return { ok: false, because: cause instanceof Error ? cause.message || message : message };
  }
}

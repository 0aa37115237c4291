import { ownName } from '../api/root';

/**
 * The token is kept for this tab (other tabs of the browser ask it: `shared-session.ts`), or for this device when its
 * owner said so. It is never in a URL, a log or a cookie (a cookie would be sent by requests that others cause).
 */
const KEY = ownName('jimo-webhooks-token');

export function storedToken(): string | null {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);
}

export function storeToken(token: string, onThisDevice: boolean): void {
  forgetToken();
  (onThisDevice ? localStorage : sessionStorage).setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
  localStorage.removeItem(KEY);
}

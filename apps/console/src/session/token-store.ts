import { ownName } from '../api/root';

/**
 * The token is stored for this tab (other tabs ask it: `shared-session.ts`), or for this device if the user chose so. It is
 * never in a URL, a log or a cookie, which cross-site requests would send.
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

/**
 * Where the token is kept: for this tab, or for this device when its owner said so. Never in a URL, a log or a cookie
 * (a cookie would be sent by requests that others cause).
 */
const KEY = 'jimo-webhooks-token';

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

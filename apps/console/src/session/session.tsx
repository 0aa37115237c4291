import type { components } from '@app/client';
import { answered, ReadApiProblem } from '@app/client';
import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { apiOf, type Api } from '../api/client';
import { ANSWER_MS, SessionChannel } from './shared-session';
import { forgetToken, storedToken, storeToken } from './token-store';
import { SignIn } from './sign-in';

/** The API's objects by name. */
export type Schemas = components['schemas'];
export type { Api };
export type Access = Schemas['AccessDto'];
export type Scope = Access['scope'];

/** In ascending order; each scope includes the one before. */
const SCOPES: readonly Scope[] = ['read', 'triage', 'admin'];

interface Session {
  readonly api: Api;
  /** For the stream, which does not go through `api`. */
  readonly token: string;
  readonly access: Access;
  /** Whether the token includes this scope. */
  readonly can: (scope: Scope) => boolean;
  readonly signOut: () => void;
}

type State =
  /** Asking whether another window of this browser is signed in. */
  | { readonly is: 'asking' }
  | { readonly is: 'checking'; readonly token: string }
  | { readonly is: 'signed-out'; readonly reason: string | null }
  | { readonly is: 'unreachable'; readonly token: string; readonly reason: string }
  | { readonly is: 'signed-in'; readonly token: string; readonly access: Access };

interface Gate {
  readonly state: State;
  readonly signIn: (token: string, onThisDevice: boolean) => Promise<void>;
  readonly signOut: (reason?: string) => void;
  readonly retry: () => void;
}

const GateContext = createContext<Gate | null>(null);
const SessionContext = createContext<Session | null>(null);

const REFUSED = 'This token is invalid or has been revoked. Ask your operator for one of READ_API_TOKENS.';

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<State>(() => {
    const token = storedToken();
    return token === null ? { is: 'asking' } : { is: 'checking', token };
  });
  const channel = useRef<SessionChannel | null>(null);

  const signOut = useCallback(
    (reason?: string) => {
      forgetToken();
      queries.clear();
      setState({ is: 'signed-out', reason: reason ?? null });
    },
    [queries],
  );

  // A link opened in a new tab gets the session of the tab that it was opened from.
  const adopt = useEffectEvent((token: string) => {
    if (state.is !== 'asking' && state.is !== 'signed-out') return;
    storeToken(token, false);
    setState({ is: 'checking', token });
  });
  const leave = useEffectEvent((token: string) => {
    if ('token' in state && state.token === token) signOut();
  });
  const current = useEffectEvent(() => (state.is === 'signed-in' ? state.token : null));
  const askOthers = useEffectEvent(() => state.is === 'asking' && channel.current?.ask());
  useEffect(() => {
    const opened = new SessionChannel({ onToken: adopt, onSignedOut: leave, token: current });
    channel.current = opened;
    askOthers();
    return () => opened.close();
  }, []);
  useEffect(() => {
    if (state.is !== 'asking') return;
    const timer = setTimeout(() => setState({ is: 'signed-out', reason: null }), ANSWER_MS);
    return () => clearTimeout(timer);
  }, [state]);

  useEffect(() => {
    if (state.is !== 'checking') return;
    let over = false;
    const { token } = state;
    answered(apiOf(token).GET('v1/access')).then(
      (access) => !over && setState({ is: 'signed-in', token, access }),
      (error: unknown) => {
        if (over) return;
        if (error instanceof ReadApiProblem && error.status === 401) signOut(REFUSED);
        else setState({ is: 'unreachable', token, reason: messageOf(error) });
      },
    );
    return () => {
      over = true;
    };
  }, [state, signOut]);

  // A 401 for any request means that the token was revoked meanwhile.
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated' || event.action.type !== 'error') return;
        const error: unknown = event.action.error;
        if (error instanceof ReadApiProblem && error.status === 401) signOut(REFUSED);
      }),
    [queries, signOut],
  );

  const gate = useMemo<Gate>(
    () => ({
      state,
      signOut(reason) {
        if ('token' in state) channel.current?.signedOut(state.token);
        signOut(reason);
      },
      retry: () => setState((old) => (old.is === 'unreachable' ? { is: 'checking', token: old.token } : old)),
      async signIn(token, onThisDevice) {
        const access = await answered(apiOf(token).GET('v1/access')).catch((error: unknown) => {
          if (error instanceof ReadApiProblem && error.status === 401) throw new Error(REFUSED);
          throw error;
        });
        storeToken(token, onThisDevice);
        channel.current?.signedIn(token);
        setState({ is: 'signed-in', token, access });
      },
    }),
    [state, signOut],
  );
  return <GateContext value={gate}>{children}</GateContext>;
}

/** Renders its children in a session, or the sign-in page without one. */
export function SignedIn({ children }: { children: ReactNode }) {
  const { state, signIn, signOut, retry } = use(GateContext)!;
  const session = useMemo<Session | null>(() => {
    if (state.is !== 'signed-in') return null;
    const { token, access } = state;
    return {
      api: apiOf(token),
      token,
      access,
      can: (scope) => SCOPES.indexOf(access.scope) >= SCOPES.indexOf(scope),
      signOut: () => signOut(),
    };
  }, [state, signOut]);
  if (session) return <SessionContext value={session}>{children}</SessionContext>;
  return (
    <SignIn
      checking={state.is === 'checking' || state.is === 'asking'}
      reason={state.is === 'signed-out' || state.is === 'unreachable' ? state.reason : null}
      retry={state.is === 'unreachable' ? retry : null}
      signIn={signIn}
    />
  );
}

/** The session and its API client. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession outside SignedIn');
  return session;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

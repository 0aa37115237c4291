import { ReadApiProblem } from '@app/client';
import { QueryClient } from '@tanstack/react-query';

/** Retries only failures that may pass: a refusal stays a refusal. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof ReadApiProblem) || error.status === 429 || error.status >= 500;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // The API may be on this machine, so being offline is no reason not to try.
      networkMode: 'always',
      retry: (count, error) => count < 2 && mayPass(error),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5_000),
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

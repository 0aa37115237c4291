import { ReadApiProblem } from '@app/client';
import { QueryClient } from '@tanstack/react-query';

/** What the API refused stays refused; what it could not do just now is asked for again. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof ReadApiProblem) || error.status === 429 || error.status >= 500;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Whether there is a network says nothing about an API on this machine: requests are made and may fail.
      networkMode: 'always',
      retry: (count, error) => count < 2 && mayPass(error),
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5_000),
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

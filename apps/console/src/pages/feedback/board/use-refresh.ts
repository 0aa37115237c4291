import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { BOARD_KEY } from '../queries';

/** The board reloads at most this often, however many changes arrive. */
const LEAST_PAUSE_MS = 1_000;

/**
 * Reloads the board, one reload at a time; requests that arrive during a reload cause one more. `onRead` is called when a
 * reload begins, and what it returns when the reload has ended.
 */
export function useRefresh(onRead: () => () => void): () => void {
  const queries = useQueryClient();
  const state = useRef<'idle' | 'reading' | 'again'>('idle');
  return useCallback(() => {
    if (state.current !== 'idle') {
      state.current = 'again';
      return;
    }
    const read = async (): Promise<void> => {
      state.current = 'reading';
      const done = onRead();
      await Promise.all([
        queries.refetchQueries({ queryKey: BOARD_KEY, type: 'active' }).then(done),
        new Promise((resolve) => setTimeout(resolve, LEAST_PAUSE_MS)),
      ]);
      if ((state.current as string) === 'again') return read();
      state.current = 'idle';
    };
    void read();
  }, [queries, onRead]);
}

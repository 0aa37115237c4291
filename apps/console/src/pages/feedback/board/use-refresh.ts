import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { BOARD_KEY } from '../queries';

/** Under many changes the board is read at most this often. */
const LEAST_PAUSE_MS = 1_000;

/**
 * Reads the board anew: one reading at a time, however often it is asked for; the one that is asked for meanwhile
 * follows. `onRead` is told of each reading when it begins, and answers what to do when it has ended.
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

import { answered, readAfter } from '@app/client';
import { useState } from 'react';
import { useSession, type Schemas } from '../../session/session';
import { count, counted } from '../../shared/numbers';
import { useWorkspace } from '../../shared/use-query-state';
import type { RejectedKind } from '../../shared/rejected-kinds';
import type { useRejectedFilter } from './rejected-groups';
import { useAction } from './use-action';

/** The events to decide: some ids, or all open ones that match the filter. */
export type Which =
  { readonly ids: string[] } | ({ readonly all: true } & ReturnType<typeof useRejectedFilter>);

interface Answer<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Replays and discards; `done` counts the events decided so far. */
export function useDecisions(kind: RejectedKind) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const [done, setDone] = useState<number | null>(null);

  /** Repeats the request with the cursor: the API decides a bounded number of events at a time. */
  const inSteps = async <T>(
    which: Which,
    ask: (body: Which & { cursor?: string }) => Promise<Answer<T>>,
  ): Promise<T[]> => {
    const items: T[] = [];
    try {
      for (let cursor: string | null | undefined; cursor !== null;) {
        const answer: Answer<T> = await ask({ ...which, ...(cursor !== undefined && { cursor }) });
        items.push(...answer.items);
        cursor = answer.nextCursor;
        if ('all' in which) setDone(items.length);
      }
    } finally {
      setDone(null);
    }
    return items;
  };
  /** Waits until the list shows the decisions. */
  const readable = (items: readonly { readonly position: string | null }[]) =>
    answered(
      api.GET(`v1/${kind}`, {
        params: {
          query: { limit: 1, ...ofWorkspace },
          header: readAfter(...items.slice(-100).map(({ position }) => position)),
        },
      }),
    );
  const params = { query: ofWorkspace };
  const replay = useAction(async (which: Which) => {
    const items = await inSteps(which, (body) => answered(api.POST(`v1/${kind}/replay`, { params, body })));
    const refused = items.filter(({ outcome }) => outcome === 'refused');
    const [first] = refused;
    if (first)
      throw new Error(
        `${count(refused.length)} of ${counted(items.length, 'event')} still rejected: ${problemsOf(first)}`,
      );
  }, 'Accepted. The read models will show them in a moment.');
  const discard = useAction(
    ({ which, reason }: { which: Which; reason: string }) =>
      inSteps(which, (body) =>
        answered(api.POST(`v1/${kind}/discard`, { params, body: { ...body, reason } })),
      ).then(readable),
    'Discarded.',
  );
  return { replay, discard, busy: replay.isPending || discard.isPending, done };
}

const problemsOf = ({ problems }: Schemas['ReplayOutcomeDto']): string =>
  problems.map(({ path, message }) => `${path} ${message}`).join('; ');

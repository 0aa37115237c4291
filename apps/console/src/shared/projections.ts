import { answered } from '@app/client';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../session/session';
import { counted } from './numbers';
import type { SetAsideKind } from './waiting';

export type Projection = Schemas['ProjectionDto'];
export type Job = Schemas['JobDto'];

export const isUnderWay = (job: Job | null): boolean => job?.state === 'queued' || job?.state === 'running';

const CALM_MS = 5_000;
const BUSY_MS = 1_000;

/** How every projection stands; asked for more often while something is done to one. */
export function useProjections() {
  const { api } = useSession();
  return useQuery({
    queryKey: ['projections'],
    queryFn: async ({ signal }) => (await answered(api.GET('v1/projections', { signal }))).items,
    refetchInterval: ({ state }) =>
      state.data?.some(({ rebuild, verification }) => isUnderWay(rebuild) || isUnderWay(verification))
        ? BUSY_MS
        : CALM_MS,
  });
}

const VERDICTS = ['clean', 'differs', 'indeterminate'] as const;

/** What a comparison with the log came to; null without one. */
export function verdictOf(verification: Job): (typeof VERDICTS)[number] | null {
  return VERDICTS.find((verdict) => verdict === verification.outcome?.['outcome']) ?? null;
}

/** When the projection that was compared longest ago was; null unless all of them were, and are clean. */
export function lastVerified(projections: readonly Projection[]): string | null {
  const times = projections.map(({ verification }) =>
    verification?.state === 'succeeded' && verdictOf(verification) === 'clean'
      ? verification.finishedAt
      : null,
  );
  const known = times.filter((time) => time !== null);
  return known.length === 0 || known.length < times.length ? null : known.toSorted()[0]!;
}

function troubleOf(projection: Projection): string | null {
  if (projection.trouble) return projection.trouble;
  if (projection.state === 'stopped') return 'it has stopped. The log of its projector says why.';
  if (!projection.accountsAddUp) return 'its accounts do not add up. Verify it, and report what is found.';
  if (projection.verification?.state === 'succeeded' && verdictOf(projection.verification) === 'differs')
    return 'it is not what the log says. Rebuild it, and report what was found.';
  return null;
}

export interface InAWord {
  readonly kind: 'well' | 'behind' | 'attention' | 'trouble';
  readonly title: string;
  readonly lines: readonly string[];
}

/** Records that a projection may be behind without anybody minding: some tenths of a second. */
const MUCH_LAG = 10_000;

const WAITING: Readonly<Record<SetAsideKind, string>> = {
  quarantine: 'Events of a known kind came with a payload that is not valid: they wait in the quarantine.',
  unrecognized: 'Events came with a name that is not known here: they wait among the unrecognized.',
};

/**
 * The worst of what there is to say about the projections.
 *
 * @param waiting of which events the gateway could not place there are some to be decided about
 */
export function inAWord(projections: readonly Projection[], waiting: readonly SetAsideKind[] = []): InAWord {
  if (projections.length === 0) {
    return {
      kind: 'attention',
      title: 'Nothing has been built yet',
      lines: ['Start a projector: it makes its tables and reads the log from the beginning.'],
    };
  }
  const troubled = projections.flatMap((projection) => {
    const trouble = troubleOf(projection);
    return trouble === null ? [] : [`${projection.name}: ${trouble}`];
  });
  if (troubled.length > 0) return { kind: 'trouble', title: 'Something needs you', lines: troubled };

  const letters = projections.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
  if (letters > 0) {
    const waits = letters === 1 ? 'waits' : 'wait';
    return {
      kind: 'attention',
      title: 'Some events could not be applied',
      lines: [`${counted(letters, 'dead letter')} ${waits} to be replayed or discarded.`],
    };
  }
  if (waiting.length > 0) {
    return {
      kind: 'attention',
      title: 'Some events were set aside',
      lines: waiting.map((kind) => WAITING[kind]),
    };
  }
  const behind = projections.filter(({ lag, paused }) => !paused && lag !== null && lag > MUCH_LAG);
  if (behind.length > 0) {
    return {
      kind: 'behind',
      title: 'Catching up',
      lines: behind.map(
        ({ name, lag }) => `${name}: ${counted(lag!, 'record')} to go; what you see is older by as much.`,
      ),
    };
  }
  const paused = projections.filter((projection) => projection.paused);
  if (paused.length > 0) {
    return {
      kind: 'behind',
      title: 'Paused',
      lines: paused.map(({ name, pausedReason }) => `${name}: ${pausedReason ?? 'no reason was given'}`),
    };
  }
  return {
    kind: 'well',
    title: 'All is well',
    lines: ['Every event of the log is where it belongs, and every offset is accounted for.'],
  };
}

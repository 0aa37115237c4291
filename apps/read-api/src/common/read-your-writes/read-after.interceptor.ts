import { formatPosition, partitionKey, type LogPosition } from '@app/engine';
import { badParameter, Problem } from '@app/platform';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import type { GrantedRequest } from '../../access/access';
import type { Ends } from '../kafka/log-ends';
import { Permits } from '../shares/shares';
import type { Awaited, CheckpointWatch } from './checkpoint-watch';
import { parsePositions, READ_AFTER, READ_PROJECTIONS } from './positions';

/** How long a request waits for its positions. */
const PATIENCE_MS = 5_000;

/** After so long it is asked whether the log holds the positions at all. Projections are quicker as a rule. */
const DOUBTFUL_MS = 100;

/** What may wait at once: one unit is a partition of a projection that a request waits for. */
const MOST_WAITS = 10_000;

/**
 * How far behind the end of the log, as it was known a moment ago, a position may be that is waited for. No log grows by
 * as much before its end is asked for again.
 */
const FAR_BEYOND = 100_000;

export interface TopicReader {
  readonly name: string;
  readonly topics: readonly string[];
}

/** How far the logs reach; null while that is not known. */
export interface KnownEnds {
  of(topics: readonly string[]): Promise<Ends | null>;
}

const RETRY_SECONDS = 1;

/** `Read-After`: lets a request wait until the projections that it reads have passed the given positions. */
export class ReadAfterInterceptor implements NestInterceptor {
  private readonly topicsOf: ReadonlyMap<string, readonly string[]>;
  private readonly topics: readonly string[];
  private readonly waits: Permits;

  constructor(
    private readonly watch: CheckpointWatch,
    private readonly ends: KnownEnds,
    projections: readonly TopicReader[],
    private readonly reflector: Reflector,
    mostWaits = MOST_WAITS,
  ) {
    this.topicsOf = new Map(projections.map(({ name, topics }) => [name, topics]));
    this.topics = [...new Set(projections.flatMap(({ topics }) => topics))];
    this.waits = new Permits('waits for Read-After', { all: mostWaits }, RETRY_SECONDS);
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { headers, token } = context.switchToHttp().getRequest<FastifyRequest & GrantedRequest>();
    const header = headers[READ_AFTER];
    if (header !== undefined) await this.wait(header, this.readBy(context), token?.tokenKey ?? '');
    return next.handle();
  }

  private readBy(context: ExecutionContext): readonly string[] {
    const places = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<readonly string[] | undefined>(READ_PROJECTIONS, places) ?? [];
  }

  private async wait(
    header: string | readonly string[],
    projections: readonly string[],
    tokenKey: string,
  ): Promise<void> {
    const positions = furthestOf(parsePositions(header));
    const awaited = projections.flatMap((projection): Awaited[] => {
      const topics = this.topicsOf.get(projection);
      if (!topics) throw new Error(`a handler reads ${projection}, which is no projection`);
      return positions
        .filter(({ topic }) => topics.includes(topic))
        .map((position) => ({ ...position, projection }));
    });
    if (awaited.length === 0) return;
    const leave = this.waits.take(tokenKey, awaited.length);
    const refused = new AbortController();
    const doubts = setTimeout(() => void this.refuseFarBeyond(awaited, refused), DOUBTFUL_MS);
    try {
      if (await this.watch.passed(awaited, PATIENCE_MS, refused.signal)) return;
    } finally {
      clearTimeout(doubts);
      leave();
    }
    throw new Problem(504, {
      detail: `Not all projections that are read here passed the positions of Read-After within ${PATIENCE_MS / 1_000} s.`,
    });
  }

  /** What no log holds, and none will hold soon, is not waited for. Where the log does not answer, it is. */
  private async refuseFarBeyond(awaited: readonly Awaited[], refused: AbortController): Promise<void> {
    const ends = await this.ends.of(this.topics);
    const beyond = ends && awaited.find((position) => isFarBeyond(position, ends));
    if (beyond)
      refused.abort(
        badParameter('Read-After', `names ${formatPosition(beyond)}, which is far beyond the end of the log`),
      );
  }
}

/** A projection that has passed the last of several positions in a partition has passed them all. */
function furthestOf(positions: readonly LogPosition[]): LogPosition[] {
  const furthest = new Map<string, LogPosition>();
  for (const position of positions) {
    const key = partitionKey(position);
    if (position.offset >= (furthest.get(key)?.offset ?? 0)) furthest.set(key, position);
  }
  return [...furthest.values()];
}

function isFarBeyond({ topic, partition, offset }: LogPosition, ends: Ends): boolean {
  const partitions = ends.get(topic);
  // A topic that is made anew, say: not known to be beyond.
  if (!partitions || partitions.size === 0) return false;
  return offset >= (partitions.get(partition)?.high ?? -FAR_BEYOND) + FAR_BEYOND;
}

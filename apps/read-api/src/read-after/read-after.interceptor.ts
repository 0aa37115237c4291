import { parsePositions, Problem, READ_AFTER, READ_PROJECTIONS } from '@app/platform';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import type { Awaited, CheckpointWatch } from './checkpoint-watch';

export interface TopicReader {
  readonly name: string;
  readonly topics: readonly string[];
}

const PATIENCE_MS = 5_000;

/** `Read-After`: lets a request wait until the projections that it reads have passed the given positions. */
export class ReadAfterInterceptor implements NestInterceptor {
  private readonly topicsOf: ReadonlyMap<string, readonly string[]>;

  constructor(
    private readonly watch: CheckpointWatch,
    projections: readonly TopicReader[],
    private readonly reflector: Reflector,
  ) {
    this.topicsOf = new Map(projections.map(({ name, topics }) => [name, topics]));
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers[READ_AFTER];
    if (header !== undefined) await this.wait(header, this.readBy(context));
    return next.handle();
  }

  private readBy(context: ExecutionContext): readonly string[] {
    const places = [context.getHandler(), context.getClass()];
    return this.reflector.getAllAndOverride<readonly string[] | undefined>(READ_PROJECTIONS, places) ?? [];
  }

  private async wait(header: string | readonly string[], projections: readonly string[]): Promise<void> {
    const positions = parsePositions(header);
    const awaited = projections.flatMap((projection): Awaited[] => {
      const topics = this.topicsOf.get(projection);
      if (!topics) throw new Error(`a handler reads ${projection}, which is no projection`);
      return positions
        .filter(({ topic }) => topics.includes(topic))
        .map((position) => ({ ...position, projection }));
    });
    if (await this.watch.passed(awaited, PATIENCE_MS)) return;
    throw new Problem(504, {
      detail: `Not all projections that are read here passed the positions of Read-After within ${PATIENCE_MS / 1_000} s.`,
    });
  }
}

import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { createKafka } from '@app/engine-kafka';
import { Health, LOGGER, Metrics, type Logger, type Tracing } from '@app/platform';
import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { BatchController } from './batch.controller';
import type { ProjectorDuties } from './duties';
import { ProjectorRuntime } from './projector.runtime';
import type { ProjectorSettings } from './projector.settings';

export interface ProjectorApp {
  /** Name of the app, and its consumer group. */
  readonly name: string;
  readonly projections: readonly Projection<CatalogEvent>[];
  readonly settings: ProjectorSettings;
  readonly duties: ProjectorDuties;
  readonly tracing: Tracing | null;
  readonly onFatal: (error: Error) => void;
}

@Module({})
export class ProjectorModule implements OnApplicationShutdown {
  constructor(private readonly runtime: ProjectorRuntime) {}

  static of(app: ProjectorApp): DynamicModule {
    return {
      module: ProjectorModule,
      controllers: [BatchController],
      providers: [
        {
          provide: ProjectorRuntime,
          inject: [Health, Metrics, LOGGER],
          useFactory: (health: Health, metrics: Metrics, logger: Logger) =>
            new ProjectorRuntime({
              name: app.name,
              projections: app.projections,
              databaseUrl: app.settings.database.url,
              kafka: createKafka(app.settings.kafka.connection, app.name, logger),
              topics: app.settings.topics,
              generations: app.settings.generations,
              duties: app.duties,
              tracing: app.tracing,
              health,
              metrics,
              logger,
              onFatal: app.onFatal,
            }),
        },
      ],
    };
  }

  /** After the transport has stopped: nothing applies a batch any more. */
  onApplicationShutdown(): Promise<void> {
    return this.runtime.stop();
  }
}

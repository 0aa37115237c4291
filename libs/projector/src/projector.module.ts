import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { createKafka } from '@app/engine-kafka';
import { Health, LOGGER, Metrics, type Logger, type Tracing } from '@app/platform';
import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { BatchController } from './batch.controller';
import { BatchGate } from './batch-gate';
import { ProjectorRuntime } from './projector.runtime';
import type { ProjectorSettings } from './projector.settings';

export interface ProjectorGroup {
  /** The name of the app and of its consumer group. */
  readonly name: string;
  readonly projections: readonly Projection<CatalogEvent>[];
  /** The file that exports these projections (and maybe others) as PROJECTIONS, for threads to import. */
  readonly projectionsFile: string;
  /** Whether it removes erased jimers from the log, which one of the projectors does. */
  readonly erases: boolean;
}

interface ProjectorApp extends ProjectorGroup {
  readonly settings: ProjectorSettings;
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
              jobs: {
                settings: app.settings.generations,
                thread: {
                  name: app.name,
                  logLevel: app.settings.logLevel,
                  databaseUrl: app.settings.database.url,
                  kafka: app.settings.kafka.connection,
                  projectionsFile: app.projectionsFile,
                  erases: app.erases,
                },
              },
              tracing: app.tracing,
              health,
              metrics,
              logger,
              onFatal: app.onFatal,
            }),
        },
        {
          provide: BatchGate,
          inject: [ProjectorRuntime],
          useFactory: (runtime: ProjectorRuntime) => runtime.gate,
        },
      ],
    };
  }

  /** Runs after the transport has stopped, so that no batch is applied any more. */
  onApplicationShutdown(): Promise<void> {
    return this.runtime.stop();
  }
}

import { Module } from '@nestjs/common';
import { JourneysQueries } from './journeys.queries';
import { RunsQueries } from './runs.queries';
import { TasksQueries } from './tasks.queries';

/** Its answers span slices: the read API composes them. */
@Module({
  providers: [JourneysQueries, RunsQueries, TasksQueries],
  exports: [JourneysQueries, RunsQueries, TasksQueries],
})
export class JourneysReadModule {}

import { Module } from '@nestjs/common';
import { ExperiencesController } from './experiences.controller';
import { ExperiencesQueries } from './experiences.queries';
import { LifecycleController } from './lifecycle.controller';
import { LifecycleQueries } from './lifecycle.queries';

@Module({
  controllers: [ExperiencesController, LifecycleController],
  providers: [ExperiencesQueries, LifecycleQueries],
  exports: [ExperiencesQueries],
})
export class ExperiencesReadModule {}

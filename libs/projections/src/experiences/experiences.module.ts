import { Module } from '@nestjs/common';
import { ExperiencesController } from './experiences.controller';
import { ExperiencesQueries } from './experiences.queries';

@Module({
  controllers: [ExperiencesController],
  providers: [ExperiencesQueries],
  exports: [ExperiencesQueries],
})
export class ExperiencesReadModule {}

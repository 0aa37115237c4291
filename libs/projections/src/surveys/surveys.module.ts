import { Module } from '@nestjs/common';
import { AnswersQueries } from './answers.queries';
import { SurveysQueries } from './surveys.queries';

/** Its answers span slices: the read API composes them. */
@Module({
  providers: [AnswersQueries, SurveysQueries],
  exports: [AnswersQueries, SurveysQueries],
})
export class SurveysReadModule {}

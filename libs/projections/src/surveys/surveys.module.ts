import { Module } from '@nestjs/common';
import { AnswersQueries } from './answers.queries';
import { ResponsesQueries } from './responses.queries';
import { SurveysQueries } from './surveys.queries';

/** Its answers span slices: the read API composes them. */
@Module({
  providers: [AnswersQueries, ResponsesQueries, SurveysQueries],
  exports: [AnswersQueries, ResponsesQueries, SurveysQueries],
})
export class SurveysReadModule {}

import { Module } from '@nestjs/common';
import { SurveysQueries } from './surveys.queries';

/** Its answers span slices: the read API composes them. */
@Module({ providers: [SurveysQueries], exports: [SurveysQueries] })
export class SurveysReadModule {}

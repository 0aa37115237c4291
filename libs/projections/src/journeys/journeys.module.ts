import { Module } from '@nestjs/common';
import { JourneysQueries } from './journeys.queries';

/** Its answers span slices: the read API composes them. */
@Module({ providers: [JourneysQueries], exports: [JourneysQueries] })
export class JourneysReadModule {}

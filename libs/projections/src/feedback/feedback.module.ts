import { Module } from '@nestjs/common';
import { FeedbackController } from './feedback.controller';
import { FeedbackQueries } from './feedback.queries';

@Module({ controllers: [FeedbackController], providers: [FeedbackQueries], exports: [FeedbackQueries] })
export class FeedbackReadModule {}

import { Module } from '@nestjs/common';
import { FeedbackController } from './feedback.controller';
import { FeedbackQueries } from './feedback.queries';
import { FeedbackSummary } from './feedback.summary';

@Module({
  controllers: [FeedbackController],
  providers: [FeedbackQueries, FeedbackSummary],
  exports: [FeedbackQueries],
})
export class FeedbackReadModule {}

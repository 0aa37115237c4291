import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ReadController } from '../../common/http/read-controller';
import type { Page } from '../../common/parameters/page';
import { TopicRates } from './topic-rates';
import { TopicPageDto, type TopicDto } from './topics.dto';

@ReadController('v1/topics', 'operations', 'all workspaces')
export class TopicsController {
  constructor(private readonly topics: TopicRates) {}

  @Get()
  @ApiOperation({
    operationId: 'listTopics',
    summary: 'Topics of the log: how much they hold, and how fast they grow',
    description:
      'Of all workspaces together, for every token alike. Read from Kafka at most every 5 seconds; a 503 when it does not answer.',
  })
  @ApiOkResponse({ type: TopicPageDto })
  async list(): Promise<Page<TopicDto>> {
    return { items: await this.topics.list(), nextCursor: null };
  }
}

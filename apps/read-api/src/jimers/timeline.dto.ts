import { Touch } from '@app/projections';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { PageQuery } from '../common/parameters/page';
import { AsOfTime, EXACT } from '../evidence/as-of';
import { pick } from '../read-models/columns';
import { pageSchema } from '../read-models/schemas';

export const TIMELINE = pick(Touch, 'id', 'event', 'time', 'experienceUid');

export class TimelineItemDto extends TIMELINE.Dto {}

export class TimelineQuery extends PageQuery {
  @AsOfTime()
  asOf?: string;
}

export class TimelinePageDto extends pageSchema(TimelineItemDto) {
  @ApiPropertyOptional({ description: EXACT }) exact?: boolean;
}

import { Touch } from '@app/projections';
import { pick } from '../read-models/columns';
import { pageSchema } from '../read-models/schemas';

export const TIMELINE = pick(Touch, 'id', 'event', 'time', 'experienceUid');

export class TimelineItemDto extends TIMELINE.Dto {}

export class TimelinePageDto extends pageSchema(TimelineItemDto) {}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfTime, EXACT } from '../evidence/as-of';
import { jimers, type JimerAnswer } from './jimers.queries';

export class AsOfQuery {
  @AsOfTime()
  asOf?: string;
}

export class JimerAsOfDto extends jimers.Answer {
  @ApiPropertyOptional({ description: EXACT }) exact?: boolean;
}

export type JimerAsOf = JimerAnswer & Pick<JimerAsOfDto, 'exact'>;

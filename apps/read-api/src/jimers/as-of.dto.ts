import { ApiPropertyOptional } from '@nestjs/swagger';
import { AsOfTime, EXACT } from '../evidence/as-of';
import { jimers, type JimerAnswer } from './jimers.queries';

export class AsOfQuery {
  @AsOfTime()
  asOf?: string;
}

export type JimerAsOf = JimerAnswer & { readonly exact?: boolean };

ApiPropertyOptional({ type: Boolean, description: EXACT })(jimers.Answer.prototype as object, 'exact');

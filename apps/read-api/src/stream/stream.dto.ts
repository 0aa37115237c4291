import { BACKLOG_ITEM_TRIAGED, EVENT_NAMES } from '@app/catalog';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { IsUid } from '../common/parameters/text';
import { CHANGE_KINDS, type ChangeKind } from './places';

/** Events that a stream can be asked for by name: those of Jimo, and the backlog's own. */
const EVENTS: readonly string[] = [...EVENT_NAMES, BACKLOG_ITEM_TRIAGED];

/** A parameter that is given more than once is a list already: it is refused, since no name is empty. */
const SeparatedByCommas = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : ['']));

export class StreamQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Only what this end user did.' })
  @IsOptional()
  @IsUid()
  jimerUid?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only what concerns this experience.' })
  @IsOptional()
  @IsUid()
  experienceUid?: string;

  @ApiPropertyOptional({
    type: String,
    description: `Only changes of these kinds (${CHANGE_KINDS.join(', ')}), separated by commas.`,
    example: 'lifecycle,feedback',
  })
  @IsOptional()
  @SeparatedByCommas()
  @IsIn(CHANGE_KINDS, { each: true, message: `kind must be one or several of ${CHANGE_KINDS.join(', ')}` })
  kind?: readonly ChangeKind[];

  @ApiPropertyOptional({
    type: String,
    description: 'Only these events, by name, separated by commas.',
    example: 'tour.started,tour.completed',
  })
  @IsOptional()
  @SeparatedByCommas()
  @IsIn(EVENTS, { each: true, message: 'event must be names of events, separated by commas' })
  event?: readonly string[];
}

/** The data of a `change`. */
export class ChangeDto {
  @ApiProperty({ format: 'uuid', description: 'Of the event. The same one may be told more than once.' })
  id!: string;
  @ApiProperty({ example: 'tour.started' }) event!: string;
  @ApiProperty({ enum: CHANGE_KINDS }) kind!: ChangeKind;
  @ApiProperty({ format: 'date-time', description: 'When it happened.' }) time!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) jimerUid!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) experienceUid!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Of submitted feedback.' })
  requestUid!: string | null;
  @ApiProperty({ example: 'jimo.engagement/3@17' }) position!: string;
}

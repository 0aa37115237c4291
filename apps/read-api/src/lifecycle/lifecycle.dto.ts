import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { PageQuery } from '../paging/page';
import { IsMoment } from '../parameters/moments';
import { LifecycleItemDto } from '../experiences/experiences.dto';

/** What a member of the team did to an experience. */
export class LifecycleEventDto extends LifecycleItemDto {
  @ApiProperty() workspace!: string;
  @ApiProperty({ format: 'uuid' }) experienceUid!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'After this event; the newest where it told none.',
  })
  title!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'TOUR' }) type!: string | null;
}

export class LifecyclePageDto {
  @ApiProperty({ type: [LifecycleEventDto] }) items!: LifecycleEventDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class LifecycleQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'Only events from then on: a UTC day, or a time with its zone.',
    example: '2025-02-03T08:00:00Z',
  })
  @IsOptional()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({
    description: 'Only events before: a UTC day, or a time with its zone.',
    example: '2025-02-04',
  })
  @IsOptional()
  @IsMoment()
  to?: string;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { LONGEST_TOKEN } from '@app/projections';
import { IsSearchText } from '../parameters/text';
import { PageQuery } from '../paging/page';

export class JimerDto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      "The customer's own id of the user; null for anonymous, and for placeholders that many share, such as `undefined`, `null` or `0`.",
  })
  identifyToken!: string | null;
  @ApiProperty({ type: String, nullable: true }) username!: string | null;
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) createdAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastActivityAt!: string | null;
  @ApiProperty({ format: 'date-time' }) firstEventAt!: string;
  @ApiProperty({ format: 'date-time' }) lastEventAt!: string;
}

export const JIMER_COLUMNS = [
  'uid',
  'workspace',
  'identifyToken',
  'username',
  'email',
  'createdAt',
  'lastActivityAt',
  'firstEventAt',
  'lastEventAt',
] as const satisfies (keyof JimerDto)[];

export class JimerPageDto {
  @ApiProperty({ type: [JimerDto] }) items!: JimerDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class JimersQuery extends PageQuery {
  @ApiPropertyOptional({
    description:
      "The customer's own id of the user, exactly. A placeholder, such as `undefined`, finds nobody.",
  })
  @IsOptional()
  @IsSearchText(LONGEST_TOKEN)
  identifyToken?: string;

  @ApiPropertyOptional({ description: 'The whole address, in any letter case.' })
  @IsOptional()
  @IsSearchText(LONGEST_TOKEN)
  email?: string;

  @ApiPropertyOptional({ description: 'A part of username, email or identifyToken, in any letter case.' })
  @IsOptional()
  @IsSearchText(LONGEST_TOKEN)
  q?: string;
}

import { ApiProperty } from '@nestjs/swagger';

/** As the gateway answers. */
export class ReplayedEventDto {
  @ApiProperty({ format: 'uuid', description: 'The id under which it is accepted now.' }) id!: string;
  @ApiProperty({ enum: ['accepted'] }) status!: 'accepted';
  @ApiProperty({ example: 'jimo.engagement/3@17', description: 'For `Read-After`.' }) position!: string;
}

import { ACTIVE, DIFFERENCE_KINDS, type DifferenceKind } from '@app/engine-postgres';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

const GENERATION = /^(?:[1-9]\d{0,8}|[a-z][a-z0-9_]{0,30})$/;
const MESSAGE = `must be the number of a generation, the name of a snapshot, or ${ACTIVE}`;

export class DiffQuery {
  @ApiProperty({ pattern: GENERATION.source, description: `The earlier one: it ${MESSAGE}.` })
  @Matches(GENERATION, { message: `$property ${MESSAGE}` })
  from!: string;

  @ApiProperty({ pattern: GENERATION.source, description: `The later one: it ${MESSAGE}.` })
  @Matches(GENERATION, { message: `$property ${MESSAGE}` })
  to!: string;
}

export class ComparedGenerationDto {
  @ApiProperty({ type: 'integer' }) generation!: number;
  @ApiProperty({ type: 'integer', description: 'Of the declaration that made it.' }) version!: number;
  @ApiProperty({ example: 'active' }) state!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Its name, if it is a snapshot.' })
  snapshot!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) until!: string | null;
  @ApiProperty({
    type: 'integer',
    description: 'Offsets before its checkpoints: of two live generations one may be a moment ahead.',
  })
  offsets!: number;
}

const VALUES = {
  type: 'object',
  additionalProperties: { type: 'string', nullable: true },
} as const;

export class DifferenceSampleDto {
  @ApiProperty({ enum: DIFFERENCE_KINDS }) kind!: DifferenceKind;
  @ApiProperty(VALUES) key!: Readonly<Record<string, string | null>>;
  @ApiProperty({ ...VALUES, nullable: true, description: 'Of a row that changed: the columns that did.' })
  from!: Readonly<Record<string, string | null>> | null;
  @ApiProperty({ ...VALUES, nullable: true }) to!: Readonly<Record<string, string | null>> | null;
}

export class TableDifferenceDto {
  @ApiProperty() table!: string;
  @ApiProperty({
    enum: ['compared', 'notComparable', 'onlyFrom', 'onlyTo'],
    description: '`notComparable`: the keys of both sides are not the same, so only the rows are counted.',
  })
  status!: string;
  @ApiProperty({ type: 'integer' }) fromRows!: number;
  @ApiProperty({ type: 'integer' }) toRows!: number;
  @ApiProperty({ type: 'integer' }) added!: number;
  @ApiProperty({ type: 'integer' }) removed!: number;
  @ApiProperty({ type: 'integer' }) changed!: number;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'By column, in how many rows that both have it changed; without those that changed in none.',
  })
  columns!: Readonly<Record<string, number>>;
  @ApiProperty({ type: [String], description: 'Columns that the other side lacks or has in another type.' })
  onlyFrom!: readonly string[];
  @ApiProperty({ type: [String] }) onlyTo!: readonly string[];
  @ApiProperty({ type: [DifferenceSampleDto] }) samples!: readonly DifferenceSampleDto[];
}

export class TallyDifferenceDto extends TableDifferenceDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { from: { type: 'integer', nullable: true }, to: { type: 'integer', nullable: true } },
      required: ['from', 'to'],
    },
    description: 'By count, its sum over all groups on both sides.',
  })
  figures!: Readonly<Record<string, { readonly from: number | null; readonly to: number | null }>>;
}

export class DiffDto {
  @ApiProperty() projection!: string;
  @ApiProperty() from!: ComparedGenerationDto;
  @ApiProperty() to!: ComparedGenerationDto;
  @ApiProperty({ type: [TableDifferenceDto] }) tables!: TableDifferenceDto[];
  @ApiProperty({ type: [TallyDifferenceDto] }) tallies!: TallyDifferenceDto[];
}

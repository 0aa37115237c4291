import { parsePosition, type LogPosition, type LogRecord } from '@app/engine';
import { headerTexts, KafkaLogReader } from '@app/engine-kafka';
import { notFound, unavailable } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { DeadLettersQueries } from './dead-letters.queries';

const RETRY_SECONDS = 5;
const GONE = 'The log holds this record no more: it was erased, or displaced by a later delivery.';

export class LogRecordDto {
  @ApiProperty({ example: 'jimo.engagement/3@17' }) position!: string;
  @ApiProperty({ format: 'date-time', description: 'When it was appended.' }) appendedAt!: string;
  @ApiProperty({ type: String, nullable: true }) key!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { ce_type: 'com.usejimo.tour.started' },
  })
  headers!: Readonly<Record<string, string>>;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As it stands there: JSON, if the gateway wrote it.',
  })
  value!: string | null;
}

/** The record of a dead letter, looked up in the log when somebody wants to see it. */
@Injectable()
export class DeadLetterRecord {
  constructor(
    private readonly letters: DeadLettersQueries,
    private readonly log: KafkaLogReader,
  ) {}

  /** @throws {Problem} 404 for an unknown letter, or when its record is gone; 503 when Kafka does not answer */
  async get(workspace: string | null, id: string): Promise<LogRecordDto> {
    const { position, eventId } = await this.letters.get(workspace, id);
    const record = await this.at(parsePosition(position)!);
    if (!record) throw notFound(GONE);
    // Of a log that was made anew it may be anybody's.
    if (eventId !== null && record.headers.text('ce_id')?.toLowerCase() !== eventId) throw notFound(GONE);
    return {
      position,
      appendedAt: new Date(record.timestamp).toISOString(),
      key: record.key?.toString('utf8') ?? null,
      headers: headerTexts(record),
      value: record.value?.toString('utf8') ?? null,
    };
  }

  private async at(position: LogPosition): Promise<LogRecord | null> {
    try {
      const [record] = await this.log.recordsAt([position]);
      return record!;
    } catch (error) {
      throw unavailable('Kafka does not answer.', RETRY_SECONDS, error);
    }
  }
}

import {
  APP_STATES,
  FINDING_LEVELS,
  HEALTH_PARTS,
  HEALTH_STATUSES,
  type AppState,
  type FindingLevel,
  type HealthPartName,
  type HealthStatus,
} from '@app/platform';
import { ApiProperty } from '@nestjs/swagger';

const STATUS =
  '`unhealthy`: something does not work, or somebody has to decide. `unknown`: nothing is known to be wrong, but not everything is known to this token.';

export class FindingDto {
  @ApiProperty({
    enum: FINDING_LEVELS,
    description: '`trouble`: something does not work. `attention`: somebody has to decide, or to look.',
  })
  level!: FindingLevel;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The app, projection, workspace or list; null: the system.',
  })
  about!: string | null;
  @ApiProperty({ description: 'What was seen, and what to do.' }) message!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) since!: string | null;
}

export class HealthPartDto {
  @ApiProperty({ enum: HEALTH_PARTS }) name!: HealthPartName;
  @ApiProperty({ enum: HEALTH_STATUSES, description: STATUS }) status!: HealthStatus;
  @ApiProperty({ type: [FindingDto] }) findings!: FindingDto[];
  @ApiProperty({ type: [String], description: 'What is not known, and why.' }) unknown!: readonly string[];
}

export class AppNoteDto {
  @ApiProperty({ description: 'The check of readiness.' }) check!: string;
  @ApiProperty() note!: string;
}

export class WatchedAppDto {
  @ApiProperty({ example: 'gateway' }) name!: string;
  @ApiProperty({ example: '10.0.0.7:3000', description: 'Of one process of it.' }) address!: string;
  @ApiProperty({ enum: APP_STATES, description: '`silent`: no answer within 3 seconds.' }) state!: AppState;
  @ApiProperty({ type: String, nullable: true, description: 'Why it is not ready, or not heard of.' })
  reason!: string | null;
  @ApiProperty({ type: [AppNoteDto], description: 'What its readiness reports although it is ready.' })
  notes!: readonly AppNoteDto[];
}

export class WorkspaceArrivalDto {
  @ApiProperty() workspace!: string;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When its last event arrived; null: never, or not known.',
  })
  lastEventAt!: string | null;
  @ApiProperty({ type: Boolean, nullable: true, description: 'Whether any ever arrived; null: not known.' })
  everReceived!: boolean | null;
}

export class RefusedRequestsDto {
  @ApiProperty({ type: String, nullable: true, description: 'null: the requests had no valid token.' })
  workspace!: string | null;
  @ApiProperty({ type: 'integer', example: 415 }) status!: number;
  @ApiProperty({ description: 'As the answer gave it; the newest, where sizes differ.' }) reason!: string;
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ format: 'date-time' }) firstAt!: string;
  @ApiProperty({ format: 'date-time' }) lastAt!: string;
}

export class RefusalsDto {
  @ApiProperty({
    format: 'date-time',
    description: 'Since when every process of the gateway counts: a restart begins again.',
  })
  since!: string;
  @ApiProperty({ type: [RefusedRequestsDto], description: 'The newest first.' })
  groups!: RefusedRequestsDto[];
}

export class SystemHealthDto {
  @ApiProperty({ enum: HEALTH_STATUSES, description: STATUS }) status!: HealthStatus;
  @ApiProperty({ format: 'date-time' }) checkedAt!: string;
  @ApiProperty({ type: [HealthPartDto] }) parts!: HealthPartDto[];
  @ApiProperty({
    type: [WatchedAppDto],
    nullable: true,
    description: 'Every process of the apps that HEALTH_APPS names; null where it names none.',
  })
  apps!: WatchedAppDto[] | null;
  @ApiProperty({ type: [WorkspaceArrivalDto], nullable: true, description: 'null: not known.' })
  workspaces!: WorkspaceArrivalDto[] | null;
  @ApiProperty({ type: RefusalsDto, nullable: true, description: 'null: not known.' })
  refusals!: RefusalsDto | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'https://hooks.example.com/webhooks/jimo',
    description: 'Where Jimo’s webhook calls, without its token; null where GATEWAY_URL is not set.',
  })
  webhookUrl!: string | null;
}

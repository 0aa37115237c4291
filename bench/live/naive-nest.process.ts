/**
 * What NestJS's documentation leads to: its Kafka transport, a handler per event, entities of TypeORM.
 * Arguments: broker, database URL, group. Prints how many events it has handled.
 */
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Ctx,
  EventPattern,
  KafkaContext,
  Payload,
  Transport,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { Column, DataSource, Entity, PrimaryColumn } from 'typeorm';

const [broker, url, groupId] = process.argv.slice(2) as [string, string, string];

@Entity('journey')
class Journey {
  @PrimaryColumn('text') workspace!: string;
  @PrimaryColumn('uuid', { name: 'jimer_uid' }) jimerUid!: string;
  @PrimaryColumn('uuid', { name: 'experience_uid' }) experienceUid!: string;
  @Column('text', { nullable: true }) title: string | null = null;
  @Column('text', { nullable: true }) type: string | null = null;
  @Column('timestamptz', { name: 'first_seen_at' }) firstSeenAt!: Date;
  @Column('timestamptz', { name: 'last_event_at' }) lastEventAt!: Date;
  @Column('timestamptz', { name: 'started_at', nullable: true }) startedAt: Date | null = null;
  @Column('timestamptz', { name: 'last_started_at', nullable: true }) lastStartedAt: Date | null = null;
  @Column('timestamptz', { name: 'completed_at', nullable: true }) completedAt: Date | null = null;
  @Column('timestamptz', { name: 'last_completed_at', nullable: true }) lastCompletedAt: Date | null = null;
  @Column('timestamptz', { name: 'dismissed_at', nullable: true }) dismissedAt: Date | null = null;
  @Column('timestamptz', { name: 'last_dismissed_at', nullable: true }) lastDismissedAt: Date | null = null;
  @Column('timestamptz', { name: 'liked_at', nullable: true }) likedAt: Date | null = null;
}

@Entity('touch')
class Touch {
  @PrimaryColumn('text') workspace!: string;
  @PrimaryColumn('uuid', { name: 'jimer_uid' }) jimerUid!: string;
  @PrimaryColumn('timestamptz', { name: 'occurred_at' }) occurredAt!: Date;
  @PrimaryColumn('uuid', { name: 'event_id' }) eventId!: string;
  @Column('text') kind!: string;
  @Column('uuid', { name: 'experience_uid', nullable: true }) experienceUid: string | null = null;
}

interface Experience {
  readonly uid: string;
  readonly title?: string;
  readonly type?: string;
}

interface JimoEvent {
  readonly event: string;
  readonly time: number;
  readonly jimer?: { readonly uid: string };
  readonly experience?: Experience;
  readonly post?: Experience;
}

const database = new DataSource({ type: 'postgres', url, entities: [Journey, Touch] });
let handled = 0;

const earlier = (a: Date | null, b: Date): Date => (a === null || b < a ? b : a);
const later = (a: Date | null, b: Date): Date => (a === null || b > a ? b : a);

@Controller()
class JourneyController {
  private readonly journeys = database.getRepository(Journey);
  private readonly touches = database.getRepository(Touch);

  @EventPattern('jimo.engagement')
  async engagement(@Payload() event: JimoEvent, @Ctx() context: unknown): Promise<void> {
    await this.handle(event, context as KafkaContext);
    handled++;
  }

  @EventPattern('jimo.feedback')
  async feedback(@Payload() event: JimoEvent, @Ctx() context: unknown): Promise<void> {
    await this.handle(event, context as KafkaContext);
    handled++;
  }

  private async handle({ event, time, jimer, ...objects }: JimoEvent, context: KafkaContext): Promise<void> {
    if (!jimer) return;
    const headers = context.getMessage().headers!;
    const workspace = String(headers['ce_source']).slice('/jimo/workspaces/'.length);
    const at = new Date(time);
    const experience = objects.experience ?? objects.post;
    const who = { workspace, jimerUid: jimer.uid };
    const touch = { ...who, occurredAt: at, eventId: String(headers['ce_id']), kind: event };
    await this.touches.upsert({ ...touch, experienceUid: experience?.uid ?? null }, [
      'workspace',
      'jimerUid',
      'occurredAt',
      'eventId',
    ]);
    if (!experience) return;
    const key = { ...who, experienceUid: experience.uid };
    // The events of a jimer are handled one after the other: nobody else writes this row meanwhile.
    const known = await this.journeys.findOneBy(key);
    const journey = known ?? Object.assign(new Journey(), key, { firstSeenAt: at, lastEventAt: at });
    apply(journey, event, at, experience);
    await this.journeys.upsert(journey, ['workspace', 'jimerUid', 'experienceUid']);
  }
}

function apply(journey: Journey, event: string, at: Date, { title, type }: Experience): void {
  if (at >= journey.lastEventAt) Object.assign(journey, { title: title ?? null, type: type ?? null });
  journey.firstSeenAt = earlier(journey.firstSeenAt, at);
  journey.lastEventAt = later(journey.lastEventAt, at);
  switch (event) {
    case 'tour.started':
    case 'survey.started':
    case 'checklist.started':
      journey.startedAt = earlier(journey.startedAt, at);
      journey.lastStartedAt = later(journey.lastStartedAt, at);
      return;
    case 'tour.completed':
    case 'survey.completed':
    case 'checklist.completed':
      journey.completedAt = earlier(journey.completedAt, at);
      journey.lastCompletedAt = later(journey.lastCompletedAt, at);
      return;
    case 'checklist.dismissed':
      journey.dismissedAt = earlier(journey.dismissedAt, at);
      journey.lastDismissedAt = later(journey.lastDismissedAt, at);
      return;
    case 'post.liked':
      journey.likedAt = earlier(journey.likedAt, at);
      return;
    default:
      return;
  }
}

@Module({ controllers: [JourneyController] })
class NaiveModule {}

async function run(): Promise<void> {
  await database.initialize();
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(NaiveModule, {
    logger: false,
    transport: Transport.KAFKA,
    options: {
      client: { brokers: [broker], logLevel: 0 },
      consumer: { groupId },
      subscribe: { fromBeginning: true },
      run: { partitionsConsumedConcurrently: 6 },
    },
  });
  await app.listen();
  setInterval(() => process.stdout.write(`handled ${handled}\n`), 50);
}

process.on('SIGTERM', () => process.exit(0));
void run();

/**
 * What NestJS's documentation leads to: a controller, classes validated by ValidationPipe, one `emit` per request.
 * Arguments: broker, topic. Prints its port.
 */
import 'reflect-metadata';
import { Body, Controller, HttpCode, Inject, Module, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, ClientsModule, Transport } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  ValidateNested,
} from 'class-validator';
import type { AddressInfo } from 'node:net';
import { lastValueFrom } from 'rxjs';

const [broker, topic] = process.argv.slice(2) as [string, string];

class Experience {
  @IsUUID('all') uid!: string;
  @IsOptional() @IsString() title?: string;
  @IsOptional() @IsString() type?: string;
  @IsOptional() @IsString() state?: string;
  @IsOptional() @IsBoolean() isDraft?: boolean;
}

class Jimer {
  @IsUUID('all') uid!: string;
  @IsOptional() @IsString() identifyToken?: string | null;
  @IsOptional() @IsString() username?: string | null;
  @IsOptional() @IsString() email?: string | null;
}

class JimoEvent {
  @IsString() event!: string;
  @IsDefined() time!: number | string;
  @IsOptional() @ValidateNested() @Type(() => Experience) experience?: Experience;
  @IsOptional() @ValidateNested() @Type(() => Experience) post?: Experience;
  @IsOptional() @ValidateNested() @Type(() => Jimer) jimer?: Jimer;
  @IsOptional() @IsObject() user?: object;
}

@Controller('webhooks')
class WebhookController {
  constructor(@Inject('KAFKA') private readonly kafka: ClientKafka) {}

  @Post('jimo')
  @HttpCode(202)
  async take(@Body() event: JimoEvent): Promise<{ status: string }> {
    await lastValueFrom(this.kafka.emit(topic, { key: event.jimer?.uid, value: event }));
    return { status: 'accepted' };
  }
}

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'KAFKA',
        transport: Transport.KAFKA,
        options: {
          client: { brokers: [broker], logLevel: 0 },
          producerOnlyMode: true,
          producer: { idempotent: true },
          send: { acks: -1 },
        },
      },
    ]),
  ],
  controllers: [WebhookController],
})
class NaiveModule {}

async function run(): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(NaiveModule, new FastifyAdapter(), {
    logger: false,
  });
  app.useGlobalPipes(new ValidationPipe({ transform: true }));
  await app.get<ClientKafka>('KAFKA').connect();
  await app.listen(0, '127.0.0.1');
  process.stdout.write(`port ${(app.getHttpServer().address() as AddressInfo).port}\n`);
}

process.on('SIGTERM', () => process.exit(0));
void run();

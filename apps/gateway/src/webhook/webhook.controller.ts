import { AppendUnavailable } from '@app/engine-kafka';
import { answerTo, BodyLimit, PROBLEM_JSON, unavailable } from '@app/platform';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  HttpCode,
  Post,
  Req,
  UseFilters,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Intake, type RejectedEvent, type TakenEvent } from './intake';
import { MAX_BATCH_BYTES, MAX_EVENT_BYTES } from './limits';
import { workspaceOf } from './webhook-guard';

const RETRY_AFTER_S = 5;

/** 503 without a log line for each: the log's going away was logged when it happened. */
@Catch(AppendUnavailable)
export class AppendUnavailableFilter implements ExceptionFilter<AppendUnavailable> {
  catch(_error: AppendUnavailable, host: ArgumentsHost): void {
    const detail = 'Events cannot be stored now; nothing is wrong with the request. Send it again.';
    const { body, headers } = answerTo(unavailable(detail, RETRY_AFTER_S));
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(body.status).headers(headers).type(PROBLEM_JSON).send(JSON.stringify(body));
  }
}

@Controller('webhooks/jimo')
@UseFilters(AppendUnavailableFilter)
export class WebhookController {
  constructor(private readonly intake: Intake) {}

  @Post()
  @HttpCode(202)
  @BodyLimit(MAX_EVENT_BYTES)
  event(@Req() request: FastifyRequest, @Body() body: unknown): Promise<TakenEvent> {
    return this.intake.take(workspaceOf(request), bytesOf(body));
  }

  @Post('batch')
  @HttpCode(202)
  @BodyLimit(MAX_BATCH_BYTES)
  batch(@Req() request: FastifyRequest, @Body() body: unknown): Promise<(TakenEvent | RejectedEvent)[]> {
    return this.intake.takeBatch(workspaceOf(request), bytesOf(body));
  }
}

/** Without a body there is nothing to parse, and Fastify hands on nothing. */
function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

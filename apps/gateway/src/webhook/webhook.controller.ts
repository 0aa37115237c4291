import { AppendUnavailable } from '@app/engine-kafka';
import { answerTo, BodyLimit, PROBLEM_JSON, unavailable } from '@app/platform';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Inject,
  Post,
  Req,
  Res,
  UseFilters,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { resultJson, resultsJson } from './answer';
import { Intake } from './intake';
import { MAX_BATCH_BYTES, MAX_EVENT_BYTES } from './limits';
import { workspaceOf } from './webhook-guard';
import { WEBHOOK_TRACING, type WebhookTracing } from './webhook-tracing';

const RETRY_AFTER_S = 5;
const JSON_TYPE = 'application/json; charset=utf-8';

/** Answers 503 without a log line per request, because the loss of the log was logged once. */
@Catch(AppendUnavailable)
export class AppendUnavailableFilter implements ExceptionFilter<AppendUnavailable> {
  catch(_error: AppendUnavailable, host: ArgumentsHost): void {
    const detail = 'Events cannot be stored now; nothing is wrong with the request. Send it again.';
    const { body, headers } = answerTo(unavailable(detail, RETRY_AFTER_S));
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(body.status).headers(headers).type(PROBLEM_JSON).send(JSON.stringify(body));
  }
}

/**
 * Both handlers write the response and read the body from the request directly, because Nest's handling of return values
 * and of parameters with pipes costs more than the response itself.
 */
@Controller('webhooks/jimo')
@UseFilters(AppendUnavailableFilter)
export class WebhookController {
  constructor(
    private readonly intake: Intake,
    @Inject(WEBHOOK_TRACING) private readonly tracing: WebhookTracing | null,
  ) {}

  @Post()
  @BodyLimit(MAX_EVENT_BYTES)
  async event(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const result = await this.intake.take(workspaceOf(request), bytesOf(request), this.tracing?.of(request));
    accepted(reply, resultJson(result));
  }

  @Post('batch')
  @BodyLimit(MAX_BATCH_BYTES)
  async batch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const trace = this.tracing?.of(request);
    const results = await this.intake.takeBatch(workspaceOf(request), bytesOf(request), trace);
    accepted(reply, resultsJson(results));
  }
}

function accepted(reply: FastifyReply, json: string): void {
  void reply.code(202).header('content-type', JSON_TYPE).send(json);
}

/** For a request without a body, Fastify passes no value. */
function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

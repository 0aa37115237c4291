import { timingSafeEqual } from 'node:crypto';
import { type IntakeReport, notFound, presentedTokens, sha256, unauthorized } from '@app/platform';
import { Controller, Get, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { IntakeSummary } from './intake-summary';

/** Injection token of HEALTH_TOKEN, which may be null. */
export const HEALTH_TOKEN = Symbol('health token');

/** The accepted and refused requests, for processes that judge the system's health. It names workspaces. */
@Controller('health')
export class IntakeReportController {
  constructor(
    private readonly summary: IntakeSummary,
    @Inject(HEALTH_TOKEN) private readonly token: string | null,
  ) {}

  @Get('intake')
  report(@Req() request: FastifyRequest): IntakeReport {
    if (this.token === null) throw notFound('HEALTH_TOKEN is not set, so nobody may ask.');
    const own = sha256(this.token);
    if (!presentedTokens(request).some((presented) => timingSafeEqual(sha256(presented), own)))
      throw unauthorized();
    return this.summary.report();
  }
}

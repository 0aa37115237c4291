import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { askedExport } from './formats';

/** The name of the format that the request asks for as an export; null for JSON. */
export const AskedFormat = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { headers, method } = context.switchToHttp().getRequest<FastifyRequest>();
  return method === 'HEAD' ? null : (askedExport(headers.accept)?.name ?? null);
});

import { createRequire } from 'node:module';
import type { Logger } from '../logging/logger';
import type { Tracing } from './tracing';

interface TracingSettings {
  readonly otlpEndpoint?: string;
  readonly traceRatio: number;
}

/** @returns null if no collector is set, and then OpenTelemetry's SDK is not loaded */
export function startTracing(
  app: string,
  { otlpEndpoint, traceRatio }: TracingSettings,
  logger: Logger,
): Tracing | null {
  if (otlpEndpoint === undefined) return null;
  const { OpenTelemetry } = createRequire(__filename)(
    './open-telemetry',
  ) as typeof import('./open-telemetry');
  logger.info({ ratio: traceRatio }, 'traces are sent to the collector');
  return new OpenTelemetry(app, traceRatio, logger);
}

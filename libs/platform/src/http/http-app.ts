import type { DynamicModule, Type } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import type { AddressInfo, Socket } from 'node:net';
import { HealthController } from '../health/health.controller';
import { Health } from '../health/health';
import { jsonText } from '../json/stored-json';
import { LOGGER, NestLog, type Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { MetricsController } from '../metrics/metrics.controller';
import { answerTo, PROBLEM_JSON, ProblemFilter, refusalBody } from '../problems/problem-filter';
import { acceptBodies, type BodyKind } from './body';
import { resetBrokenOff } from './broken-off';
import { drainRefusedBodies } from './drain';
import { relativeLocations } from './public-path';
import { releaseConnections } from './release-connections';
import { SECURITY_HEADERS, securityHeaders, type SecurityHeaders } from './security-headers';
import { refuseWrongMethods } from './wrong-method';

interface HttpAppOptions {
  readonly logger: Logger;
  /** The maximum body size in bytes; a route may have its own with `@BodyLimit`. Default: 64 KiB. */
  readonly bodyLimit?: number;
  /** The maximum size of a request's line and headers in bytes. Default: 16 KiB. */
  readonly headLimit?: number;
  readonly body?: BodyKind;
  /** How long a client may take to send a request, in milliseconds. Default: 30 s. */
  readonly requestTimeout?: number;
  /**
   * How long a client may stop reading its response, in milliseconds, before it is cut off, because the response waits in
   * memory. Default: 60 s.
   */
  readonly stallTimeout?: number;
  /** How long a connection without a request is kept open, in milliseconds. Default: 620 s. */
  readonly keepAliveTimeout?: number | undefined;
  /** Rewrites the URL for the router, for addresses that people type or paste. */
  readonly rewriteUrl?: (url: string) => string;
  /** `max-age` of `Strict-Transport-Security` in seconds; without it the header is not sent. */
  readonly hstsMaxAge?: number | undefined;
}

class HttpRoot {}

/**
 * Creates a Nest app on Fastify with the parts that every app has: problem+json errors, `/health/live`, `/health/ready`,
 * `/metrics`, and the providers `Health`, `Metrics` and `LOGGER`. It does not listen yet (`listen`).
 *
 * `app.close()` first answers the requests that are being handled, so what they need must be released in
 * `onApplicationShutdown`, not before.
 */
export async function createHttpApp(
  module: Type<unknown> | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const { logger } = options;
  const metrics = new Metrics().collectProcess();
  const security = securityHeaders(options.hstsMaxAge);
  const root: DynamicModule = {
    module: HttpRoot,
    global: true,
    imports: [module],
    controllers: [HealthController, MetricsController],
    providers: [
      Health,
      { provide: Metrics, useValue: metrics },
      { provide: LOGGER, useValue: logger },
      { provide: SECURITY_HEADERS, useValue: security },
      { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
    ],
    exports: [Health, Metrics, LOGGER, SECURITY_HEADERS],
  };
  const adapter = fastifyAdapter(options, security);
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLog(logger),
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  refuseWrongMethods(fastify);
  acceptBodies(fastify, options.body ?? 'json');
  drainRefusedBodies(fastify);
  resetBrokenOff(fastify);
  fastify.setReplySerializer(jsonText);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    for (const name in security) if (!reply.hasHeader(name)) reply.header(name, security[name]);
    // Responses are about persons and get outdated, so nobody may cache them.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  relativeLocations(fastify);
  observeRequests(fastify, metrics, logger);
  releaseConnections(fastify);
  return app;
}

/** Starts to listen, with port 0 on any free one. @returns the port, which is also logged */
export async function listen(
  app: NestFastifyApplication,
  port: number,
  host: string,
): Promise<{ readonly port: number }> {
  await app.listen(port, host);
  const address = app.getHttpServer().address() as AddressInfo;
  app.get<Logger>(LOGGER).info({ host: address.address, port: address.port }, 'listening');
  return { port: address.port };
}

function fastifyAdapter(
  {
    logger,
    bodyLimit,
    headLimit,
    requestTimeout,
    stallTimeout,
    keepAliveTimeout,
    rewriteUrl,
  }: HttpAppOptions,
  security: SecurityHeaders,
): FastifyAdapter {
  const patience = requestTimeout ?? 30_000;
  return new FastifyAdapter({
    // By default Node checks only every 30 s whether a request takes too long, and uses the longer of the limits for the
    // head (60 s) and for the whole request.
    http: {
      headersTimeout: patience,
      connectionsCheckingInterval: Math.min(5_000, patience / 2),
      ...(headLimit !== undefined && { maxHeaderSize: headLimit }),
    },
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // Fastify's own lines name the path of a request, and a logger per request costs too much.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    bodyLimit: bodyLimit ?? 65_536,
    requestTimeout: patience,
    connectionTimeout: stallTimeout ?? 60_000,
    // Load balancers reuse a connection that was idle for up to 600 s, so this server must not close it earlier.
    keepAliveTimeout: keepAliveTimeout ?? 620_000,
    ...(rewriteUrl && { rewriteUrl: ({ url = '/' }) => rewriteUrl(url) }),
    trustProxy: false,
    // A request that arrives on an open connection while the app stops is still answered, as its last one.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    onProtoPoisoning: 'error',
    routerOptions: {
      // Each parameter has its own limit.
      maxParamLength: headLimit ?? 5_000,
      // Addresses that were pasted together often have a superfluous slash.
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, security),
    frameworkErrors: (error: unknown, _request: unknown, reply: FastifyReply) => {
      const { body, headers } = answerTo(error);
      void reply
        .code(body.status)
        .headers({ 'cache-control': 'no-store', ...security, ...headers })
        .type(PROBLEM_JSON)
        .send(JSON.stringify(body));
    },
  });
}

/** How long a refused client has to read the response and close, before its connection is destroyed. */
const FAREWELL_MS = 2_000;

/** Answers what fails before Fastify sees a request: bytes that are not HTTP, and a head that is too slow or too large. */
function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
  security: SecurityHeaders,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = refusalBody(status);
  const json = JSON.stringify(body);
  const head = Object.entries({
    'content-type': PROBLEM_JSON,
    'content-length': json.length,
    'cache-control': 'no-store',
    connection: 'close',
    ...security,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
  socket.end(`HTTP/1.1 ${status} ${body.title}\r\n${head.join('')}\r\n${json}`);
}

function observeRequests(fastify: FastifyInstance, metrics: Metrics, logger: Logger): void {
  const seconds = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status, elapsedTime } = reply;
    const route = request.routeOptions.url ?? 'none';
    seconds.observe({ method: request.method, route, status }, elapsedTime / 1_000);
    if (logger.isLevelEnabled('debug'))
      logger.debug({ method: request.method, route, status, ms: Math.round(elapsedTime) }, 'request');
    done();
  });
}

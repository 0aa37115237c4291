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

export interface HttpAppOptions {
  readonly logger: Logger;
  /** Bytes; a route may have its own with `@BodyLimit`. 64 KiB unless given. */
  readonly bodyLimit?: number;
  /** Bytes of a request's line and headers. 16 KiB unless given. */
  readonly headLimit?: number;
  readonly body?: BodyKind;
  /** How long a client may take to send a request, in milliseconds. 30 s unless given. */
  readonly requestTimeout?: number;
  /**
   * For how long nothing may go over a connection while a request is answered, in milliseconds: then a client takes
   * nothing of what waits for it, in memory, and is cut off. 60 s unless given.
   */
  readonly stallTimeout?: number;
  /** For how long a connection without a request is kept open, in milliseconds. 620 s unless given. */
  readonly keepAliveTimeout?: number | undefined;
  /** The URL that the router sees instead of the received one: for addresses that people type or paste. */
  readonly rewriteUrl?: (url: string) => string;
  /** For `Strict-Transport-Security`, in seconds; not sent unless given. */
  readonly hstsMaxAge?: number | undefined;
}

class HttpRoot {}

/**
 * A Nest app on Fastify with what every app here has: problem+json errors, `/health/live`, `/health/ready`,
 * `/metrics`, and providers `Health`, `Metrics` and `LOGGER` everywhere. Not listening yet (`listen`).
 *
 * On `app.close()` requests that are under way are answered first: what they need must be given back in
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
    // Answers are about persons, and are as old as the read models: nobody keeps them.
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  relativeLocations(fastify);
  observeRequests(fastify, metrics, logger);
  releaseConnections(fastify);
  return app;
}

/** Starts to listen; with port 0 on any free one. Logs and gives the port. */
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
    // Node looks every 30 s only whether a request takes too long; and of the time for the head, 60 s unless given, and
    // for the whole it takes the longer for the whole, whichever it is.
    http: {
      headersTimeout: patience,
      connectionsCheckingInterval: Math.min(5_000, patience / 2),
      ...(headLimit !== undefined && { maxHeaderSize: headLimit }),
    },
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // Lines about a request name its path; a logger for each request is not worth what it costs.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    bodyLimit: bodyLimit ?? 65_536,
    requestTimeout: patience,
    connectionTimeout: stallTimeout ?? 60_000,
    // Load balancers reuse a connection that was idle for up to 600 s: whoever closes first must not be this server.
    keepAliveTimeout: keepAliveTimeout ?? 620_000,
    ...(rewriteUrl && { rewriteUrl: ({ url = '/' }) => rewriteUrl(url) }),
    trustProxy: false,
    // A request that comes in on an open connection while the app stops is still answered, as the last one.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    onProtoPoisoning: 'error',
    routerOptions: {
      // A parameter's own limit says what is too long.
      maxParamLength: headLimit ?? 5_000,
      // A slash too many, at the end or inside, is how addresses come that were pasted together.
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

/** How long a client has to read why it was refused, and to hang up: one that goes on sending would never do so. */
const FAREWELL_MS = 2_000;

/** Answers what is not HTTP, or too slow or too large a head, before Fastify sees a request. */
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

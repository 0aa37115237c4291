import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openApiDocument, serveDocs } from './docs';
import { generatedFiles, unconnectedApp } from './generated-files';

describe('the OpenAPI document', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await unconnectedApp();
  });

  it("is checked in as the code makes it, and so is the client's table of events (npm run openapi)", () => {
    for (const [path, text] of Object.entries(generatedFiles(app)))
      expect(readFileSync(join(__dirname, '../../../..', path), 'utf8')).toBe(text);
  });

  it('has every call of the contract', () => {
    const called = expect.arrayContaining([
      '/v1/access',
      '/v1/activity',
      '/v1/dead-letters',
      '/v1/dead-letters/replay',
      '/v1/dead-letters/{id}',
      '/v1/dead-letters/{id}/discard',
      '/v1/dead-letters/{id}/record',
      '/v1/dead-letters/{id}/replay',
      '/v1/experiences',
      '/v1/experiences/top',
      '/v1/experiences/{uid}',
      '/v1/experiences/{uid}/answers',
      '/v1/experiences/{uid}/answers/{stepUid}',
      '/v1/experiences/{uid}/answers/{stepUid}/series',
      '/v1/experiences/{uid}/explain',
      '/v1/experiences/{uid}/funnel',
      '/v1/experiences/{uid}/funnel/explain',
      '/v1/experiences/{uid}/history',
      '/v1/experiences/{uid}/jimers',
      '/v1/experiences/{uid}/jimers/summary',
      '/v1/experiences/{uid}/responses',
      '/v1/experiences/{uid}/tasks',
      '/v1/feedback',
      '/v1/feedback/summary',
      '/v1/feedback/{uid}',
      '/v1/feedback/{uid}/explain',
      '/v1/health',
      '/v1/jimers',
      '/v1/jimers/by-token/{identifyToken}/state',
      '/v1/jimers/{uid}',
      '/v1/jimers/{uid}/experiences/{experienceUid}/answers/{stepUid}/explain',
      '/v1/jimers/{uid}/experiences/{experienceUid}/explain',
      '/v1/jimers/{uid}/experiences/{experienceUid}/runs',
      '/v1/jimers/{uid}/experiences/{experienceUid}/tasks/{taskUid}/explain',
      '/v1/jimers/{uid}/explain',
      '/v1/jimers/{uid}/journey',
      '/v1/jimers/{uid}/timeline',
      '/v1/jobs',
      '/v1/jobs/{id}',
      '/v1/lifecycle',
      '/v1/log',
      '/v1/projections',
      '/v1/projections/{name}',
      '/v1/projections/{name}/diff',
      '/v1/projections/{name}/pause',
      '/v1/projections/{name}/rebuild',
      '/v1/projections/{name}/repair',
      '/v1/projections/{name}/resume',
      '/v1/projections/{name}/rollback',
      '/v1/projections/{name}/snapshots',
      '/v1/projections/{name}/verify',
      '/v1/quarantine',
      '/v1/quarantine/discard',
      '/v1/quarantine/replay',
      '/v1/quarantine/summary',
      '/v1/quarantine/{id}/discard',
      '/v1/quarantine/{id}/replay',
      '/v1/snapshots',
      '/v1/snapshots/{name}',
      '/v1/stream',
      '/v1/topics',
      '/v1/unrecognized',
      '/v1/unrecognized/discard',
      '/v1/unrecognized/replay',
      '/v1/unrecognized/summary',
      '/v1/unrecognized/{id}/discard',
      '/v1/unrecognized/{id}/replay',
    ]) as unknown;
    expect(Object.keys(openApiDocument(app).paths)).toEqual(called);
  });

  it('is served with a page that loads nothing from elsewhere', async () => {
    serveDocs(app);
    const fastify = app.getHttpAdapter().getInstance();
    await fastify.ready();
    const json = await fastify.inject('/openapi.json');
    expect(json.statusCode).toBe(200);
    expect(json.json()).toMatchObject({ info: { title: 'Read API' } });
    const page = await fastify.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(json.headers['content-security-policy']).not.toContain('script-src');
    const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect(link).not.toMatch(/^(?:https?:)?\/\//);
    for (const link of links)
      expect((await fastify.inject(new URL(link, 'http://x/docs').pathname)).statusCode).toBe(200);
  });

  it('names a server, and a page with assets, that are right below any path', async () => {
    const fastify = app.getHttpAdapter().getInstance();
    const [server] = openApiDocument(app).servers!;
    const calls = new URL('v1/jimers', new URL(server!.url, 'https://tools.example/jimo/openapi.json'));
    expect(calls.pathname).toBe('/jimo/v1/jimers');
    const slash = await fastify.inject('/docs/');
    expect([slash.statusCode, slash.headers['location']]).toEqual([308, '../docs']);
  });
});

import { ForeignProject } from '../support/packages';

const USER = `
import { answered, items, readApi, ReadApiProblem } from '@jimo-webhooks/client';
const api = readApi({ baseUrl: 'http://127.0.0.1:1', token: 'x' });
export async function first(): Promise<string | null> {
  const ask = (next: { cursor?: string }) => api.GET('/v1/jimers', { params: { query: { q: 'sam', ...next } } });
  for await (const jimer of items(ask)) return jimer.username;
  // @ts-expect-error a parameter that there is not
  await answered(api.GET('/v1/jimers', { params: { query: { nonsense: 1 } } }));
  return new ReadApiProblem({ type: '', title: '', status: 1 }, new Response()).kind;
}
`;

describe('the client package', () => {
  let project: ForeignProject;

  beforeAll(() => {
    project = new ForeignProject('client');
  });

  afterAll(() => project?.remove());

  it('is typed for those who install it', () => {
    project.typeCheck('user.ts', USER, '--lib', 'es2023,dom,dom.asynciterable');
  });

  it('can be required and imported', () => {
    const say = 'console.log(typeof readApi)';
    expect(project.run('commonjs', `const { readApi } = require('@jimo-webhooks/client'); ${say}`)).toBe(
      'function\n',
    );
    expect(project.run('module', `import { readApi } from '@jimo-webhooks/client'; ${say}`)).toBe(
      'function\n',
    );
  });
});

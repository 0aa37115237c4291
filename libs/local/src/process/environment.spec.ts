import { javaEnvironment, toolEnvironment } from './environment';

const SECRETS = {
  JIMO_WEBHOOK_TOKENS: 'a:b',
  READ_API_TOKENS: 'read:b',
  DATABASE_URL: 'postgres://a:b@c/d',
  KAFKA_SASL_PASSWORD: 'x',
};

describe('the environment', () => {
  it("of a Java server has what a JVM reads, and neither secrets nor anybody else's settings", () => {
    const env = { ...SECRETS, PATH: '/bin', HOME: '/home/me', NPM_TOKEN: 'x', JAVA_TOOL_OPTIONS: '-Da=b' };
    expect(javaEnvironment(env)).toEqual({ PATH: '/bin', HOME: '/home/me', JAVA_TOOL_OPTIONS: '-Da=b' });
  });

  it("of a tool has the tool's own settings, but no secret of this system", () => {
    const own = { PATH: '/bin', MAVEN_OPTS: '-Xmx1g', https_proxy: 'http://proxy', REPOSITORY_PASSWORD: 'x' };
    expect(toolEnvironment({ ...SECRETS, ...own })).toEqual(own);
  });
});

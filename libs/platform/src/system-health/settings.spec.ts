import { loadSettings, Setting } from '../settings/setting';
import { HealthTokenSetting, OwnHealthTokenWhenPublished, SystemHealthSettings } from './settings';

const load = (env: Record<string, string>): SystemHealthSettings => loadSettings(SystemHealthSettings, env);

class Published {
  @Setting('PUBLISH_HOST', { parse: (text) => text })
  publishHost!: string;

  @HealthTokenSetting()
  @OwnHealthTokenWhenPublished()
  token?: string;
}

describe('the settings for judging health', () => {
  it('are all optional', () => {
    expect(load({})).toEqual({ idleWorkspaces: [] });
  });

  it('name apps and where they answer, over several lines as well', () => {
    const { apps } = load({ HEALTH_APPS: 'gateway=http://gateway:3000,\n read-api=http://[::1]:3001,' });
    expect(apps!.map(({ name, url }) => [name, url.host])).toEqual([
      ['gateway', 'gateway:3000'],
      ['read-api', '[::1]:3001'],
    ]);
  });

  it.each(['gateway', 'gateway=gateway:3000', 'gateway=https://', '=http://x:1'])(
    'say that HEALTH_APPS cannot be %s',
    (text) => expect(() => load({ HEALTH_APPS: text })).toThrow(/HEALTH_APPS must be comma-separated/),
  );

  it('do not show secrets in an address', () => {
    expect(load({ GATEWAY_URL: 'https://hooks.example.com/jimo' }).gatewayUrl).toContain('hooks');
    for (const text of ['hooks.example.com', 'https://u:p@x.y', 'https://x.y/?token=secret', 'ftp://x.y'])
      expect(() => load({ GATEWAY_URL: text })).toThrow(/GATEWAY_URL/);
  });

  it('reject short tokens, and beyond loopback the development token', () => {
    expect(() => load({ HEALTH_TOKEN: 'short' })).toThrow(/HEALTH_TOKEN must have at least 16/);
    const known = { HEALTH_TOKEN: 'only-inside-this-network' };
    expect(loadSettings(Published, { ...known, PUBLISH_HOST: '127.0.0.1' }).token).toBeDefined();
    expect(() => loadSettings(Published, { ...known, PUBLISH_HOST: '0.0.0.0' })).toThrow(/HEALTH_TOKEN/);
  });
});

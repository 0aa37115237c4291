import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** An app in its own process, compiled when it is loaded. It has one setting and says when it runs. */
const APP = `
  require('reflect-metadata');
  require.extensions['.ts'] = (module, file) =>
    module._compile(require('@swc/core').transformFileSync(file).code, file);
  const { runApp, AppSettings, PortSetting } = require('./libs/platform/src');
  class Settings extends AppSettings {}
  PortSetting('APP_PORT', 3000)(Settings.prototype, 'port');
  runApp('app', Settings, async () => {
    await undefined; // until signals are heard
    const work = setInterval(() => undefined, 1_000);
    process.stdout.write('running');
    return { close: async () => process.env.BROKEN ? Promise.reject(new Error('broken')) : clearInterval(work) };
  });`;

function start(env: Readonly<Record<string, string>>) {
  const { PATH = '' } = process.env;
  const app = spawn(process.execPath, ['-e', APP], {
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([once(app, 'exit'), text(app.stderr)]).then(([[code], errors]) => ({
    code: code as number | null,
    errors,
  }));
  return { app, ended };
}

describe('an app as a process', () => {
  it('ends with 1 when a setting is wrong, naming it and not its value', async () => {
    const { code, errors } = await start({ APP_PORT: 'hunter2' }).ended;
    expect(code).toBe(1);
    expect(errors).toContain('APP_PORT');
    expect(errors).not.toContain('hunter2');
  });

  it.each([
    ['SIGTERM', {}, 0],
    ['SIGINT', {}, 0],
    ['SIGTERM', { BROKEN: '1' }, 1],
  ] as const)('stops on %s (%j) and ends with %i', async (signal, env, expected) => {
    const { app, ended } = start(env);
    await once(app.stdout, 'data');
    app.stdout.resume();
    app.kill(signal);
    expect((await ended).code).toBe(expected);
  });
});

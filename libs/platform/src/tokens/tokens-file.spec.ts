import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '../http/http-app';
import { createLogger } from '../logging/logger';
import { AppSettings } from '../settings/pieces';
import { loadSettings } from '../settings/setting';
import { WEBHOOK_GRANT } from './token-entries';
import { hashedToken, type TokenList, type WebhookGrant } from './token-list';
import { tokensOf, WebhookTokensFileSetting, WebhookTokensSetting } from './token-settings';
import { TokensFile } from './tokens-file';
import { watchTokens } from './watch-tokens';

const SETTING = 'JIMO_WEBHOOK_TOKENS_FILE';
const line = (token: string): string => `acme:${hashedToken(token)}\n`;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  path = join(folder, 'tokens');
  writeFileSync(path, line('old'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): TokensFile<WebhookGrant> => TokensFile.open(SETTING, path, WEBHOOK_GRANT);
const looks = async (file: TokensFile<unknown>, times: number): Promise<unknown[]> => {
  const found = [];
  for (let i = 0; i < times; i++) found.push(await file.look());
  return found;
};

describe('a tokens file', () => {
  it('is read again once the same change was found twice', async () => {
    const file = open();
    expect(await looks(file, 1)).toEqual([{ look: 'unchanged' }]);
    writeFileSync(path, line('old') + line('new'));
    expect(await looks(file, 3)).toEqual([{ look: 'unsettled' }, { look: 'taken' }, { look: 'unchanged' }]);
    expect(file.match('new')?.grant).toEqual({ workspace: 'acme' });
    const { tokenKey } = file.match('old')!;
    expect(file.holds(tokenKey)).toBe(true);
    writeFileSync(path, line('new'));
    await looks(file, 2);
    expect(file.match('old')).toBeNull();
    expect(file.holds(tokenKey)).toBe(false);
  });

  it('loses no token while it is being written', async () => {
    const file = open();
    for (const text of ['', line('new').slice(0, 20), line('new'), line('new') + line('old')]) {
      writeFileSync(path, text);
      await file.look();
      expect(file.match('old')).not.toBeNull();
    }
    await file.look();
    expect(file.match('new')).not.toBeNull();
  });

  it.each([
    ['empty', () => writeFileSync(path, ''), 'holds no token'],
    ['broken', () => writeFileSync(path, `${line('new')}acme:hunter2\n`), 'has an unusable line 2'],
    ['gone', () => rmSync(path), 'cannot be read (ENOENT)'],
    ['a folder', () => (rmSync(path), mkdirSync(path)), 'cannot be read (EISDIR)'],
    ['too large', () => writeFileSync(path, '#'.repeat(1_048_577)), 'is larger than'],
  ])('keeps what it had when it is %s', async (_what, harm, reason) => {
    const file = open();
    harm();
    const [, second] = await looks(file, 2);
    expect(second).toMatchObject({ look: 'unusable', reason: expect.stringContaining(reason) as string });
    expect(file.match('old')).not.toBeNull();
    expect(file.match('new')).toBeNull();
  });

  it('is found through the links of a mounted secret', async () => {
    const mounted = (name: string, text: string): void => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'tokens'), text);
      symlinkSync(name, join(folder, '..data_new'));
      renameSync(join(folder, '..data_new'), join(folder, '..data'));
    };
    rmSync(path);
    mounted('..1', line('old'));
    symlinkSync(join('..data', 'tokens'), path);
    const file = open();
    mounted('..2', line('new'));
    rmSync(join(folder, '..1'), { recursive: true });
    await looks(file, 2);
    expect([file.match('old'), file.match('new')?.grant]).toEqual([null, { workspace: 'acme' }]);
  });
});

describe('an app with a tokens file', () => {
  @Module({})
  class NothingModule {}

  const lines: string[] = [];
  let app: NestFastifyApplication;
  let file: TokensFile<WebhookGrant>;
  beforeEach(async () => {
    lines.splice(0);
    const logger = createLogger('test', 'info', { write: (text: string) => void lines.push(text) });
    app = await createHttpApp(NothingModule, { logger });
    file = open();
    watchTokens(app, file, 5);
    await app.init();
  });
  afterEach(() => app.close());

  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await pause(5);
  };
  const metric = async (name: string): Promise<number> => {
    const { body } = await app.inject('/metrics');
    return Number(new RegExp(`^${name}\\{setting="${SETTING}"\\} (\\S+)$`, 'm').exec(body)?.[1]);
  };

  it('reads changes without a restart', async () => {
    writeFileSync(path, line('old') + line('new'));
    await until(() => file.match('new') !== null);
    expect(await metric('tokens_file_tokens')).toBe(2);
    expect(await metric('tokens_file_taken_timestamp_seconds')).toBeGreaterThan(1e9);
    expect(lines.join('')).toContain('read from the file again');
  });

  it('reports once that it is broken, stays ready, and reports when it works again', async () => {
    expect(await metric('tokens_file_usable')).toBe(1);
    writeFileSync(path, 'acme:hunter2\n');
    await until(async () => (await metric('tokens_file_usable')) === 0);
    const ready = await app.inject('/health/ready');
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toMatchObject({
      checks: {
        tokens: { ok: true, note: expect.stringContaining(`${SETTING} has an unusable line 1`) as string },
      },
    });
    writeFileSync(path, line('old'));
    await until(async () => (await metric('tokens_file_usable')) === 1);
    expect(lines.filter((text) => text.includes('cannot be used'))).toHaveLength(1);
    expect(lines.at(-1)).toContain('can be used again');
    expect(lines.join('')).not.toContain('hunter2');
  });
});

describe('the settings of tokens', () => {
  class Settings extends AppSettings {
    @WebhookTokensSetting() tokens?: TokenList<WebhookGrant>;
    @WebhookTokensFileSetting() tokensFile?: TokensFile<WebhookGrant>;
  }
  const load = (env: Record<string, string>): Settings => loadSettings(Settings, env);

  it('take a list, a file, or both', () => {
    const both = tokensOf(load({ JIMO_WEBHOOK_TOKENS: 'other:plain', [SETTING]: path }));
    expect([both.match('plain')?.grant, both.match('old')?.grant]).toEqual([
      { workspace: 'other' },
      { workspace: 'acme' },
    ]);
    expect(tokensOf(load({ [SETTING]: path })).match('old')).not.toBeNull();
    expect(() => load({})).toThrow('JIMO_WEBHOOK_TOKENS is missing, and so is JIMO_WEBHOOK_TOKENS_FILE');
  });

  it('name a file that cannot be used, but not its content', () => {
    writeFileSync(path, 'acme:hunter2\n');
    expect(() => load({ [SETTING]: path })).toThrow(
      /^JIMO_WEBHOOK_TOKENS_FILE names a file that has an unusable line 1/m,
    );
    expect(() => load({ [SETTING]: `${path}.none` })).toThrow(
      `${SETTING} names a file that cannot be read (ENOENT)`,
    );
  });
});

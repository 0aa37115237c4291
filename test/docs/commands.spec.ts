import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { type RunningSystem, startSystem, until } from '@app/testing/infra';

import { eventOf, jimer, nextTime } from '../support/events';
import { Client } from '../support/http';
import { appendTooDeep } from '../support/too-deep';
import { shownCommands } from './shown-commands';

const ROOT = join(__dirname, '..', '..');

/** Who sends the event of the README. */
const SAM = '17dff65e-434d-4454-bb57-a1167fefbb6b';

/**
 * What is typed here beside a system that runs, in this order, and what it then prints. `npm run …` is the whole command
 * for what needs no build.
 */
const TYPED: readonly (readonly [shown: RegExp, prints: RegExp])[] = [
  [/^position=\$\(curl /, /^jimo\.engagement\/\d+@\d+\n$/],
  [/^curl -s \S+\/v1\/jimers\/\S+\/journey /, /"title":"Onboarding"/],
  [/^curl -s '\S+status=live' .*text\/csv'$/, /^\ufeff?uid,.*\r\n.+,live,/s],
  [/^curl -sN \S+\/v1\/stream/, /^event: \S+\ndata: \{/m],
  [/^curl -si \S+ .*\| grep -i etag$/, /^etag: "1"/i],
  [/^curl -s -X PATCH /, /"status":"planned".*"version":2|"version":2.*"status":"planned"/s],
  [/^curl -i 'https:\/\/…/, /^HTTP\/1\.1 4\d\d .*"detail"/s],
  [/^npm run status$/, /All offset ledgers are complete/],
  [/^npm run verify$/, /journeys: clean/],
  [/^npm run ops -- verify$/, /journeys: clean/],
  [/^npm run ops -- rebuild journeys$/, /generation \d+ serves/],
  [/^npm run ops -- rollback journeys$/, /serves again/],
  [/^npm run ops -- pause jimers --reason /, /jimers/],
  [/^npm run ops -- resume jimers$/, /jimers/],
  [/^npm run ops -- dead-letters list$/, /surveys/],
  [/^npm run ops -- dead-letters replay surveys \[id …\]$/, /records asked for: 2/],
  [/^npm run ops -- dead-letters discard id … --reason /, /1 of 1/],
  [/^npm run ops -- quarantine$/, /tour\.started/],
  [/^npm run ops -- quarantine list --event tour\.started$/, /experience\.uid/],
  [/^npm run ops -- quarantine discard <id> --reason /, /1 of 1 discarded/],
  [/^npm run ops -- quarantine replay --all --event tour\.started$/, /0 of 1 replayed/],
  [/^npm run ops -- unrecognized$/, /tour\.teleported/],
  [/^npm run ops -- jobs$/, /rebuild/],
  [/^npm run ops -- jobs show (17|<id>)$/, /"finishedAt": "20/],
  [/^npm run ops -- jobs cancel (17|<id>)$/, /had ended before/],
  [/^curl -H .*\/v1\/jimers\/\S+\/explain"$/, /"Sam"/],
  [/^curl -H .*\/v1\/log\?jimerUid=\S+"$/, /"event":"tour\.started"/],
  [/^curl -H .*x-ndjson.*\/v1\/log\?jimerUid=\S+" > events\.ndjson$/, /"event":"tour\.started"/],
  [/^curl -X DELETE \S+\/v1\/jimers\/\$JIMER /, /"job"/],
  [/^npm run ops -- erase (UID|\$JIMER|<uid>|17dff65e-\S+)$/, /erased/],
  [/^npm run ops -- erase --check (UID|\$JIMER|17dff65e-\S+)$/, /waits for compaction/],
  [/^npm run ops -- erase --again$/, /./],
  [/^npm run ops -- (setup|migrate)$/, /./],
  [/^npm run ops -- start --help$/, /--gateway-port/],
  [/^npm run ops -- token (gateway|read)@acme$/, /acme:sha256:[0-9a-f]{64}/],
  [/^openssl rand -hex 24$/, /^[0-9a-f]{48}\n$/],
];

/** What takes longer, needs more than a system, or ends it: the spec that does it, with words of that spec. */
const ELSEWHERE: readonly (readonly [shown: RegExp, spec: string, words: string])[] = [
  [/^npm (ci|install)( && npm start)?$/, '.ci/run', 'npm ci'],
  [/^npm ci --ignore-scripts$/, 'Dockerfile', 'npm ci --ignore-scripts'],
  [/^apt-get install /, '.ci/run', 'apt-get install'],
  [/\bnpm start( -- --gateway-port 3100)?$/, 'test/local/start.spec.ts', 'startSystem({'],
  [/^DATA_DIR=.data-2 npm run status$/, 'test/local/demo.spec.ts', 'DATA_DIR: system.dataDir'],
  [/^npm run demo$/, 'test/local/demo.spec.ts', "ops('demo', "],
  [/^npm run demo -- --remove$/, 'test/local/demo.spec.ts', "ops('demo', '--remove'"],
  [/ops (-- )?backup( |$)/, 'test/e2e/backup.spec.ts', "'backup'"],
  [/ops -- restore /, 'test/e2e/backup.spec.ts', "'restore'"],
  [/ops -- rebuild journeys --until \S+ --as /, 'test/e2e/snapshots.spec.ts', "'--until', middle, '--as'"],
  [/ops -- snapshots$/, 'test/e2e/snapshots.spec.ts', "ops('snapshots')"],
  [/ops -- verify journeys --snapshot /, 'test/e2e/snapshots.spec.ts', "'--snapshot'"],
  [/ops -- diff journeys /, 'test/e2e/snapshots.spec.ts', "ops('diff', 'journeys'"],
  [/ops -- repair journeys --jimer /, 'test/e2e/snapshots.spec.ts', "'repair', 'journeys', '--jimer'"],
  [/ops -- repair journeys --from-verify$/, 'test/e2e/snapshots.spec.ts', "'--from-verify'"],
  [/ops -- users$|users drop /, 'test/secured/secured.spec.ts', "'drop'"],
  [/^docker compose (up|run --rm ops|down)/, 'test/cluster/cluster.spec.ts', "'up', '--build', '--wait'"],
  [/^npm test$|^npm run test:(all|unit|integration|system)$/, '.ci/run', 'npm run test:all'],
  [/npm run jest -- .* security\/gateway-fuzz$/, 'test/security/fuzz.ts', 'FUZZ_FACTOR'],
  [/^npm run chaos( |$)/, 'test/local/scripts.spec.ts', "chaos: [['--list']"],
  [/^npm run figures$/, 'test/local/scripts.spec.ts', "figures: [['none']"],
  [/^npm run bench( |$)/, 'test/bench/bench.spec.ts', "'dist/bench/main.js'"],
  [/^npm run release /, 'test/release/release.spec.ts', 'release'],
  [/^npm run contracts:check$/, 'test/release/release.spec.ts', 'contracts'],
  [/^npm run sbom$/, 'test/release/release.spec.ts', 'sbom'],
  [/^npm run check:dependencies$/, '.ci/run', 'npm run --silent check:dependencies'],
  [/^promtool test rules /, 'test/deploy/alerts.spec.ts', "'test', 'rules'"],
  [/^(java|mvn|python|pip install -r) /, 'test/consumers/programs.ts', 'mvn'],
  [/^python3 -m venv /, '.ci/run', 'python3 -m venv'],
  [/^dbt build/, 'test/sql/sql-views.spec.ts', 'dbt'],
  [/^WRITE_VERSIONS=1 /, 'libs/projections/src/versions.spec.ts', 'WRITE_VERSIONS'],
  [/^npm run (contracts|openapi|image:check)$/, 'test/local/scripts.spec.ts', 'ELSEWHERE'],
  [/^kcat |^export KAFKA_SASL_/, 'test/local/start.spec.ts', 'kafka/kcat.conf'],
  [/^kafka-topics\.sh --bootstrap-server /, 'test/local/start.spec.ts', 'kafka/client.properties'],
];

/** What a shell cannot be given as it stands, or changes what is outside of this machine's checkout. */
const NOT_TYPED: readonly RegExp[] = [
  // Placeholders.
  /(…|<command>|<hosts…>.*)$/,
  // Options and subcommands that a sentence names.
  /^ops (erase|jobs show|rebuild|setup|status|topics|verify --json)$|^npm run ops -- (token|rebuild)$|^ops certificates |^curl -f --fail/,
  /^export (KAFKA|DATABASE)_APP_USERS=/,
  // They need other images, a registry, or a server that this machine does not have.
  /^docker (build|buildx|image) |^docker compose (--profile observability|build|run --rm certificates)/,
  /^kafka-(topics|configs)\.sh --(alter|delete)|^pip install dbt-core/,
  // They run until they are interrupted, or undo what is not committed.
  /^npx (nest start|vite) |^git checkout |^node bench\/fold\.mjs$/,
];

const shown = shownCommands(ROOT);

describe('the commands that README and docs show', () => {
  it('are each typed here, or run by another spec that is named here', () => {
    const known = [
      ...TYPED.map(([pattern]) => pattern),
      ...ELSEWHERE.map(([pattern]) => pattern),
      ...NOT_TYPED,
    ];
    expect(shown.length).toBeGreaterThan(150);
    expect(shown.filter(({ command }) => !known.some((pattern) => pattern.test(command)))).toEqual([]);
    expect(known.filter((pattern) => !shown.some(({ command }) => pattern.test(command)))).toEqual([]);
  });

  it.each(ELSEWHERE)('%s is run by %s', (_, spec, words) => {
    expect(readFileSync(join(ROOT, spec), 'utf8')).toContain(words);
  });

  describe('beside a running system', () => {
    let system: RunningSystem;
    let client: Client;
    let request: string;
    const kim = randomUUID();
    let position = '';

    beforeAll(async () => {
      system = await startSystem();
      client = new Client(system.info.gateway, system.info.readApi);
      const uid = (request = randomUUID());
      const quarantined = () => ({ ...eventOf('tour.started', nextTime()), experience: { uid: 'no uuid' } });
      for (const event of [
        eventOf('request.created', nextTime(), { request: { uid, title: 'Dark mode' } }),
        quarantined(),
        quarantined(),
        eventOf('tour.started', nextTime(), { jimer: jimer({ uid: kim }) }),
        { event: 'tour.teleported', version: '0', time: nextTime() },
      ])
        expect((await client.post(event)).status).toBe(202);
      await appendTooDeep(system.info);
      await appendTooDeep(system.info);
      for (const [path, count] of [
        ['/v1/dead-letters', 2],
        ['/v1/quarantine', 2],
        ['/v1/unrecognized', 1],
        ['/v1/feedback', 1],
      ] as const)
        await until(path, async () => (await idsOf(path)).length === count);
      await until('Kim', async () => (await client.get(`/v1/jimers/${kim}`)).status === 200);
    });

    afterAll(() => system?.stop());

    async function idsOf(path: string): Promise<string[]> {
      const { body } = await client.get<{ items: { id: string }[] }>(path);
      return body.items.map(({ id }) => id);
    }

    /** With this system's addresses instead of the usual ones, and with what a placeholder stands for. */
    async function forThisSystem(command: string): Promise<string> {
      const first = async (path: string) => (await idsOf(path))[0]!;
      let typed = command
        .replace('http://127.0.0.1:3000', system.info.gateway)
        .replace('http://127.0.0.1:3001', system.info.readApi)
        .replace(
          'https://…/webhooks/jimo?token=…',
          `${system.info.gateway}/webhooks/jimo?token=dev-webhook-token`,
        )
        // Its output is looked at, and the working folder stays as it is.
        .replace(/ > events\.ndjson$/, '')
        .replace(' [id …]', '')
        .replace(/ erase( --check)? (UID|<uid>)$/, ` erase$1 ${SAM}`);
      if (/ jobs (show|cancel) /.test(typed)) typed = typed.replace(/17|<id>/, await first('/v1/jobs'));
      if (/ dead-letters discard /.test(typed))
        typed = typed.replace('id …', await first('/v1/dead-letters'));
      if (/ quarantine discard /.test(typed)) typed = typed.replace('<id>', await first('/v1/quarantine'));
      return typed;
    }

    function run(command: string): Promise<string> {
      const env = {
        PATH: [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
        ...{ HOME: process.env['HOME'], DATA_DIR: system.dataDir },
        ...{
          JIMER: kim,
          TOKEN: 'dev-read-token',
          ADMIN_TOKEN: 'dev-admin-token',
          READ_API: system.info.readApi,
          REQUEST: request,
          position,
        },
      };
      return new Promise((resolve) => {
        execFile('bash', ['-c', command], { cwd: ROOT, env }, (_error, stdout, stderr) =>
          resolve(stdout + stderr),
        );
      });
    }

    async function type(command: string): Promise<string> {
      const typed = await forThisSystem(command);
      if (command.startsWith('position=')) {
        const printed = await run(`${typed}; echo "$position"`);
        position = printed.trim();
        return printed;
      }
      if (!command.includes('/v1/stream')) return run(typed);
      // It ends with the first event.
      const printed = run(`${typed} | grep --max-count 1 --after-context 2 '^event:'`);
      let isOver = false;
      void printed.then(() => (isOver = true));
      await until('an event in the stream', async () => {
        await client.post(eventOf('tour.started', nextTime(), { jimer: jimer() }));
        return isOver;
      });
      return printed;
    }

    it.each(TYPED)('%s prints %s', async (pattern, prints) => {
      const commands = new Set(
        shown.map(({ command }) => command).filter((command) => pattern.test(command)),
      );
      for (const command of commands)
        expect({ command, printed: await type(command) }).toEqual({
          command,
          printed: expect.stringMatching(prints) as string,
        });
    });
  });
});

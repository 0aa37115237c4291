import type { Command } from 'commander';

/** Which settings the commands of a group need, and what a call of each looks like; by the words of the command. */
const BOTH =
  'Finds the system that "npm start" runs with DATA_DIR. For another one: KAFKA_BROKERS (with KAFKA_SSL, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD) and DATABASE_URL.';
const DATABASE = 'Finds the system that "npm start" runs with DATA_DIR. For another one: DATABASE_URL.';
const KAFKA =
  'Finds the system that "npm start" runs with DATA_DIR. For another one: KAFKA_BROKERS (with KAFKA_SSL, KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD).';
const SAMPLE = 'Needs the system that "npm start" runs with DATA_DIR.';
const API =
  'Finds the system that "npm start" runs with DATA_DIR. For another one: DATABASE_URL, and to replay or discard READ_API_URL and READ_API_TOKEN (scope admin).';

const UUID = '3f2b6c1e-8a54-4d0e-9a37-5f1c2d7e9b10';

const HELP: Readonly<Record<string, readonly [settings: string | null, ...examples: string[]]>> = {
  start: [null, 'start', 'start --demo', 'start --data-dir /srv/jimo --gateway-port 8080'],
  topics: [
    `${KAFKA} Also KAFKA_TOPIC_PARTITIONS, KAFKA_REPLICATION_FACTOR, KAFKA_MIN_INSYNC_REPLICAS.`,
    'topics',
  ],
  migrate: [DATABASE, 'migrate'],
  setup: [`${BOTH} Also KAFKA_APP_USERS and DATABASE_APP_USERS.`, 'setup'],
  certificates: [null, 'certificates ./tls kafka-1 kafka-2:1001'],
  users: [`${BOTH} Also KAFKA_APP_USERS and DATABASE_APP_USERS.`, 'users provide', 'users drop old-gateway'],
  demo: [SAMPLE, 'demo', 'demo --events 20000 --seed 7', 'demo --remove'],
  status: [BOTH, 'status', 'status --json'],
  rebuild: [BOTH, 'rebuild journeys', 'rebuild journeys --cancel'],
  verify: [BOTH, 'verify', 'verify journeys feedback', 'verify --all --json'],
  rollback: [DATABASE, 'rollback journeys'],
  pause: [DATABASE, 'pause journeys --reason "migration of the reports"'],
  resume: [DATABASE, 'resume journeys'],
  jobs: [DATABASE, 'jobs', 'jobs show 17', 'jobs cancel 17 18'],
  'dead-letters': [
    BOTH,
    'dead-letters list',
    'dead-letters replay journeys',
    'dead-letters replay journeys 17 18',
    'dead-letters discard 17 --reason "sent by a test"',
  ],
  quarantine: [
    API,
    'quarantine',
    'quarantine list --event tour.started',
    `quarantine show ${UUID}`,
    'quarantine replay --all --event tour.started',
    `quarantine discard ${UUID} --reason "sent by a test"`,
  ],
  unrecognized: [API, 'unrecognized', 'unrecognized list', 'unrecognized replay --all'],
  token: [null, 'token gateway@acme', 'token read', 'token admin@acme'],
  erase: [BOTH, `erase ${UUID}`, 'erase --file leavers.txt --workspace acme', `erase --check ${UUID}`],
  backup: [KAFKA, 'backup /backups/2026-11-30'],
  restore: [KAFKA, 'restore /backups/2026-11-30'],
};

/** Adds to the help of every command which settings it needs, examples, and the projections where it takes one. */
export function explain(program: Command, projections: readonly string[]): void {
  program.addHelpText('after', '\nExamples of a command: ops <command> --help');
  for (const command of program.commands) {
    const known = HELP[command.name()];
    if (!known) continue;
    const [settings, ...examples] = known;
    const takesProjection = [command, ...command.commands].some((each) =>
      each.registeredArguments.some((argument) => argument.name().startsWith('projection')),
    );
    const parts = [
      ...(takesProjection && projections.length > 0 ? [`Projections: ${projections.join(', ')}`] : []),
      ...(settings === null ? [] : [`Settings: ${settings}`]),
      `Examples:\n${examples.map((example) => `  npm run ops -- ${example}`).join('\n')}`,
    ];
    for (const each of [command, ...command.commands]) each.addHelpText('after', `\n${parts.join('\n\n')}`);
  }
}

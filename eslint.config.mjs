import boundaries from 'eslint-plugin-boundaries';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const element = (type, pattern) => ({ type, pattern });

/** What each room may import (docs/adr/0002). A room that is not listed beside an arrow may not be imported. */
const ARROWS = {
  client: [],
  engine: [],
  catalog: ['engine'],
  contracts: ['catalog'],
  postgres: [],
  platform: [],
  local: [],
  'engine-memory': ['engine'],
  'engine-kafka': ['engine'],
  'engine-postgres': ['engine', 'postgres'],
  projections: ['catalog', 'engine'],
  'shared-queries': ['projections'],
  projector: ['engine', 'engine-kafka', 'engine-postgres', 'postgres', 'platform', 'catalog'],
  testing: [
    'local',
    'catalog',
    'engine',
    'engine-memory',
    'engine-kafka',
    'engine-postgres',
    'projections',
    'projector',
    'platform',
  ],
};
const LIBS = Object.keys(ARROWS);
/** Apps import libs only; the gateway has no database, so it must not reach Postgres even by way of a lib. */
const APP_LIBS = {
  gateway: ['catalog', 'engine', 'engine-kafka', 'platform'],
  'journey-projector': ['projector', 'projections', 'platform'],
  'experience-projector': ['projector', 'projections', 'platform'],
  'feedback-projector': ['projector', 'projections', 'platform'],
  'read-api': [
    'catalog',
    'engine',
    'engine-kafka',
    'engine-postgres',
    'postgres',
    'projections',
    'shared-queries',
    'platform',
  ],
  console: ['client'],
  ops: [
    'catalog',
    'engine',
    'engine-kafka',
    'engine-postgres',
    'projections',
    'projector',
    'shared-queries',
    'platform',
    'local',
  ],
};

const only = (...types) => ({ element: { type: types } });

/** The engine's second entry is for what implements its ports, and for what runs them. */
const ENGINE_ADAPTERS = {
  name: '@app/engine/adapters',
  message: 'Only the adapters, the projector and its tests need it: import from @app/engine.',
};
const USE_ENGINE_ADAPTERS = ['engine-memory', 'engine-kafka', 'engine-postgres', 'projector', 'testing'];

/** kafkajs is no longer developed, and parts of it are replaced: by one folder, which knows the version. */
const KAFKAJS_ONLY = 'What kafkajs does not export is used in libs/engine-kafka/src/kafkajs only.';

/** The console is for a browser, and has a configuration of its own. */
const TSCONFIGS = ['./tsconfig.json', './apps/console/tsconfig.json', './test/console/tsconfig.json'];

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'libs/client/dist',
      'libs/catalog/dist',
      '.cache',
      'libs/client/src/schema.ts',
      '.data',
      'coverage',
      '**/*.js',
      '**/*.mjs',
      '**/*.mts',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { boundaries },
    settings: {
      'boundaries/include': ['apps/**/*.{ts,tsx}', 'libs/**/*.ts'],
      'boundaries/elements': [
        ...LIBS.map((name) => element(name, `libs/${name}`)),
        ...Object.keys(APP_LIBS).map((name) => element(`app-${name}`, `apps/${name}`)),
      ],
      'import/resolver': { typescript: { project: TSCONFIGS, noWarnOnMultipleProjects: true } },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Specs with their fixtures, test/ and bench/ may import anything; nothing else may.
    files: ['apps/**/*.{ts,tsx}', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts'],
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            ...Object.entries(ARROWS).map(([name, targets]) => ({
              from: only(name),
              allow: { to: only(name, ...targets) },
            })),
            ...Object.entries(APP_LIBS).map(([name, targets]) => ({
              from: only(`app-${name}`),
              allow: { to: only(`app-${name}`, ...targets) },
            })),
          ],
        },
      ],
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.fixture.ts', ...USE_ENGINE_ADAPTERS.map((name) => `libs/${name}/**`)],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [ENGINE_ADAPTERS],
        },
      ],
    },
  },
  { files: ['apps/console/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  {
    files: ['libs/projections/src/*.ts'],
    ignores: ['**/*.spec.ts', '**/index.ts', '**/read-models.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [ENGINE_ADAPTERS],
          patterns: [
            {
              regex: '^\\./(?!shared/)',
              message: 'A projection imports no other: apps/read-api composes what spans several.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['libs/engine-kafka/src/kafkajs/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          'Literal[value=/^kafkajs\\u002F/]',
          'TemplateElement[value.raw=/^kafkajs\\u002F/]',
          'Literal[value=/^private:/]',
        ].map((selector) => ({ selector, message: KAFKAJS_ONLY })),
        {
          selector:
            ':matches(ImportDeclaration, ExportNamedDeclaration)[source.value=/\\u002Fkafkajs\\u002F/]',
          message: 'Import from the index of the folder kafkajs.',
        },
      ],
    },
  },
);

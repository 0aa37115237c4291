// Jest runs under --experimental-vm-modules: NestJS 12 is ESM and is required from CommonJS (docs/adr/0001).
const shared = {
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'json'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        ...JSON.parse(require('node:fs').readFileSync(`${__dirname}/.swcrc`, 'utf8')),
        swcrc: false,
        exclude: [],
      },
    ],
  },
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src',
    // Without the contract suites, which take a second to load: for specs of whole processes.
    '^@app/testing/infra$': '<rootDir>/libs/testing/src/infra',
    '^@app/engine/adapters$': '<rootDir>/libs/engine/src/adapters',
    '^@jimo-webhooks/catalog$': '<rootDir>/libs/catalog/src/package',
    '^@jimo-webhooks/client$': '<rootDir>/libs/client/src',
  },
  setupFiles: ['reflect-metadata', '<rootDir>/test/support/properties.cjs'],
};

module.exports = {
  // Conditions are awaited, not slept for: this only ends a test that hangs.
  testTimeout: 600_000,
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  reporters: [
    'default',
    ...(process.env.TEST_RESULTS ? ['<rootDir>/test/support/results-reporter.cjs'] : []),
  ],
  projects: [
    // Pure tests: no server, no port.
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs}/**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.it\\.spec\\.ts$', '<rootDir>/dist/'],
    },
    // Against a real Kafka and a real Postgres, started once for the run.
    {
      ...shared,
      displayName: 'integration',
      globalSetup: '<rootDir>/libs/testing/src/infra/global-setup.ts',
      globalTeardown: '<rootDir>/libs/testing/src/infra/global-teardown.ts',
      testMatch: ['<rootDir>/{apps,libs}/**/*.it.spec.ts'],
      testPathIgnorePatterns: ['<rootDir>/dist/'],
    },
    // The built system as a user runs it, and all that takes long.
    {
      ...shared,
      displayName: 'system',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
    },
  ],
};

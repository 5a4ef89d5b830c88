/** @import { Config } from 'jest' */

/** @satisfies {Config['transform']} */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
  ],
  // Imports help topics and completion scripts as text, as the bundle does.
  '^.+\\.(md|bash|zsh|fish|ps1)$': '<rootDir>/test/support/runner/text-module.mjs',
};

const isNightly = process.env.TPKS_NIGHTLY === '1';

/** @param {string} displayName - also the name of the folder. */
const createProject = (displayName) => ({
  displayName,
  testEnvironment: '<rootDir>/test/support/runner/environment.mjs',
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
  testPathIgnorePatterns: isNightly ? [] : [String.raw`\.nightly\.test\.ts$`],
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
});

/**
 * One project per kind of test. `npm test` runs the first four, `.ci/run` all of them. Files named
 * `*.nightly.test.ts` are only run by `.ci/run nightly`, and if their path is an argument.
 */
export const projects = [
  ...['unit', 'sandbox', 'contract', 'e2e', 'standalone'],
  ...['real-uaa', 'real-cluster', 'faults'],
];

/** @satisfies {Config} */
const config = {
  projects: projects.map(createProject),
  // More than most machines have idle cores, because end-to-end tests mostly wait for processes.
  maxWorkers: 3,
  // Three times the duration of the slowest test on an idle machine.
  testTimeout: 30_000,
  // In CI, a skipped test is a failure.
  reporters: [
    'default',
    ...(process.env.TPKS_REQUIRE_PARTS === '1'
      ? ['<rootDir>/test/support/runner/skipped-tests.mjs']
      : []),
  ],
  collectCoverageFrom: ['src/**/*.ts'],
  coverageDirectory: 'node_modules/.cache/coverage',
  coverageProvider: 'v8',
  coverageReporters: ['html', 'text-summary'],
  globalSetup: '<rootDir>/test/support/runner/build-once.mjs',
};

export default config;

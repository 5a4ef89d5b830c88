const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
  ],
  // The bundle contains the help topics as text.
  '^.+\\.md$': '<rootDir>/test/support/text-module.mjs',
};

const project = (displayName) => ({
  displayName,
  testEnvironment: 'node',
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform,
});

/** One project per kind of test; `npm test` runs the first three, `.ci/run` all of them. */
export const projects = ['unit', 'contract', 'e2e', 'real-uaa', 'faults'];

export default {
  projects: projects.map(project),
  // Most of an end-to-end test is waiting for processes.
  maxWorkers: 3,
  // A busy machine is no failure; what hangs is found all the same.
  testTimeout: 30_000,
  globalSetup: '<rootDir>/test/support/build-once.mjs',
};

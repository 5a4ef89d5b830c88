/**
 * `npm run test:standalone [-- PATHS] [JEST OPTIONS]`: builds the standalone binary, and uses it to run the
 * tests in `test/standalone` and the tests listed below. With `TPKS_NIGHTLY=1`, it runs all end-to-end tests.
 * With PATHS or options, it runs only those end-to-end tests and tests in `test/standalone`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findHostTarget } from '../../packaging/targets.mjs';
import { runJest } from '../support/runner/run-jest.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Tests that start processes because the process matters, one main flow, and tests of modules that differ
 * in the binary.
 */
const chosenTests = {
  'test/e2e/main-flow.test.ts': 'login, clusters and uaa commands',
  'test/e2e/kube-credential.test.ts': 'kubectl starts the binary as a plugin',
  'test/e2e/completion.test.ts': 'shells start the binary',
  'test/e2e/prompts-and-signals.test.ts': 'the runtime reads keys and handles signals',
  'test/e2e/terminal.test.ts': 'the runtime writes to a terminal',
  'test/e2e/pager.test.ts': 'the runtime starts a program',
  'test/e2e/secret-commands.test.ts': 'the runtime starts a program, and ends it',
  'test/e2e/separate-process.test.ts': 'the runtime ends when nothing is left to do',
  'test/e2e/keychain.test.ts': 'the runtime connects to the D-Bus session',
  'test/e2e/proxy.test.ts': 'the runtime connects to a proxy',
  'test/e2e/system-ca-store.test.ts': 'the runtime reads the CAs of the system',
  'test/unit/platform/http/send.test.ts': 'the binary has its own `Send`',
  'test/contract/browser-login.test.ts': 'the runtime serves the redirect of a login',
  'test/contract/concurrent-commands.test.ts': 'the runtime creates and deletes lock files',
};

/** Reads which modules Node loads. */
const nodeOnlyTest = 'test/e2e/loaded-packages.test.ts';

execFileSync(process.execPath, [join(repository, 'packaging/standalone.mjs')], {
  stdio: 'inherit',
});

const args = process.argv.slice(2);
const isNightly = process.env['TPKS_NIGHTLY'] === '1';
const chosen = Object.keys(chosenTests);
// Jest ignores paths that do not exist.
for (const path of [...chosen, nodeOnlyTest]) {
  if (!existsSync(join(repository, path)))
    throw new Error(`${path} does not exist; update run-standalone.mjs`);
}

const { name, file } = findHostTarget();
process.exitCode = await runJest({
  projects: ['e2e', 'standalone', ...(args.length > 0 ? [] : ['unit', 'contract'])],
  args: [
    ...(args.length > 0 ? args : ['test/standalone/', ...chosen]),
    ...(args.length === 0 && isNightly ? ['test/e2e/'] : []),
    ...(isNightly ? ['--testPathIgnorePatterns', nodeOnlyTest] : []),
  ],
  env: { TPKS_TEST_BIN: join(repository, 'out', name, file) },
});

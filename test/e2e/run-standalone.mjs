/**
 * `npm run test:standalone [-- PATHS] [JEST OPTIONS]`: builds the standalone binary, uses it to run the
 * end-to-end tests, its own tests and those of `Send`, single sign-on and parallel commands, and lists
 * the tests that it cannot run. With PATHS or options, it runs only end-to-end tests and its own tests.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runJest } from '../support/runner/run-jest.mjs';

/**
 * What this script reads from jest's report.
 *
 * @typedef {object} Results
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numTotalTests
 * @property {{ name: string; assertionResults: { status: string; fullName: string }[] }[]} testResults
 */

const repository = fileURLToPath(new URL('../..', import.meta.url));
execFileSync(process.execPath, [join(repository, 'packaging/standalone.mjs')], {
  stdio: 'inherit',
});

const words = process.argv.slice(2);
const defaultWords = [
  '--testPathPatterns',
  ...['test/(e2e|standalone)/', 'test/unit/http/send'],
  'test/contract/(browser-login|concurrent-commands)',
];

const folder = mkdtempSync(join(tmpdir(), 'tpks-results-'));
const file = join(folder, 'results.json');
process.exitCode = await runJest({
  projects: ['e2e', 'standalone', ...(words.length > 0 ? [] : ['unit', 'contract'])],
  args: [...(words.length > 0 ? words : defaultWords), '--json', `--outputFile=${file}`],
  env: { TPKS_TEST_BIN: join(repository, 'out/linux-x64/tpks') },
});
/** @type {Results} */
const results = JSON.parse(readFileSync(file, 'utf8'));
rmSync(folder, { recursive: true });
printNodeOnlyTests(results);

/**
 * Prints the tests that `createNodeOnly` skipped, by file and reason, and jest's last line, which then
 * counts only the other skipped tests as skipped.
 *
 * @param {Results} results
 */
function printNodeOnlyTests({ testResults, numPassedTests, numFailedTests, numTotalTests }) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { name, assertionResults } of testResults) {
    for (const { status, fullName } of assertionResults) {
      const reason = /\[Node only: ([^\]]*)\]/.exec(fullName)?.[1];
      if (status !== 'pending' || reason === undefined) continue;
      const line = `${basename(name)} ${reason}`;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  console.log('\nNumber of tests that run only with Node, and what they do:');
  for (const [line, count] of [...counts].sort())
    console.log(`${String(count).padStart(5)}  ${line}`);
  const nodeOnly = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const total = numTotalTests - nodeOnly;
  const skipped = total - numPassedTests - numFailedTests;
  console.log(
    `Tests: ${numFailedTests} failed, ${skipped} skipped, ${numPassedTests} passed, ${total} total`,
  );
}

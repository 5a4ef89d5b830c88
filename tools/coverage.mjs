/**
 * `npm run coverage [-- PATHS]`: runs the unit and contract tests, and prints for each folder of
 * `src/` how much of the code they execute. The report for each line is
 * `node_modules/.cache/coverage/index.html`.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { runJest } from '../test/support/run-jest.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const directory = 'node_modules/.cache/coverage';
const metrics = /** @type {const} */ (['lines', 'functions', 'branches']);

/** @typedef {Record<typeof metrics[number], { total: number, covered: number }>} Summary */

const code = await runJest({
  projects: ['unit', 'contract'],
  args: [
    // First, because jest reads arguments after a list option as more values of that option.
    ...process.argv.slice(2),
    ...['--coverage', '--coverageProvider=v8', `--coverageDirectory=${directory}`],
    ...['--collectCoverageFrom=src/**/*.ts', '--coverageReporters=json-summary'],
    '--coverageReporters=html',
  ],
});

const { total: _total, ...all } = /** @type {Record<string, Summary>} */ (
  JSON.parse(readFileSync(`${directory}/coverage-summary.json`, 'utf8'))
);
const files = Object.entries(all).filter(([path]) => hasCode(path));
/** @type {Map<string, Summary[]>} */
const folders = new Map();
for (const [path, summary] of files) {
  const folder = dirname(relative(root, path)).replaceAll('\\', '/');
  folders.set(folder, [...(folders.get(folder) ?? []), summary]);
}

print('Folder', metrics);
for (const [folder, summaries] of [...folders].sort()) print(folder, percentages(summaries));
print('All', percentages(files.map(([, summary]) => summary)));
process.exitCode = code;

/**
 * Files that contain only types are never executed.
 *
 * @param {string} path
 */
function hasCode(path) {
  return transformSync(readFileSync(path, 'utf8'), { loader: 'ts' }).code !== '';
}

/** @param {Summary[]} summaries */
function percentages(summaries) {
  return metrics.map((metric) => {
    const sum = (/** @type {'total' | 'covered'} */ key) =>
      summaries.reduce((result, summary) => result + summary[metric][key], 0);
    return sum('total') === 0 ? '-' : `${((100 * sum('covered')) / sum('total')).toFixed(1)} %`;
  });
}

/**
 * @param {string} folder
 * @param {readonly string[]} cells
 */
function print(folder, cells) {
  console.log([folder.padEnd(28), ...cells.map((cell) => cell.padStart(10))].join(' '));
}

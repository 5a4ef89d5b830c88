/**
 * `npm run check [-- --all]`: checks the types of all files and the generated pages of the docs, and
 * runs the linter, the formatter and the unit tests for the files that differ from the main branch or,
 * with `--all`, for all files. The last lines show what failed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

const cache = 'node_modules/.cache';
/** A change to one of these can affect files that have not changed. */
const configuration = [
  'eslint.config.mjs',
  'jest.config.mjs',
  'package-lock.json',
  'tsconfig.json',
];

/** Reports what is missing for a new command, which other tests find only in CI. */
const alwaysTested = 'test/unit/commands/index.test.ts';

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== '--all');
if (unknown !== undefined) {
  console.error(`Unknown option: ${unknown} (the only option is --all)`);
  process.exit(2);
}
const isComplete = options.includes('--all');
const changedFiles = findChangedFiles();
if (!isComplete) {
  console.log(`Changed files: ${changedFiles.length}`);
  const affecting = changedFiles.filter((file) => configuration.includes(file));
  if (affecting.length > 0) {
    console.log(`Also run npm run check -- --all, because of ${affecting.join(', ')}`);
  }
}

const files = isComplete ? ['.'] : changedFiles;
const sources = isComplete ? ['.'] : changedFiles.filter((file) => /\.[cm]?[jt]s$/.test(file));
const related = isComplete ? [] : ['--findRelatedTests', alwaysTested, ...changedFiles];
const npm = ['npm', 'run', '--silent'];
const eslint = [
  ...['npx', '--no', '--', 'eslint', '--no-warn-ignored', '--concurrency=auto'],
  ...['--cache', `--cache-location=${cache}/eslint/`, '--cache-strategy=content'],
];
const prettier = [
  ...['npx', '--no', '--', 'prettier', '--check', '--ignore-unknown'],
  ...['--cache', `--cache-location=${cache}/prettier.json`],
];
const results = await Promise.all([
  run('types', ...npm, 'typecheck'),
  run('docs', ...npm, 'docs:check'),
  ...(sources.length > 0 ? [run('lint', ...eslint, ...sources)] : []),
  ...(files.length > 0 ? [run('format', ...prettier, ...files)] : []),
  run(
    'unit tests',
    ...npm,
    'jest',
    '--',
    '--ci',
    '--selectProjects',
    'unit',
    'sandbox',
    ...related,
  ),
]);

const failed = results.filter(({ code }) => code !== 0);
for (const { title, output } of failed) console.log(`\n=== ${title}\n${output.trimEnd()}`);
console.log('');
for (const { title, code, seconds } of results) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${title} (${seconds.toFixed(1)} s)`);
}
const titles = failed.map(({ title }) => title).join(', ');
console.log(failed.length === 0 ? 'Check passed' : `Check failed: ${titles}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * @param {string} title
 * @param {string[]} command
 */
async function run(title, ...[command = '', ...args]) {
  const started = performance.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
  }
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  return { title, code, output, seconds: (performance.now() - started) / 1000 };
}

/** Lists the files that differ from the main branch, or from the last commit if there is no main branch. */
function findChangedFiles() {
  const base = ['origin/main', 'main']
    .map((branch) => git('merge-base', 'HEAD', branch)[0])
    .find(Boolean);
  const differing = git('diff', '--name-only', '--diff-filter=d', '-z', base ?? 'HEAD');
  return [...differing, ...git('ls-files', '--others', '--exclude-standard', '-z')];
}

/**
 * @param {string[]} args
 * @returns {string[]} the output, split at zero bytes and line breaks; empty if git fails.
 */
function git(...args) {
  try {
    const output = execFileSync('git', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.split(/[\0\n]/).filter(Boolean);
  } catch {
    return [];
  }
}

/**
 * `npm run check [-- --all]`: checks the types of all files and the generated pages of the docs, and
 * runs the linter, the formatter and the unit tests for the files that differ from the main branch.
 * With `--all`, for all files. The last lines show what failed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';

const cache = 'node_modules/.cache';
/** A change to one of these can affect files that have not changed. */
const configuration = [
  'eslint.config.mjs',
  'jest.config.mjs',
  'package-lock.json',
  'tsconfig.json',
];

/** Names what is missing for a new command. CI runs the tests that need it, but this script does not. */
const alwaysTested = 'test/unit/commands/command-rows.test.ts';

/** @typedef {{ title: string, args: string[], failures: RegExp }} Step */

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== '--all');
if (unknown !== undefined) {
  console.error(`Unknown option: ${unknown} (the only option is --all)`);
  process.exit(2);
}
const isComplete = options.includes('--all');
const changed = changedFiles();
if (!isComplete) {
  console.log(`Changed files: ${changed.length}`);
  const affecting = changed.filter((file) => configuration.includes(file));
  if (affecting.length > 0) {
    console.log(`Also run npm run check -- --all, because of ${affecting.join(', ')}`);
  }
}

const started = performance.now();
const outcomes = await Promise.all(steps().map(run));
const failed = outcomes.filter(({ code }) => code !== 0);
for (const { title, output } of failed) console.log(`\n=== ${title}\n${output.trimEnd()}`);
console.log('');
for (const { title, code, seconds, output, failures } of outcomes) {
  const files =
    code === 0 ? [] : [...output.matchAll(failures)].map(([, file = '']) => relative('', file));
  const row = [
    code === 0 ? 'ok    ' : 'FAILED',
    title.padEnd(10),
    `${seconds.toFixed(1)} s`.padStart(8),
  ];
  console.log([...row, ...new Set(files)].join('  '));
}
const total = ((performance.now() - started) / 1000).toFixed(1);
const verdict =
  failed.length === 0 ? 'passed' : `failed: ${failed.map(({ title }) => title).join(', ')}`;
console.log(`Check ${verdict} (${total} s)`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** @returns {Step[]} */
function steps() {
  const files = isComplete ? ['.'] : changed;
  const sources = isComplete ? ['.'] : changed.filter((file) => /\.(?:[cm]?[jt]s|md)$/.test(file));
  const types = {
    title: 'types',
    args: ['npm', 'run', '--silent', 'typecheck'],
    failures: /^(\S+?)\(\d+,\d+\): error/gm,
  };
  const lint = {
    title: 'lint',
    args: [
      ...['npx', '--no', '--', 'eslint', '--no-warn-ignored'],
      ...['--cache', `--cache-location=${cache}/eslint/`, '--cache-strategy=content'],
      ...[`--concurrency=${isComplete ? 'auto' : 'off'}`, ...sources],
    ],
    failures: /^(\/\S+|[A-Z]:\\\S+)$/gm,
  };
  const format = {
    title: 'format',
    args: [
      ...['npx', '--no', '--', 'prettier', '--check', '--ignore-unknown'],
      ...['--cache', `--cache-location=${cache}/prettier.json`, ...files],
    ],
    failures: /^\[(?:warn|error)\] (\S+\.\w+)/gm,
  };
  const docs = {
    title: 'docs',
    args: ['npm', 'run', '--silent', 'docs:check'],
    failures: /^(\S+) is not up to date/gm,
  };
  const tests = {
    title: 'unit tests',
    args: [
      ...['npm', 'run', '--silent', 'jest', '--', '--selectProjects', 'unit'],
      ...(isComplete ? [] : ['--findRelatedTests', alwaysTested, ...changed]),
    ],
    failures: /^FAIL (?:unit )?(\S+)/gm,
  };
  return [
    types,
    docs,
    ...(sources.length > 0 ? [lint] : []),
    ...(files.length > 0 ? [format] : []),
    tests,
  ];
}

/** @param {Step} step */
async function run(step) {
  const begin = performance.now();
  const [command = '', ...args] = step.args;
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
  }
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  return { ...step, code, output, seconds: (performance.now() - begin) / 1000 };
}

/**
 * The files that differ from the main branch, or from the last commit if there is no main branch.
 */
function changedFiles() {
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

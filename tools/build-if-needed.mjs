/** Builds `dist/` if it is out of date, before `npm run tpks`, `npm run demo`, `npm test` and others. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const inputs = [
  'src',
  'docs',
  'packaging',
  'package.json',
  'package-lock.json',
  'esbuild.config.mjs',
];

/**
 * Builds the program if it was not built yet, or if a source is newer than the last build. Prints
 * the output of the build to stderr, because stdout is for the result of the command.
 *
 * @param {object} [options]
 * @param {boolean} [options.metafile] - also write `dist/meta.json`, which some tests read.
 */
export function buildIfNeeded({ metafile = false } = {}) {
  const outputs = ['dist/main.cjs', ...(metafile ? ['dist/meta.json'] : [])];
  if (isCurrent(outputs, inputs)) return;
  const args = ['esbuild.config.mjs', ...(metafile ? ['--metafile'] : [])];
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 2, 2] });
}

/**
 * Whether all outputs exist and are newer than the inputs.
 *
 * @param {string[]} outputs - files.
 * @param {string[]} inputs - files and folders.
 */
export function isCurrent(outputs, inputs) {
  return findLatestChange(inputs) <= Math.min(...outputs.map(findBuildTime));
}

/**
 * @param {string} file
 * @returns when the file was built, in epoch milliseconds; 0 if it does not exist.
 */
function findBuildTime(file) {
  return statSync(new URL(file, root), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * Includes the folders themselves, because deleting a file changes only its folder.
 *
 * @param {string[]} paths - files and folders.
 * @returns the time of the latest change to the files and to everything in the folders, in epoch milliseconds.
 */
function findLatestChange(paths) {
  const nested = paths.flatMap((path) =>
    path.includes('.')
      ? []
      : readdirSync(new URL(path, root), { recursive: true }).map(
          (name) => `${path}/${String(name)}`,
        ),
  );
  return Math.max(...[...paths, ...nested].map((path) => statSync(new URL(path, root)).mtimeMs));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildIfNeeded();

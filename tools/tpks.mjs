/**
 * `npm run --silent tpks -- ARGUMENTS`: runs the program from source, and builds it first if a
 * source has changed.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
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

if (latestChangeTime(inputs) > lastBuildTime()) {
  // Print the output of the build to stderr, because stdout is for the result of the command.
  execFileSync(process.execPath, ['esbuild.config.mjs'], { cwd: root, stdio: ['ignore', 2, 2] });
}
const program = fileURLToPath(new URL('bin/tpks.js', root));
process.argv[1] = program;
createRequire(import.meta.url)(program);

/** @returns the time of the last build in epoch milliseconds; 0 if nothing was built yet. */
function lastBuildTime() {
  return statSync(new URL('dist/main.cjs', root), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * The time of the latest change of these files and folders and of everything in the folders.
 * Folders are included, because deleting a file changes only its folder.
 *
 * @param {string[]} paths
 */
function latestChangeTime(paths) {
  const nested = paths.flatMap((path) =>
    path.includes('.')
      ? []
      : readdirSync(new URL(path, root), { recursive: true }).map(
          (name) => `${path}/${String(name)}`,
        ),
  );
  return Math.max(...[...paths, ...nested].map((path) => statSync(new URL(path, root)).mtimeMs));
}

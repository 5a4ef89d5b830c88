/** `npm run --silent tpks -- ARGUMENTS`: runs the program from source. Builds it first if a source has changed. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const inputs = ['src', 'docs', 'package.json', 'package-lock.json', 'esbuild.config.mjs'];

if (newest(inputs) > builtAt()) {
  // stdout is for the result of the command.
  execFileSync(process.execPath, ['esbuild.config.mjs'], { cwd: root, stdio: ['ignore', 2, 2] });
}
const program = fileURLToPath(new URL('bin/tpks.js', root));
process.argv[1] = program;
createRequire(import.meta.url)(program);

/** @returns the time of the last build in epoch milliseconds, 0 if there was none. */
function builtAt() {
  return statSync(new URL('dist/main.cjs', root), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/**
 * The last change of any of these files or of the files below these folders. Folders count too, because
 * deleting a file changes only its folder.
 *
 * @param {string[]} paths
 */
function newest(paths) {
  const below = paths.flatMap((path) =>
    path.includes('.')
      ? []
      : readdirSync(new URL(path, root), { recursive: true }).map((name) => `${path}/${name}`),
  );
  return Math.max(...[...paths, ...below].map((path) => statSync(new URL(path, root)).mtimeMs));
}

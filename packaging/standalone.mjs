/**
 * `npm run standalone [-- --target TARGET,...|all]` builds `out/TARGET/tpks`, a single file that does not
 * require Node. The default target is this machine. `--check` checks the binaries instead of building
 * them, including those that this machine cannot run.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compile, installRuntime } from './compile.mjs';
import { reportError } from './report-error.mjs';
import { findHostTarget, findTarget, parseTargets } from './targets.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** The binaries are 108 to 135 MB large, of which the runtimes take 89 to 115 MB. */
const maximumBytes = 140_000_000;

try {
  const { values } = parseArgs({
    options: { target: { type: 'string' }, check: { type: 'boolean', default: false } },
  });
  const names = values.target === undefined ? [findHostTarget().name] : parseTargets(values.target);
  for (const name of names) {
    const { file, unfinished } = findTarget(name);
    const path = join(repository, 'out', name, file);
    if (values.check) {
      checkBinary(name, path);
    } else {
      compile(name, path);
      if (unfinished) console.warn(`${name}: ${unfinished}`);
    }
  }
} catch (error) {
  reportError(error);
}

/**
 * Checks that a binary is an executable for its platform, and contains the program and the native
 * keychain module of that platform, unchanged.
 *
 * @param {string} name - a key of `targets`.
 * @param {string} path
 * @throws Error if a check fails.
 */
function checkBinary(name, path) {
  const target = findTarget(name);
  const modules = installRuntime(name, target);
  const binary = readFileSync(path);
  const type = execFileSync('file', ['-b', path], { encoding: 'utf8' }).trim();
  ensure(target.fileType.test(type), `${path} has an unexpected type: ${type}`);
  const runtimeBytes = readFileSync(join(modules, target.runtime)).length;
  const isPlausible = binary.length > runtimeBytes && binary.length < maximumBytes;
  ensure(isPlausible, `${path} has an unexpected size: ${binary.length} bytes`);
  ensure(binary.includes('UAA client '), `${path} does not contain tpks`);
  ensure(!binary.includes(repository), `${path} contains the path ${repository}`);
  if (target.keychainModule !== undefined) {
    const module = readFileSync(join(modules, target.keychainModule));
    ensure(binary.includes(module), `${path} does not contain ${target.keychainModule}`);
  }
  console.log(`${name}: ${type.replace(/, .*/, '')}, ${(binary.length / 1e6).toFixed(1)} MB`);
}

/**
 * @param {boolean} isTrue
 * @param {string} message
 */
function ensure(isTrue, message) {
  if (!isTrue) throw new Error(message);
}

/** Checks standalone binaries, including those that this machine cannot run. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installRuntime } from './compile.mjs';
import { findTarget } from './targets.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** The binaries are 108 to 135 MB large, of which the runtimes take 89 to 115 MB. */
const maximumBytes = 140_000_000;

/**
 * Checks that a binary is an executable for its platform, and contains the program and the native
 * keychain module of that platform, unchanged.
 *
 * @param {string} name - a key of `targets`.
 * @param {string} path
 * @returns {string[]} what was checked.
 * @throws Error if a check fails.
 */
export function checkBinary(name, path) {
  const target = findTarget(name);
  if (!existsSync(path)) {
    throw new Error(`${path} does not exist: npm run standalone -- --target ${name}`);
  }
  const modules = installRuntime(name, target);
  const binary = readFileSync(path);
  const type = execFileSync('file', ['-b', path], { encoding: 'utf8' }).trim();
  ensure(target.fileType.test(type), `${path} has an unexpected type: ${type}`);
  const runtimeBytes = readFileSync(join(modules, target.runtime)).length;
  const isPlausible = binary.length > runtimeBytes && binary.length < maximumBytes;
  ensure(isPlausible, `${path} has an unexpected size: ${binary.length} bytes`);
  ensure(binary.includes('UAA client '), `${path} does not contain tpks`);
  ensure(!binary.includes(repository), `${path} contains the path ${repository}`);
  const lines = [type.replace(/, .*/, ''), `${(binary.length / 1e6).toFixed(1)} MB`];
  if (target.keychainModule !== undefined) {
    const module = readFileSync(join(modules, target.keychainModule));
    ensure(binary.includes(module), `${path} does not contain ${target.keychainModule}`);
    lines.push(`contains ${target.keychainModule}`);
  }
  return lines;
}

/**
 * @param {boolean} isTrue
 * @param {string} message
 */
function ensure(isTrue, message) {
  if (!isTrue) throw new Error(message);
}

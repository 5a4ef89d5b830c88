/**
 * `npm run standalone [-- --target TARGET]` builds `out/TARGET/tpks`: the program in one file that
 * needs no Node. Without `--target`, it is built for this machine. `--target all` builds all targets
 * that need no further steps. `--check` checks the binaries instead of building them.
 */
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkBinary } from './check-binary.mjs';
import { compile } from './compile.mjs';
import { reportError } from './report-error.mjs';
import { findHostTarget, findTarget, targets } from './targets.mjs';

const repository = fileURLToPath(new URL('..', import.meta.url));

try {
  const { values } = parseArgs({
    options: { target: { type: 'string' }, check: { type: 'boolean', default: false } },
  });
  for (const name of selectTargets(values.target)) build(name, values.check);
} catch (error) {
  reportError(error);
}

/** @param {string} [name] */
function selectTargets(name) {
  if (name === undefined) return [findHostTarget().name];
  if (name !== 'all') return [name];
  return Object.keys(targets).filter((each) => !findTarget(each).unfinished);
}

/**
 * @param {string} name
 * @param {boolean} isCheck
 */
function build(name, isCheck) {
  const target = findTarget(name);
  const path = join(repository, 'out', name, target.file);
  if (isCheck) {
    for (const line of checkBinary(name, path)) console.log(`${name}: ${line}`);
    return;
  }
  compile(name, path);
  if (target.unfinished) console.warn(`${name}: ${target.unfinished}`);
}

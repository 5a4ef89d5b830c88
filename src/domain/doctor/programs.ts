import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';
import { alwaysQuoteForShell, quoteForShell } from '../../base/shell-quote.js';
import { findExecutable } from '../../platform/disk/find-executable.js';
import type { OwnContext } from '../kube/kubeconfig/entries.js';
import { findPluginCommand, type OwnProgram } from '../kube/user-entry.js';
import { pass, skip, warn, type CheckResult } from './check.js';

/** Checks that `tpks` on `PATH` is the running program. */
export function checkOwnProgram(program: OwnProgram): CheckResult {
  if (findPluginCommand(program) === 'tpks') return pass('links', 'tpks: this program');
  const { path } = program;
  const first = findExecutable('tpks', program);
  if (first !== undefined) {
    return warn(
      'links',
      `tpks: ${first} is first on PATH, and it is not the running program ${path}`,
      `remove one of them: rm ${alwaysQuoteForShell(first)}`,
    );
  }
  const fix =
    basename(path) === 'tpks'
      ? `export PATH=${quoteForShell(dirname(path))}:$PATH`
      : `sudo ln -s ${alwaysQuoteForShell(path)} /usr/local/bin/tpks`;
  return warn('links', 'tpks is not on PATH', fix);
}

/** Reports which program runs under the name of an original tool. */
export function checkLink(name: string, program: OwnProgram): CheckResult {
  const found = findExecutable(name, program);
  if (found === undefined) return skip('links', `${name}: not on PATH`);
  const isOwn = existsSync(program.path) && realpathSync(found) === realpathSync(program.path);
  return isOwn
    ? pass('links', `${name}: ${found} runs tpks`)
    : skip('links', `${name}: ${found} is not a link to tpks`);
}

/**
 * Checks that kubectl can start the credential plugin of the contexts that tpks created, if any.
 * @param isExecutable - whether a program exists: a path, or a name on `PATH`.
 */
export function checkKubeconfig(
  contexts: readonly OwnContext[],
  isExecutable: (program: string) => boolean,
): readonly CheckResult[] {
  const commands = new Set(contexts.flatMap(({ pluginCommand }) => pluginCommand ?? []));
  return [...commands].map((command) => {
    const users = contexts.filter(({ pluginCommand }) => pluginCommand === command);
    const names = users.map(({ name }) => name).join(', ');
    if (isExecutable(command)) return pass('kubectl', `kubeconfig: ${command} runs for ${names}`);
    const problem = isAbsolute(command) ? 'does not exist' : 'is not on PATH';
    const [cluster = 'CLUSTER'] = users.map(({ owner }) => owner.cluster);
    return warn(
      'kubectl',
      `kubeconfig: ${command}, which kubectl runs for ${names}, ${problem}`,
      `write the entries again: tpks get-credentials ${quoteForShell(cluster)} --no-switch`,
    );
  });
}

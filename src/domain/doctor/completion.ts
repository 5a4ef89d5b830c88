import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { locateScript, type ScriptShell } from '../../platform/config/completion-files.js';
import type { Environment } from '../../platform/config/environment.js';
import { pass, skip, warn, type CheckResult, type DoctorDeps } from './check.js';

const shells: readonly ScriptShell[] = ['bash', 'zsh', 'fish'];

/**
 * Checks whether completion is loaded. The completion scripts export `TPKS_COMPLETION`, which starts with
 * the name of the shell. A script that is stored in a file does so only at the first TAB, so tpks can only
 * check whether such a file exists for the login shell.
 * @param isInteractive - whether tpks was started from an interactive shell.
 */
export function checkCompletion(
  { env, platform }: Pick<DoctorDeps, 'env' | 'platform'>,
  isInteractive: boolean,
): CheckResult {
  const { TPKS_COMPLETION: variable, SHELL: path = '' } = env;
  if (variable !== undefined) return pass('completion', `loaded in ${variable.replace(/ .*/, '')}`);
  const shell = shells.find((name) => path.endsWith(`/${name}`));
  if (shell === undefined) return skip('completion', 'the login shell is not bash, zsh or fish');
  const file = [locateScript(shell, 'tpks', env, platform), ...listSharedFiles(shell, env)].find(
    (each) => existsSync(each),
  );
  if (file !== undefined) {
    return pass('completion', `${file} exists, and is loaded at the first TAB`);
  }
  if (!isInteractive) return skip('completion', 'tpks was started by a script');
  return warn('completion', `not loaded in ${shell}`, `tpks completion install ${shell}`);
}

/** Lists the places of scripts that `completion install` has not written. */
function listSharedFiles(shell: ScriptShell, env: Environment): readonly string[] {
  const { HOME: home = '/', XDG_CONFIG_HOME: config = join(home, '.config'), FPATH = '' } = env;
  const shares = ['/usr/local/share', '/usr/share', '/opt/homebrew/share'];
  switch (shell) {
    case 'bash':
      return shares.map((share) => join(share, 'bash-completion/completions/tpks'));
    case 'fish':
      return [
        join(config, 'fish/completions/tpks.fish'),
        '/etc/fish/completions/tpks.fish',
        ...shares.map((share) => join(share, 'fish/vendor_completions.d/tpks.fish')),
      ];
    case 'zsh':
      // zsh does not export FPATH by default, so the usual folders are searched too.
      return [
        ...FPATH.split(delimiter).filter((folder) => folder !== ''),
        ...['.zsh/completions', '.zfunc', '.oh-my-zsh/completions'].map((end) => join(home, end)),
        ...shares.map((share) => join(share, 'zsh/site-functions')),
        '/usr/share/zsh/vendor-completions',
      ].map((folder) => join(folder, '_tpks'));
  }
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kill } from 'node:process';
import { locateScript, type ScriptShell } from '../../platform/config/completion-files.js';
import { withoutSecrets, type Environment } from '../../platform/config/environment.js';
import { findExecutable } from '../../platform/disk/find-executable.js';
import {
  notChecked,
  pass,
  skip,
  warn,
  withinSeconds,
  type CheckResult,
  type DoctorDeps,
} from './check.js';

type System = Pick<DoctorDeps, 'env' | 'platform'>;

const shells: readonly ScriptShell[] = ['bash', 'zsh', 'fish'];

/** The time after which a zsh that does not respond is killed. */
export const zshSeconds = 5;

/**
 * Checks completion in the login shell, and in zsh if its script is installed. The completion scripts export
 * `TPKS_COMPLETION`, which starts with the name of the shell. A script in a file does so only at the first
 * TAB, so tpks can only check whether bash and fish have such a file. zsh also needs lines in `~/.zshrc`, so
 * tpks starts zsh to check.
 */
export async function checkCompletion(
  system: System,
  isInteractive: boolean,
  seconds = zshSeconds,
): Promise<readonly CheckResult[]> {
  const { env, platform } = system;
  const { TPKS_COMPLETION: variable, SHELL: path = '' } = env;
  if (variable !== undefined) {
    return [pass('completion', `loaded in ${variable.replace(/ .*/, '')}`)];
  }
  const loginShell = shells.find((name) => path.endsWith(`/${name}`));
  const script = locateScript('zsh', 'tpks', env, platform);
  const installedScript = existsSync(script) ? script : undefined;
  const results = loginShell === 'zsh' ? [] : [checkScriptFile(loginShell, system, isInteractive)];
  if (installedScript === undefined) {
    if (loginShell !== 'zsh') return results;
    if (!isInteractive) return [startedByScript];
  }
  const zsh = loginShell === 'zsh' ? path : findExecutable('zsh', system);
  if (zsh === undefined) return [...results, skip('completion', 'zsh is not on PATH')];
  return [...results, toZshResult(await isRegisteredInZsh(zsh, env, seconds), installedScript)];
}

const startedByScript = skip('completion', 'tpks was started by a script');

function toZshResult(
  isRegistered: boolean | undefined,
  installedScript: string | undefined,
): CheckResult {
  if (isRegistered === undefined) {
    return notChecked('completion', 'zsh: not checked, because zsh -i did not report a result');
  }
  if (isRegistered) return pass('completion', 'zsh completes tpks');
  const command = 'tpks completion install zsh';
  return installedScript === undefined
    ? warn('completion', 'not loaded in zsh', command)
    : warn(
        'completion',
        `${installedScript} exists, but zsh does not load it`,
        `add the lines to ~/.zshrc that this command prints: ${command}`,
      );
}

/**
 * Starts an interactive zsh, so that it reads `~/.zshrc`, and checks whether a completion function for tpks is
 * registered. @returns `undefined` without a result, e.g. if `~/.zshrc` waits for input or starts another program.
 */
async function isRegisteredInZsh(
  zsh: string,
  env: Environment,
  seconds: number,
): Promise<boolean | undefined> {
  const child = spawn(
    zsh,
    ['-i', '-c', 'builtin print -r -- "tpks-completion:${_comps[tpks]-}."'],
    {
      env: withoutSecrets(env),
      stdio: ['ignore', 'pipe', 'ignore'],
      // Without the terminal, and in its own process group, which can be killed with all programs in it.
      detached: true,
    },
  );
  let output = '';
  const answer = new Promise<boolean | undefined>((resolve) => {
    child.on('error', () => {
      resolve(undefined);
    });
    child.on('close', () => {
      resolve(undefined);
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-10_000);
      const [, name] = /tpks-completion:([^\n]*)\./.exec(output) ?? [];
      if (name !== undefined) resolve(name !== '');
    });
  });
  try {
    return await withinSeconds(seconds, () => answer);
  } catch {
    return undefined;
  } finally {
    // A program that ~/.zshrc has started may still write to it.
    child.stdout.destroy();
    killGroup(child.pid);
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function checkScriptFile(
  shell: ScriptShell | undefined,
  { env, platform }: System,
  isInteractive: boolean,
): CheckResult {
  if (shell === undefined) return skip('completion', 'the login shell is not bash, zsh or fish');
  const file = [locateScript(shell, 'tpks', env, platform), ...listSharedFiles(shell, env)].find(
    (each) => existsSync(each),
  );
  if (file !== undefined) {
    return pass('completion', `${file} exists, and is loaded at the first TAB`);
  }
  if (!isInteractive) return startedByScript;
  return warn('completion', `not loaded in ${shell}`, `tpks completion install ${shell}`);
}

/** Lists the paths of scripts that the user or a package may have installed without `completion install`. */
function listSharedFiles(shell: ScriptShell, env: Environment): readonly string[] {
  const { HOME: home = '/', XDG_CONFIG_HOME: config = join(home, '.config') } = env;
  const shares = ['/usr/local/share', '/usr/share', '/opt/homebrew/share'];
  return shell === 'bash'
    ? shares.map((share) => join(share, 'bash-completion/completions/tpks'))
    : [
        join(config, 'fish/completions/tpks.fish'),
        '/etc/fish/completions/tpks.fish',
        ...shares.map((share) => join(share, 'fish/vendor_completions.d/tpks.fish')),
      ];
}

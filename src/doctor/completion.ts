import { existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { locateScript, type ScriptShell } from '../config/completion-script.js';
import type { Environment } from '../config/environment.js';
import { readBytes } from '../disk/bounded-read.js';
import { pass, skip, warn, type CheckResult } from './check.js';
import type { RunProgram } from './run-program.js';

const shells = ['bash', 'zsh', 'fish', 'pwsh'] as const;
type Shell = (typeof shells)[number];

export interface CompletionInput {
  /** Value of `TPKS_COMPLETION`, which the scripts export: shell and process id. */
  readonly variable: string | undefined;
  readonly parent: ParentShell;
  /** A script that the shell loads on demand. */
  readonly scriptFile: string | undefined;
  /** Whether tpks was started from an interactive shell. */
  readonly isInteractive: boolean;
}

/** The process that started tpks. */
export interface ParentShell {
  readonly pid: number;
  /** `undefined` if the shell is unknown, or if tpks has no completion script for it. */
  readonly shell: Shell | undefined;
}

/**
 * Checks whether completion is loaded in the shell that started tpks. The completion scripts export a
 * variable that contains the process id of the shell. A script that is stored in a file does so only at
 * the first TAB, so tpks can only check whether such a file exists.
 */
export function checkCompletion(input: CompletionInput): CheckResult {
  const { variable, parent, scriptFile, isInteractive } = input;
  const [, loadedShell, pid] = /^([a-z]+) (\d+)/.exec(variable ?? '') ?? [];
  if (loadedShell !== undefined && (parent.shell === undefined || pid === String(parent.pid))) {
    return pass('completion', `loaded in ${loadedShell}`);
  }
  if (scriptFile !== undefined) {
    return pass('completion', `${scriptFile} exists, and is loaded at the first TAB`);
  }
  if (parent.shell === undefined) {
    return skip('completion', 'tpks was not started from a known shell');
  }
  if (!isInteractive) return skip('completion', 'tpks was started by a script');
  return warn('completion', `not loaded in ${parent.shell}`, setupCommands[parent.shell]);
}

/** The commands from `docs/completion.md`. */
const setupCommands: Readonly<Record<Shell, string>> = {
  bash: 'tpks completion install bash',
  zsh: 'tpks completion install zsh',
  fish: 'tpks completion install fish',
  pwsh: 'tpks completion powershell | Out-String | Invoke-Expression (add it to $PROFILE)',
};

/** Finds out which shell started tpks. */
export async function readParentShell(
  pid: number,
  platform: NodeJS.Platform,
  run: RunProgram,
): Promise<ParentShell> {
  const name = await readProcessName(pid, platform, run);
  // The name of a login shell starts with a dash.
  const plain = basename(name.trim()).replace(/^-/, '');
  return { pid, shell: shells.find((shell) => shell === plain) };
}

async function readProcessName(
  pid: number,
  platform: NodeJS.Platform,
  run: RunProgram,
): Promise<string> {
  if (platform === 'win32') return '';
  if (platform !== 'linux') return (await run('ps', ['-o', 'comm=', '-p', String(pid)], 2)).stdout;
  try {
    return readBytes(`/proc/${String(pid)}/comm`, { maximumBytes: 4096 }).toString('latin1');
  } catch {
    return '';
  }
}

/** Finds a script in the folders from which a shell loads completions on demand. */
export function findScriptFile(
  shell: Shell | undefined,
  env: Environment,
  platform: NodeJS.Platform,
): string | undefined {
  if (shell === undefined || shell === 'pwsh') return undefined;
  const paths = [locateScript(shell, 'tpks', env, platform), ...listSharedFiles(shell, env)];
  return paths.find((path) => existsSync(path));
}

/** Lists the places of scripts that `completion install` has not written. */
function listSharedFiles(shell: ScriptShell, env: Environment): readonly string[] {
  const { HOME: home = '/', XDG_CONFIG_HOME: config = join(home, '.config'), FPATH } = env;
  const shares = [join(home, '.local/share'), '/usr/local/share', '/usr/share'];
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
      // zsh does not export FPATH by default, so only the usual folders are searched.
      return [
        ...(FPATH ?? '').split(delimiter).filter((folder) => folder !== ''),
        ...['.zsh/completions', '.zfunc', '.oh-my-zsh/completions'].map((folder) =>
          join(home, folder),
        ),
        ...[...shares, '/opt/homebrew/share'].map((share) => join(share, 'zsh/site-functions')),
        '/usr/share/zsh/vendor-completions',
      ].map((folder) => join(folder, '_tpks'));
  }
}

import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TpksError } from '../../base/errors.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { readText } from '../disk/bounded-read.js';
import { describeDiskError, withDiskErrors } from '../disk/disk-error.js';
import { ensureFolder } from '../disk/private-files.js';
import { homeFolder, type Environment } from './environment.js';

/** The shells that load completion scripts from a folder of the user. */
export type ScriptShell = 'bash' | 'zsh' | 'fish';

export interface ScriptInput {
  readonly shell: ScriptShell;
  /** The command to complete: `tpks`, or a link to it. */
  readonly program: string;
}

/**
 * Where a shell looks for the completion script of a program. zsh does so only if the folder is in `$fpath`.
 * @see https://github.com/scop/bash-completion/blob/main/README.md (BASH_COMPLETION_USER_DIR)
 * @see https://fishshell.com/docs/current/completions.html#where-to-put-completions
 */
export function locateScript(
  shell: ScriptShell,
  program: string,
  env: Environment,
  platform: NodeJS.Platform,
): string {
  const home = homeFolder(env, platform);
  const data = env.XDG_DATA_HOME ?? join(home, '.local', 'share');
  switch (shell) {
    case 'bash': {
      const folder = env.BASH_COMPLETION_USER_DIR?.split(':')[0] ?? join(data, 'bash-completion');
      return join(folder, 'completions', program);
    }
    case 'zsh':
      return join(data, 'zsh', 'site-functions', `_${program}`);
    case 'fish': {
      const config = env.XDG_CONFIG_HOME ?? join(home, '.config');
      return join(config, 'fish', 'completions', `${program}.fish`);
    }
  }
}

/** A completion script that was installed or removed. */
export interface ScriptResult extends ScriptInput {
  readonly path: string;
  /** `false` if the script was already installed or removed. */
  readonly changed: boolean;
  /** The lines that the user must add to a file, so that the shell finds the script, or delete after the removal. */
  readonly setup: { readonly file: string; readonly lines: readonly string[] } | undefined;
}

export type CompletionScripts = ReturnType<typeof createCompletionScripts>;

export function createCompletionScripts(env: Environment, platform: NodeJS.Platform) {
  const locate = ({ shell, program }: ScriptInput) => locateScript(shell, program, env, platform);
  return {
    /** @throws {TpksError} `conflict` if the file exists and was not created by tpks; `storage` */
    install: async (input: ScriptInput, text: string): Promise<ScriptResult> => {
      const path = locate(input);
      const changed = (await readOwnScript(path)) !== text;
      if (changed) {
        const hint = `write it to another file: tpks completion ${input.shell} > FILE`;
        changeFile('write', path, hint, () => {
          writeScript(path, text);
        });
      }
      return { ...input, path, changed, setup: findSetup(input.shell, path, env) };
    },
    /** @throws {TpksError} `conflict` if the file was not created by tpks; `storage` */
    uninstall: async (input: ScriptInput): Promise<ScriptResult> => {
      const path = locate(input);
      const changed = (await readOwnScript(path)) !== undefined;
      if (changed) {
        const hint = `delete it as its owner: rm ${alwaysQuoteForShell(path)}`;
        changeFile('delete', path, hint, () => {
          rmSync(path, { force: true });
        });
      }
      return { ...input, path, changed, setup: findOldSetup(input.shell, path, env) };
    },
  };
}

const maximumBytes = 4 * 1024 * 1024;

/** `undefined` if the file does not exist. @throws {TpksError} `conflict` if tpks did not create it; `storage` */
async function readOwnScript(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  const text = await withDiskErrors('read', path, () => readText(path, { maximumBytes }));
  if (/^# \w+ completion for [\w.-]+: /m.test(text.slice(0, 1000))) return text;
  throw new TpksError('conflict', `${path} was not created by tpks`, {
    hint: `move it away first: mv ${alwaysQuoteForShell(path)} ${alwaysQuoteForShell(`${path}.old`)}`,
  });
}

/** Adds the path and the hint to errors. The hints for other files name TPKS_HOME, which has no effect here. */
function changeFile(
  action: 'write' | 'delete',
  path: string,
  hint: string,
  work: () => void,
): void {
  try {
    work();
  } catch (error) {
    throw new TpksError('storage', `Cannot ${action} ${path}: ${describeDiskError(error)}`, {
      hint,
      cause: error,
    });
  }
}

/** Replaces the file, so that a shell that starts at the same time does not read only a part of it. */
function writeScript(path: string, text: string): void {
  ensureFolder(dirname(path));
  const temporary = `${path}.new`;
  // With sudo, another user can own the folder, and could create a symbolic link to a file that root owns.
  rmSync(temporary, { force: true });
  writeFileSync(temporary, text, { flag: 'wx' });
  renameSync(temporary, path);
}

function bashSetupFile({ HOME: home = '' }: Environment): string {
  return join(home, '.bashrc');
}

/** Returns the lines that the user must add for bash or zsh. fish needs none. */
function findSetup(shell: ScriptShell, path: string, env: Environment): ScriptResult['setup'] {
  if (shell === 'bash') {
    const isLoaded = bashCompletionFiles.some((file) => existsSync(file));
    return isLoaded
      ? undefined
      : { file: bashSetupFile(env), lines: [`source ${alwaysQuoteForShell(path, 'posix')}`] };
  }
  if (shell !== 'zsh' || env.FPATH?.split(':').includes(dirname(path)) === true) return undefined;
  const file = join(env.HOME ?? '', '.zshrc');
  const fpath = `fpath=(${alwaysQuoteForShell(dirname(path), 'posix')} $fpath)`;
  // Frameworks such as Oh My Zsh call compinit too.
  const callsCompinit = readLines(file).some((line) => /^[^#]*(?:compinit|oh-my-zsh)/.test(line));
  return { file, lines: callsCompinit ? [fpath] : [fpath, 'autoload -Uz compinit && compinit'] };
}

/** Finds the line in `~/.bashrc` that runs the script, because it fails once the script is deleted. */
function findOldSetup(shell: ScriptShell, path: string, env: Environment): ScriptResult['setup'] {
  if (shell !== 'bash') return undefined;
  const { HOME: home = '' } = env;
  // The path can be written with ~ or $HOME.
  const end = path.startsWith(`${home}/`) ? path.slice(home.length) : path;
  const file = bashSetupFile(env);
  const line = readLines(file).find(
    (text) =>
      /^[^#]*(?:^|[\s;&])(?:source|\.)\s/.test(text) &&
      text.split(/["'\s;&|]+/).some((word) => word.endsWith(end)),
  );
  return line === undefined ? undefined : { file, lines: [line.trim()] };
}

function readLines(file: string): readonly string[] {
  try {
    return readText(file, { maximumBytes }).split('\n');
  } catch {
    return [];
  }
}

/** The files of the package bash-completion, which loads the script. */
const bashCompletionFiles = [
  '/usr/share/bash-completion/bash_completion',
  '/usr/local/share/bash-completion/bash_completion',
  '/usr/local/etc/profile.d/bash_completion.sh',
  '/opt/homebrew/etc/profile.d/bash_completion.sh',
];

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '../config/environment.js';
import { TpksError } from '../errors.js';
import { alwaysQuoteForShell } from '../shell-quote.js';
import { createStaticScript, type StaticShell } from './static-script.js';

export interface ScriptInput {
  readonly shell: StaticShell;
  /** The command to complete: `tpks`, or a link to it. */
  readonly program: string;
}

/** A completion script that was installed or removed. */
export interface ScriptResult extends ScriptInput {
  readonly path: string;
  /** `false` if there was nothing to do. */
  readonly changed: boolean;
  /** A line that the user may have to add to a file, so that the shell finds the script. */
  readonly setup: ShellSetup | undefined;
}

export interface ShellSetup {
  readonly file: string;
  readonly line: string;
}

/**
 * Writes the script with the table to the folder of the user in which the shell looks for it.
 * @throws {TpksError} `conflict` if the file exists and is not from tpks; `storage`
 */
export async function installScript(input: ScriptInput, env: Environment): Promise<ScriptResult> {
  const { path, existing } = await readExisting(input, env);
  const text = await createStaticScript(input.shell, input.program);
  const changed = existing !== text;
  if (changed) await changeFile('write', path, () => writeScript(path, text));
  return { ...input, path, changed, setup: findSetup(input.shell, path, env) };
}

/**
 * Removes the script.
 * @throws {TpksError} `conflict` if the file is not from tpks; `storage`
 */
export async function uninstallScript(input: ScriptInput, env: Environment): Promise<ScriptResult> {
  const { path, existing } = await readExisting(input, env);
  const changed = existing !== undefined;
  if (changed) {
    await changeFile('write', path, () => {
      rmSync(path, { force: true });
    });
  }
  return { ...input, path, changed, setup: undefined };
}

const maximumBytes = 4 * 1024 * 1024;

async function readExisting({ shell, program }: ScriptInput, env: Environment) {
  const [{ locateScript, isOwnScript }, { readText }, { platform }] = await Promise.all([
    import('../config/completion-script.js'),
    import('../disk/bounded-read.js'),
    import('node:process'),
  ]);
  const path = locateScript(shell, program, env, platform);
  if (!existsSync(path)) return { path, existing: undefined };
  const existing = await changeFile('read', path, () => readText(path, { maximumBytes }));
  if (isOwnScript(existing)) return { path, existing };
  throw new TpksError('conflict', `${path} is not a completion script of tpks`, {
    hint: `move it away first: mv ${alwaysQuoteForShell(path)} ${alwaysQuoteForShell(`${path}.old`)}`,
  });
}

async function changeFile<T>(action: 'read' | 'write', path: string, work: () => T): Promise<T> {
  const { withDiskErrors } = await import('../disk/disk-error.js');
  return withDiskErrors(action, path, () => Promise.resolve().then(work));
}

/** Replaces the file: a shell that starts at the same time never reads a part of it. */
function writeScript(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.new`;
  // With sudo, the folder can belong to another user, who could put a link to a file of root there.
  rmSync(temporary, { force: true });
  writeFileSync(temporary, text, { flag: 'wx' });
  renameSync(temporary, path);
}

/** fish always finds the script. */
function findSetup(shell: StaticShell, path: string, env: Environment): ShellSetup | undefined {
  const { HOME: home = '' } = env;
  if (shell === 'bash') {
    const isLoaded = bashCompletionFiles.some((file) => existsSync(file));
    return isLoaded
      ? undefined
      : { file: join(home, '.bashrc'), line: `source ${alwaysQuoteForShell(path)}` };
  }
  if (shell !== 'zsh' || env.FPATH?.split(':').includes(dirname(path)) === true) return undefined;
  return {
    file: join(home, '.zshrc'),
    line: `fpath=(${alwaysQuoteForShell(dirname(path))} $fpath)`,
  };
}

/** The files of the package bash-completion, which loads the script. */
const bashCompletionFiles = [
  '/usr/share/bash-completion/bash_completion',
  '/usr/local/share/bash-completion/bash_completion',
  '/usr/local/etc/profile.d/bash_completion.sh',
  '/opt/homebrew/etc/profile.d/bash_completion.sh',
];

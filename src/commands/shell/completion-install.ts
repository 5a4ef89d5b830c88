import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { platform } from 'node:process';
import { Argument, type Command } from 'commander';
import { createScript, addProgramArgument } from './completion-script.js';
import type { ScriptShell } from '../../platform/config/completion-script.js';
import type { Environment } from '../../platform/config/environment.js';
import { readText } from '../../platform/disk/bounded-read.js';
import { describeDiskError, withDiskErrors } from '../../platform/disk/disk-error.js';
import { ensureFolder } from '../../platform/disk/folder.js';
import { TpksError } from '../../base/errors.js';
import type { Services } from '../../app/services.js';
import { alwaysQuoteForShell, quoteForPosixShell } from '../../base/shell-quote.js';
import { findProgramName } from '../contents.js';

type Deps = Pick<Services, 'terminal' | 'env'>;

interface Flags {
  readonly uninstall?: boolean;
}

const shells: readonly ScriptShell[] = ['bash', 'zsh', 'fish'];

export function define(command: Command, deps: Deps): void {
  const link = findProgramName(command);
  addProgramArgument(
    command
      .description(
        'Install the completion script where the shell looks for it, or remove it. Does not edit ' +
          '~/.bashrc or ~/.zshrc: if a line must be added or deleted, the command prints it. Does nothing ' +
          'if the script is up to date.',
      )
      .addArgument(
        new Argument('[shell]', 'shell to complete in (default: the login shell)').choices(shells),
      ),
    link,
  )
    .option('--uninstall', 'remove the script')
    .addHelpText(
      'after',
      `\nExamples:\n  $ ${link} completion install bash\n  $ ${link} completion install bash --uninstall`,
    )
    .action((shell: ScriptShell | undefined, program: string | undefined, flags: Flags) =>
      install({ shell: shell ?? findLoginShell(deps.env), program: program ?? link }, flags, deps),
    );
}

interface ScriptInput {
  readonly shell: ScriptShell;
  /** The command to complete: `tpks`, or a link to it. */
  readonly program: string;
}

/** @throws {TpksError} `conflict` if the file exists and is not from tpks; `storage` */
async function install(
  input: ScriptInput,
  { uninstall = false }: Flags,
  { terminal, env }: Deps,
): Promise<void> {
  const result = await (uninstall ? uninstallScript : installScript)(input, env);
  const { path, setup } = result;
  await terminal.show({
    json: { ...result, setup: setup ?? null },
    name: path,
    text: uninstall ? uninstallLines(result) : installLines(result),
  });
}

/** @throws {TpksError} `usage` if tpks has no script for the login shell */
function findLoginShell({ SHELL: path = '' }: Deps['env']): ScriptShell {
  const found = shells.find((shell) => path.endsWith(`/${shell}`));
  if (found !== undefined) return found;
  throw new TpksError('usage', 'The login shell is not bash, zsh or fish', {
    hint: 'name the shell: tpks completion install bash; for PowerShell: tpks completion powershell',
  });
}

function installLines({ shell, path, changed, setup }: ScriptResult): readonly string[] {
  const place = shell === 'zsh' ? ', before compinit' : '';
  return [
    changed ? `Wrote ${path}` : `No changes: ${path} is up to date`,
    ...(setup ? [`Add this line to ${setup.file}${place}:`, `  ${setup.line}`] : []),
    ...(changed ? [`Start a new ${shell} to use it.`] : []),
  ];
}

function uninstallLines({ path, changed, setup }: ScriptResult): readonly string[] {
  return [
    changed ? `Deleted ${path}` : `No changes: ${path} does not exist`,
    ...(setup ? [`Delete this line from ${setup.file}:`, `  ${setup.line}`] : []),
  ];
}

/** A completion script that was installed or removed. */
interface ScriptResult extends ScriptInput {
  readonly path: string;
  /** `false` if the script was already installed or removed. */
  readonly changed: boolean;
  /**
   * The line that the user must add to a file, so that the shell finds the script; after the script was
   * removed, the line to delete. `undefined` if nothing needs to be added or deleted.
   */
  readonly setup: { readonly file: string; readonly line: string } | undefined;
}

/** Writes the script to the user's folder for completion scripts. */
async function installScript(input: ScriptInput, env: Environment): Promise<ScriptResult> {
  const { path, existing } = await readExisting(input, env);
  const text = createScript(input.shell, input.program);
  const changed = existing !== text;
  if (changed) {
    const hint = `write it to another file: tpks completion ${input.shell} > FILE`;
    await changeFile('write', path, hint, () => writeScript(path, text));
  }
  return { ...input, path, changed, setup: findSetup(input.shell, path, env) };
}

async function uninstallScript(input: ScriptInput, env: Environment): Promise<ScriptResult> {
  const { path, existing } = await readExisting(input, env);
  const changed = existing !== undefined;
  if (changed) {
    const hint = `delete it as its owner: rm ${alwaysQuoteForShell(path)}`;
    await changeFile('delete', path, hint, () => {
      rmSync(path, { force: true });
    });
  }
  return { ...input, path, changed, setup: findOldSetup(input.shell, path, env) };
}

const maximumBytes = 4 * 1024 * 1024;

async function readExisting({ shell, program }: ScriptInput, env: Environment) {
  const { locateScript, isOwnScript } = await import('../../platform/config/completion-script.js');
  const path = locateScript(shell, program, env, platform);
  if (!existsSync(path)) return { path, existing: undefined };
  const existing = await withDiskErrors('read', path, () =>
    Promise.resolve(readText(path, { maximumBytes })),
  );
  if (isOwnScript(existing)) return { path, existing };
  throw new TpksError('conflict', `${path} was not created by tpks`, {
    hint: `move it away first: mv ${alwaysQuoteForShell(path)} ${alwaysQuoteForShell(`${path}.old`)}`,
  });
}

/** Adds the path and the hint to errors. The hints for other files name TPKS_HOME, which has no effect here. */
async function changeFile(
  action: 'write' | 'delete',
  path: string,
  hint: string,
  work: () => void | Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new TpksError('storage', `Cannot ${action} ${path}: ${describeDiskError(error)}`, {
      hint,
      cause: error,
    });
  }
}

/** Replaces the file, so that a shell that starts at the same time does not read only a part of it. */
async function writeScript(path: string, text: string): Promise<void> {
  await ensureFolder(dirname(path));
  const temporary = `${path}.new`;
  // With sudo, another user can own the folder, and could create a symbolic link to a file that root owns.
  rmSync(temporary, { force: true });
  writeFileSync(temporary, text, { flag: 'wx' });
  renameSync(temporary, path);
}

function bashSetupFile({ HOME: home = '' }: Environment): string {
  return join(home, '.bashrc');
}

/** Returns the line that the user must add for bash or zsh. fish needs none. */
function findSetup(shell: ScriptShell, path: string, env: Environment): ScriptResult['setup'] {
  if (shell === 'bash') {
    const isLoaded = bashCompletionFiles.some((file) => existsSync(file));
    return isLoaded
      ? undefined
      : { file: bashSetupFile(env), line: `source ${quoteForPosixShell(path)}` };
  }
  if (shell !== 'zsh' || env.FPATH?.split(':').includes(dirname(path)) === true) return undefined;
  return {
    file: join(env.HOME ?? '', '.zshrc'),
    line: `fpath=(${quoteForPosixShell(dirname(path))} $fpath)`,
  };
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
  return line === undefined ? undefined : { file, line: line.trim() };
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

import { Argument, type Command } from 'commander';
import {
  installScript,
  uninstallScript,
  type ScriptResult,
} from '../../completion/install-script.js';
import type { ScriptShell } from '../../config/completion-script.js';
import { TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { findProgramName } from '../contents.js';
import { addProgramArgument } from './completion-script.js';

type Deps = Pick<Services, 'terminal' | 'env'>;

interface Flags {
  readonly uninstall?: true;
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
      install({ shell, program: program ?? link, ...flags }, deps),
    );
}

interface Input extends Flags {
  readonly shell: ScriptShell | undefined;
  readonly program: string;
}

/** @throws {TpksError} `usage` if the login shell is unknown; otherwise what `installScript` throws */
async function install(input: Input, { terminal, env }: Deps): Promise<void> {
  const { program, uninstall = false } = input;
  const shell = input.shell ?? findLoginShell(env);
  const result = await (uninstall ? uninstallScript : installScript)({ shell, program }, env);
  const { path, setup } = result;
  await terminal.show({
    json: { ...result, setup: setup ?? null },
    name: path,
    text: uninstall ? uninstallLines(result) : installLines(result),
  });
}

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

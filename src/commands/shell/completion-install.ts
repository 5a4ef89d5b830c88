import { Argument, type Command } from 'commander';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import type {
  ScriptInput,
  ScriptResult,
  ScriptShell,
} from '../../platform/config/completion-files.js';
import { findProgramName } from '../contents.js';
import { addProgramArgument, createScript } from './completion-script.js';

type Deps = Pick<Services, 'completionScripts' | 'terminal' | 'env'>;

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

async function install(
  input: ScriptInput,
  { uninstall = false }: Flags,
  { terminal, completionScripts }: Deps,
): Promise<void> {
  const scripts = completionScripts;
  const result = await (uninstall
    ? scripts.uninstall(input)
    : scripts.install(input, createScript(input.shell, input.program)));
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

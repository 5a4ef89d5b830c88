import { InvalidArgumentError, type Command, Argument } from 'commander';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import type {
  ScriptShell,
  ScriptInput,
  ScriptResult,
} from '../../platform/config/completion-files.js';
import { type Entry, findProgramName, type Leaf } from '../command-table.js';
import bash from './scripts/tpks.bash';
import fish from './scripts/tpks.fish';
import powershell from './scripts/tpks.ps1';
import zsh from './scripts/tpks.zsh';

export const contents: readonly Entry[] = [
  {
    name: 'install',
    summary: 'install or remove the completion script for a shell',
    load: () => installCommand,
  },
  scriptEntry('bash', 'bash', 'eval "$(tpks completion bash)"'),
  scriptEntry('zsh', 'zsh', 'eval "$(tpks completion zsh)"'),
  scriptEntry('fish', 'fish', 'tpks completion fish | source'),
  scriptEntry('powershell', 'PowerShell', 'tpks completion powershell', 'print the script'),
];

/** Creates the table entry of the command that prints a shell's completion script. */
function scriptEntry(
  shell: 'bash' | 'zsh' | 'fish' | 'powershell',
  title: string,
  example: string,
  comment = 'load the script into this shell',
): Entry {
  const leaf: Leaf = {
    description: `Print the completion script for ${title}. The script runs tpks each time you press TAB.`,
    examples: { [comment]: example },
    define(command, { terminal }) {
      const link = findProgramName(command);
      addProgramArgument(command, link).action((program: string | undefined) =>
        terminal.write(createScript(shell, program ?? link)),
      );
    },
  };
  return { name: shell, summary: `print the completion script for ${title}`, load: () => leaf };
}

function addProgramArgument(command: Command, link: string): Command {
  return command.argument(
    '[program]',
    `name of the command that the script completes, e.g. a symbolic link to tpks (default: ${link})`,
    parseProgramName,
  );
}

/** Validates the name, because it becomes part of the script and of its path. */
function parseProgramName(text: string): string {
  if (/^\w[\w.-]*$/.test(text)) return text;
  throw new InvalidArgumentError(
    'expected letters, digits, dots, dashes and underscores, starting with a letter, digit or underscore',
  );
}

const scripts = { bash, zsh, fish, powershell };

/** The script runs `PROGRAM __complete` each time you press TAB. @param program - `tpks`, or a link to it. */
export function createScript(shell: ScriptShell | 'powershell', program: string): string {
  return scripts[shell].replaceAll('tpks', program);
}

type InstallDeps = Pick<Services, 'completionScripts' | 'terminal' | 'env'>;

interface Flags {
  readonly uninstall?: boolean;
}

const installableShells: readonly ScriptShell[] = ['bash', 'zsh', 'fish'];

const installCommand: Leaf = {
  description:
    'Install the completion script where the shell looks for it, or remove it. Does not edit ' +
    '~/.bashrc or ~/.zshrc: if a line must be added or deleted, the command prints it. Does nothing ' +
    'if the script is up to date.',
  examples: {
    'install the script for bash': 'tpks completion install bash',
    'remove the script for bash': 'tpks completion install bash --uninstall',
  },
  define(command, deps: InstallDeps) {
    const link = findProgramName(command);
    addProgramArgument(
      command.addArgument(
        new Argument(
          '[shell]',
          'shell to install the script for (default: the login shell)',
        ).choices(installableShells),
      ),
      link,
    )
      .option('--uninstall', 'remove the script')
      .action((shell: ScriptShell | undefined, program: string | undefined, flags: Flags) =>
        install(
          { shell: shell ?? findLoginShell(deps.env), program: program ?? link },
          flags,
          deps,
        ),
      );
  },
};

async function install(
  input: ScriptInput,
  { uninstall = false }: Flags,
  { terminal, completionScripts }: InstallDeps,
): Promise<void> {
  const result = await (uninstall
    ? completionScripts.uninstall(input)
    : completionScripts.install(input, createScript(input.shell, input.program)));
  const { path, setup } = result;
  await terminal.show({
    json: {
      ...result,
      setup: setup === undefined ? null : { file: setup.file, line: setup.lines.join('\n') },
    },
    name: path,
    text: uninstall ? uninstallLines(result) : installLines(result),
  });
}

/** @throws {TpksError} `usage` if tpks has no script for the login shell */
function findLoginShell({ SHELL: path = '' }: InstallDeps['env']): ScriptShell {
  const found = installableShells.find((shell) => path.endsWith(`/${shell}`));
  if (found !== undefined) return found;
  throw new TpksError('usage', 'The login shell is not bash, zsh or fish', {
    hint: 'name the shell: tpks completion install bash; for PowerShell: tpks completion powershell',
  });
}

function installLines({ shell, path, changed, setup }: ScriptResult): readonly string[] {
  return [
    changed ? `Wrote ${path}` : `No changes: ${path} is up to date`,
    ...(setup ? setupLines(setup, shell) : []),
    ...(changed ? [`Start a new ${shell} to use it.`] : []),
  ];
}

function setupLines(
  { file, lines }: NonNullable<ScriptResult['setup']>,
  shell: ScriptShell,
): readonly string[] {
  const isSingle = lines.length === 1;
  const place = isSingle && shell === 'zsh' ? ', before compinit' : '';
  return [
    `Add ${isSingle ? 'this line' : 'these lines'} to ${file}${place}:`,
    ...lines.map((line) => `  ${line}`),
  ];
}

function uninstallLines({ path, changed, setup }: ScriptResult): readonly string[] {
  return [
    changed ? `Deleted ${path}` : `No changes: ${path} does not exist`,
    ...(setup
      ? [`Delete this line from ${setup.file}:`, ...setup.lines.map((line) => `  ${line}`)]
      : []),
  ];
}

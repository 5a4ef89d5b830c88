import { InvalidArgumentError, type Command } from 'commander';
import type { ScriptShell } from '../../platform/config/completion-files.js';
import { findProgramName, type Leaf } from '../contents.js';
import bash from './scripts/tpks.bash';
import fish from './scripts/tpks.fish';
import powershell from './scripts/tpks.ps1';
import zsh from './scripts/tpks.zsh';

const shells = {
  bash: { title: 'bash', example: (link: string) => `eval "$(${link} completion bash)"` },
  zsh: { title: 'zsh', example: (link: string) => `eval "$(${link} completion zsh)"` },
  fish: { title: 'fish', example: (link: string) => `${link} completion fish | source` },
  powershell: { title: 'PowerShell', example: (link: string) => `${link} completion powershell` },
};

/** Creates the command that prints the script for a shell. */
export function createLeaf(shell: 'bash' | 'zsh' | 'fish' | 'powershell'): Leaf {
  return {
    define(command, { terminal }) {
      const link = findProgramName(command);
      const { title, example } = shells[shell];
      addProgramArgument(
        command.description(
          `Print the completion script for ${title}. The script runs tpks at each TAB.`,
        ),
        link,
      )
        .addHelpText('after', `\nExample:\n  $ ${example(link)}`)
        .action((program: string | undefined) =>
          terminal.write(createScript(shell, program ?? link)),
        );
    },
  };
}

/** Adds the argument for the name of a link to the program. */
export function addProgramArgument(command: Command, link: string): Command {
  return command.argument(
    '[program]',
    `name of the command, e.g. of a symbolic link to tpks (default: ${link})`,
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

/**
 * Creates the completion script for a shell, which runs `PROGRAM __complete` at each TAB.
 *
 * @param program - the command to complete: `tpks`, or a link to it.
 */
export function createScript(shell: ScriptShell | 'powershell', program: string): string {
  return scripts[shell].replaceAll('tpks', program);
}

import { InvalidArgumentError, type Command } from 'commander';
import type { ScriptShell } from '../../config/completion-script.js';
import type { Services } from '../../services.js';
import { findProgramName, type Leaf } from '../contents.js';

type Deps = Pick<Services, 'terminal'>;

interface Flags {
  readonly static?: true;
}

export const bash = createLeaf('bash', (link) => `eval "$(${link} completion bash)"`);
export const zsh = createLeaf('zsh', (link) => `eval "$(${link} completion zsh)"`);
export const fish = createLeaf('fish', (link) => `${link} completion fish | source`);

/** PowerShell always calls the program. */
export const powershell: Leaf = {
  define(command, { terminal }) {
    const link = findProgramName(command);
    addProgramArgument(command.description('Print the completion script for PowerShell.'), link)
      .addHelpText('after', `\nExample:\n  $ ${link} completion powershell`)
      .action(async (program: string | undefined) => {
        const { powershellScript } = await import('../../completion/powershell.js');
        await terminal.write(powershellScript(program ?? link));
      });
  },
};

function createLeaf(shell: ScriptShell, example: (link: string) => string): Leaf {
  return {
    define(command, deps) {
      const link = findProgramName(command);
      addProgramArgument(
        command.description(
          `Print the completion script for ${shell}. It runs tpks at each TAB, so it works with ` +
            'every version. With --static, the script completes most lines without starting tpks, as ' +
            'long as this version is installed.',
        ),
        link,
      )
        .option('--static', 'include a table of the commands and options')
        .addHelpText(
          'after',
          `\nExamples:\n  $ ${example(link)}\n  $ ${link} completion ${shell} --static`,
        )
        .action((program: string | undefined, flags: Flags) =>
          printScript(shell, program ?? link, flags, deps),
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

export async function printScript(
  shell: ScriptShell,
  program: string,
  flags: Flags,
  { terminal }: Deps,
): Promise<void> {
  await terminal.write(await loadScript(shell, program, flags));
}

async function loadScript(shell: ScriptShell, program: string, flags: Flags): Promise<string> {
  if (flags.static === true) {
    const { createStaticScript } = await import('../../completion/static-script.js');
    return createStaticScript(shell, program);
  }
  switch (shell) {
    case 'bash':
      return (await import('../../completion/bash.js')).bashScript(program);
    case 'zsh':
      return (await import('../../completion/zsh.js')).zshScript(program);
    case 'fish':
      return (await import('../../completion/fish.js')).fishScript(program);
  }
}

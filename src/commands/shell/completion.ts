import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { Services } from '../../services.js';
import { findProgramName } from '../contents.js';

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof shells)[number];

type Deps = Pick<Services, 'terminal'>;

export function define(command: Command, deps: Deps): void {
  const link = findProgramName(command);
  command
    .description(
      'Print the completion script for a shell. It completes commands, options, context names and ' +
        'resource names.',
    )
    .addArgument(new Argument('<shell>', 'shell to print the script for').choices(shells))
    .argument(
      '[program]',
      `command to complete, e.g. a symbolic link to tpks (default: ${link})`,
      parseProgramName,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ eval "$(${link} completion bash)"
  $ ${link} completion zsh > "\${fpath[1]}/_${link}"
  $ ${link} completion fish > ~/.config/fish/completions/${link}.fish`,
    )
    .action((shell: Shell, program?: string) =>
      completion({ shell, program: program ?? link }, deps),
    );
}

export async function completion(
  { shell, program }: { shell: Shell; program: string },
  { terminal }: Deps,
): Promise<void> {
  await terminal.write(await loadScript(shell, program));
}

/** Validates the name, because it becomes part of the script. */
function parseProgramName(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw new InvalidArgumentError('expected letters, digits, dots, dashes and underscores');
}

async function loadScript(shell: Shell, program: string): Promise<string> {
  switch (shell) {
    case 'bash':
      return (await import('../../completion/bash.js')).bashScript(program);
    case 'zsh':
      return (await import('../../completion/zsh.js')).zshScript(program);
    case 'fish':
      return (await import('../../completion/fish.js')).fishScript(program);
    case 'powershell':
      return (await import('../../completion/powershell.js')).powershellScript(program);
  }
}

import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { Services } from '../../services.js';
import { programName } from '../contents.js';

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof shells)[number];

type Deps = Pick<Services, 'terminal'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Prints the script that teaches a shell to complete commands, flags, context names and cluster ' +
        'names.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .argument(
      '[program]',
      'the name tpks is called by, e.g. that of a link to it',
      parseProgramName,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ eval "$(tpks completion bash)"
  $ tpks completion zsh > "\${fpath[1]}/_tpks"
  $ tpks completion fish > ~/.config/fish/completions/tpks.fish`,
    )
    .action((shell: Shell, program?: string) =>
      completion({ shell, program: program ?? programName(command) }, deps),
    );
}

export async function completion(
  { shell, program }: { shell: Shell; program: string },
  { terminal }: Deps,
): Promise<void> {
  await terminal.write(await loadScript(shell, program));
}

/** The name becomes part of a script. */
function parseProgramName(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw new InvalidArgumentError('a program’s name is of letters, digits, dots and dashes');
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

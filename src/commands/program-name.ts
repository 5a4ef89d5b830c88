import type { Command } from 'commander';

/** The word that the program was called by, for texts that name it as the original does. */
export function programName(command: Command): string {
  return command.parent === null ? command.name() : programName(command.parent);
}

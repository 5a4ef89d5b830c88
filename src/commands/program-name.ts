import type { Command } from 'commander';

/** The name that the program was called by: `tpks`, or the name of a link. */
export function programName(command: Command): string {
  return command.parent === null ? command.name() : programName(command.parent);
}

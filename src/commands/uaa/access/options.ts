import { Option, type Command } from 'commander';
import { withFileNames } from '../../../completion/completer.js';

/** Flags of the commands that read an access file. */
export interface FileFlags {
  readonly file: string;
  readonly prune?: boolean;
}

export function addFileOptions(command: Command): Command {
  return command
    .addOption(
      withFileNames(
        new Option('-f, --file <path>', 'YAML or JSON file, as uaa export writes it'),
      ).makeOptionMandatory(),
    )
    .option('--prune', 'also remove entries that the lists of the file do not name; never users');
}

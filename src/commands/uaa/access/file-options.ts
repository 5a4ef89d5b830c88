import { Option, type Command } from 'commander';
import { withInputFile } from '../../stdin-inputs.js';

/** The flags of commands that read an access file. */
export interface FileFlags {
  readonly file: string;
  readonly prune?: boolean;
}

export function addFileOptions(command: Command): Command {
  return command
    .addOption(
      withInputFile(
        new Option(
          '-f, --file <path>',
          'access file (YAML or JSON), see `tpks uaa export`; - for stdin',
        ),
      ).makeOptionMandatory(),
    )
    .option('--prune', 'also remove entries that the lists in the file omit (never users)');
}

import type { Argument, Option } from 'commander';
import type { Services } from '../../services.js';
import { programName, type Leaf } from '../contents.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { nameArgument, type NamedBy } from '../known-names.js';
import { examplesText, type CommandTexts } from '../resource/list-command.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';

/** The argument of the commands about one cluster. */
export const clusterArgument: NamedBy = {
  term: '<name>',
  description: 'name of the cluster',
  completes: 'clusters',
};

/** What every command that starts an operation on clusters knows. */
export interface OperationInput extends WaitFlags, Writing {
  /** The argument; empty if the command has none. */
  readonly name: string;
  /** The name that tpks was called by; `pks` and `tkgi` have texts of their own. */
  readonly program: string;
}

/** A command that starts an operation on clusters. */
interface ClusterCommand<Flags> extends CommandTexts {
  /** The name of an existing cluster if absent. */
  readonly arguments?: () => readonly Argument[];
  /** Options besides `--wait`, `--wait-timeout` and `--dry-run`. */
  readonly options?: (services: Services) => readonly Option[];
  readonly run: (input: Flags & OperationInput, services: Services) => Promise<void>;
}

/** Defines a command that starts an operation on clusters. */
export function clusterCommand<Flags>({
  description,
  examples,
  arguments: argumentsOf,
  options = () => [],
  run,
}: ClusterCommand<Flags>): Leaf {
  return {
    define(command, services) {
      command.description(description);
      for (const argument of argumentsOf?.() ?? [nameArgument(clusterArgument, services)]) {
        command.addArgument(argument);
      }
      for (const option of [...options(services), ...waitOptions(), dryRunOption()]) {
        command.addOption(option);
      }
      command.addHelpText('after', examplesText(examples)).action(() => {
        const [name = ''] = command.args;
        const input = {
          ...command.opts<Flags & WaitFlags & Writing>(),
          name,
          program: programName(command),
        };
        return showingDryRun(() => run(input, services), services);
      });
    },
  };
}

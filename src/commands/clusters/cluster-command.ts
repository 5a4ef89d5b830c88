import type { Argument, Option } from 'commander';
import type { Services } from '../../services.js';
import { findProgramName, type Leaf } from '../contents.js';
import { dryRunOption, runAndShowDryRun, type DryRunOption } from '../dry-run.js';
import { createNameArgument, type NameArgumentSpec } from '../name-completion.js';
import { formatExamples, type CommandHelp } from '../resource/list-command.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';

/** The argument of commands that take the name of a cluster. */
export const clusterArgument: NameArgumentSpec = {
  placeholder: '<name>',
  description: 'name of the cluster',
  nameKind: 'clusters',
};

/** The input of every command that starts an operation on clusters. */
export interface OperationInput extends WaitFlags, DryRunOption {
  /** The cluster name; empty if the command has no argument. */
  readonly name: string;
  /**
   * The name that tpks was started with: `tpks`, or `pks` or `tkgi` through a link. Used in some texts.
   */
  readonly program: string;
}

/** A command that starts an operation on clusters. */
interface ClusterCommand<Flags> extends CommandHelp {
  /** By default, the name of an existing cluster. */
  readonly arguments?: () => readonly Argument[];
  /** Options in addition to `--wait`, `--wait-timeout` and `--dry-run`. */
  readonly options?: (services: Services) => readonly Option[];
  readonly run: (input: Flags & OperationInput, services: Services) => Promise<void>;
}

/** Defines a command that starts an operation on clusters. */
export function clusterCommand<Flags>({
  description,
  examples,
  arguments: createArguments,
  options = () => [],
  run,
}: ClusterCommand<Flags>): Leaf {
  return {
    define(command, services) {
      command.description(description);
      for (const argument of createArguments?.() ?? [
        createNameArgument(clusterArgument, services),
      ]) {
        command.addArgument(argument);
      }
      for (const option of [...options(services), ...waitOptions(), dryRunOption()]) {
        command.addOption(option);
      }
      command.addHelpText('after', formatExamples(examples)).action(() => {
        const [name = ''] = command.args;
        const input = {
          ...command.opts<Flags & WaitFlags & DryRunOption>(),
          name,
          program: findProgramName(command),
        };
        return runAndShowDryRun(() => run(input, services), services);
      });
    },
  };
}

import type { Option, Argument } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError, rewordError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Line } from '../../platform/terminal/lines.js';
import { createNameArgument, type NameArgumentSpec } from '../completers.js';
import { type CommandHelp, findProgramName, type Leaf } from '../command-table.js';
import { dryRunOption, runAndShowDryRun, type DryRunOption } from '../dry-run.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-for-operation.js';

/** The argument of commands that take the name of a cluster. */
export const clusterArgument: NameArgumentSpec = {
  placeholder: '<name>',
  noun: 'cluster name',
  description: 'name of the cluster',
  nameKind: 'clusters',
};

export interface OperationInput extends WaitFlags, DryRunOption {
  /** The cluster name; empty if the command has no argument. */
  readonly name: string;
  /** `tpks`, or the name of the link that started it: `pks` or `tkgi`. */
  readonly program: string;
}

interface ClusterCommand<Flags> extends CommandHelp {
  /** By default, the name of an existing cluster. */
  readonly arguments?: () => readonly Argument[];
  readonly options?: () => readonly Option[];
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
    description,
    examples,
    define(command, services) {
      for (const argument of createArguments?.() ?? [createNameArgument(clusterArgument)]) {
        command.addArgument(argument);
      }
      for (const option of [...options(), ...waitOptions(), dryRunOption()]) {
        command.addOption(option);
      }
      command.action(() => {
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

/** The flags that need a release after PKS 1.7. @see docs/contributing/servers/pks-cli.md#flags */
const requirements: Readonly<Record<string, string>> = {
  computeProfile: '--compute-profile requires TKGI 1.9',
  nodePoolInstances: '--node-pool-instances requires TKGI 1.9',
  configFile: '--config-file requires TKGI 1.10',
  enforceComputeProfileUpdate: '--enforce-compute-profile-update requires TKGI 1.16',
  nodesParallel: '--nodes-parallel requires TKGI 1.17',
  privateRegistries: '--private-registries requires TKGI 1.20',
};

/** HTTP statuses that older servers return for unsupported fields. */
const rejectionStatuses = new Set([400, 404, 405, 415, 422, 500]);

/**
 * Adds a hint to an error: the releases that the flags require. A server that is too old for a flag
 * may respond with an unclear message.
 * @param flags - with the names that commander uses; a flag that is `undefined` was not used.
 * @throws {TpksError} the error of `response`, with the hint if it applies.
 */
export async function explainNewerFlags<T>(flags: object, response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (error) {
    const required = Object.entries(flags).flatMap(([flag, value]) =>
      value === undefined ? [] : (getOwnValue(requirements, flag) ?? []),
    );
    if (!isTpksError(error) || !rejectionStatuses.has(error.status ?? 0) || required.length === 0)
      throw error;
    throw rewordError(error, { hint: `the server may be too old: ${required.join(', ')}` });
  }
}

/**
 * How to follow the operation, worded like the `pks` CLI.
 * @see docs/contributing/servers/pks-cli.md#changes
 */
export function monitorLine(program: string, name: string): Line {
  return `Use '${program} cluster ${name}' to monitor the state of your cluster`;
}

import { Option, type Command } from 'commander';
import { waitTimeoutOption } from '../waiting/wait-options.js';
import { createNameArgument, type NameDeps } from '../name-completion.js';
import { formatExamples, requiresRead } from '../resource/list-command.js';
import { clusterArgument } from './cluster-command.js';
import { waitForCluster, type ClusterWaitDeps, type Goal } from './wait-for-cluster.js';

interface Flags {
  readonly for?: Goal;
  readonly waitTimeout?: number;
}

export function define(command: Command, deps: ClusterWaitDeps & NameDeps): void {
  command
    .description(
      'Wait until the current operation of a cluster finishes, no matter who started it. Ctrl-C ' +
        `stops only the waiting, not the operation. ${requiresRead}`,
    )
    .addArgument(createNameArgument(clusterArgument, deps))
    .addOption(
      new Option(
        '--for <result>',
        'expected result (default: deleted during a deletion, otherwise succeeded)',
      ).choices(['succeeded', 'deleted']),
    )
    .addOption(waitTimeoutOption())
    .addHelpText(
      'after',
      formatExamples(['wait dev-2', 'wait dev-2 --for deleted --wait-timeout 45m']),
    )
    .action((name: string, { for: goal, waitTimeout }: Flags) =>
      waitForCluster({ name, goal, timeoutSeconds: waitTimeout }, deps),
    );
}

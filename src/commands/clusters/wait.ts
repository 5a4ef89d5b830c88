import { Option, type Command } from 'commander';
import { waitTimeoutOption } from '../waiting/wait-options.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { clusterArgument } from './cluster-command.js';
import { waitForCluster, type ClusterWaitDeps, type Goal } from './wait-for-cluster.js';

interface Flags {
  readonly for?: Goal;
  readonly waitTimeout?: number;
}

export function define(command: Command, deps: ClusterWaitDeps & NameDeps): void {
  command
    .description(
      'Wait for the current operation of a cluster to finish, no matter who started it. Ctrl-C ' +
        'stops only the waiting.',
    )
    .addArgument(nameArgument(clusterArgument, deps))
    .addOption(
      new Option(
        '--for <end>',
        'the result that counts as success (default: that of the current operation)',
      ).choices(['succeeded', 'deleted']),
    )
    .addOption(waitTimeoutOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks wait dev-2\n  $ tpks wait dev-2 --for deleted --wait-timeout 45m',
    )
    .action((name: string, { for: goal, waitTimeout }: Flags) =>
      waitForCluster({ name, goal, timeoutSeconds: waitTimeout }, deps),
    );
}

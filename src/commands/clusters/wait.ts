import { Option, type Command } from 'commander';
import { waitTimeoutOption } from '../waiting/wait-options.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { clusterName } from './cluster-name.js';
import { waitForCluster, type ClusterWaitDeps, type Goal } from './wait-for-cluster.js';

interface Flags {
  readonly for?: Goal;
  readonly waitTimeout?: number;
}

export function define(command: Command, deps: ClusterWaitDeps & NameDeps): void {
  command
    .description(
      'Waits for the end of what is being done with a cluster, whoever began it. Ctrl-C ends the ' +
        'waiting alone.',
    )
    .addArgument(nameArgument(clusterName, deps))
    .addOption(
      new Option(
        '--for <end>',
        'the end that counts as success (that of what is being done)',
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

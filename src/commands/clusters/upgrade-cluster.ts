import { Option, type Command } from 'commander';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { clusterName } from './cluster-name.js';
import { upgrade, type UpgradeDeps } from './upgrade.js';

interface Flags extends WaitFlags, Writing {
  readonly nodesParallel?: string;
}

export function define(command: Command, deps: UpgradeDeps & NameDeps): void {
  command
    .description('Upgrade a cluster to the version of the installation.')
    .addArgument(nameArgument(clusterName, deps))
    .addOption(
      new Option(
        '--nodes-parallel <number>',
        'number of nodes that are upgraded in parallel (TKGI 1.17)',
      ).choices(['1', '2']),
    );
  for (const option of [...waitOptions(), dryRunOption()]) command.addOption(option);
  command
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks upgrade-cluster dev-1\n  $ tpks upgrade-cluster dev-1 --non-interactive --wait',
    )
    .action((name: string, flags: Flags) =>
      showingDryRun(() => upgradeCluster({ name, ...flags }, deps), deps),
    );
}

export async function upgradeCluster(
  { name, nodesParallel, ...flags }: Flags & { readonly name: string },
  deps: UpgradeDeps,
): Promise<void> {
  const request = {
    clusters: [name],
    canaries: [],
    max_in_flight: 1,
    ...(nodesParallel === undefined ? {} : { nodes_parallel: Number(nodesParallel) }),
  };
  await upgrade({ ...flags, request, newer: { nodesParallel } }, deps);
}

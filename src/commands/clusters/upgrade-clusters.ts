import { Option, type Command } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { UpgradeRequest } from '../../pks/clusters.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { knownNames, type NameDeps } from '../known-names.js';
import { checkWholeNumber, int32 } from '../numbers.js';
import { allChecked, refuseMissing } from '../problems.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';
import { toNames } from './name-list.js';
import { upgrade, type UpgradeDeps } from './upgrade.js';

interface Flags extends WaitFlags, Writing {
  readonly clusters?: string;
  readonly canaries?: string;
  readonly maxInFlight: string;
}

export function define(command: Command, deps: UpgradeDeps & NameDeps): void {
  const names = knownNames('clusters', deps);
  command
    .description(
      'Upgrade several clusters: first the canaries, one after the other. A failed upgrade stops the ' +
        'task.',
    )
    .addOption(
      withCompleter(
        new Option('-c, --clusters <list>', 'cluster names, separated by commas (required)'),
        names,
      ),
    )
    .addOption(
      withCompleter(
        new Option('--canaries <list>', 'names of the clusters to upgrade first'),
        names,
      ),
    )
    .option('--max-in-flight <number>', 'maximum number of parallel upgrades', '1');
  for (const option of [...waitOptions(), dryRunOption()]) command.addOption(option);
  command
    .addHelpText(
      'after',
      `
Examples:
  $ tpks upgrade-clusters --clusters dev-1,dev-2 --max-in-flight 2
  $ tpks upgrade-clusters --canaries dev-1 --clusters dev-2,prod-1 --non-interactive --wait`,
    )
    .action((flags: Flags) => showingDryRun(() => upgradeClusters(flags, deps), deps));
}

export async function upgradeClusters(flags: Flags, deps: UpgradeDeps): Promise<void> {
  await upgrade({ ...flags, request: await toRequest(flags), newer: {} }, deps);
}

async function toRequest({ clusters, canaries, maxInFlight }: Flags): Promise<UpgradeRequest> {
  let others: readonly string[] = [];
  let first: readonly string[] = [];
  await allChecked([
    () => refuseMissing({ clusters }),
    () => clusters !== undefined && (others = toNames('--clusters', clusters)),
    () => canaries !== undefined && (first = toNames('--canaries', canaries)),
    () => checkWholeNumber('--max-in-flight', maxInFlight, { from: 1, to: int32 }),
  ]);
  const isCanary = new Set(first);
  return {
    // A cluster in both lists is a canary.
    clusters: others.filter((name) => !isCanary.has(name)),
    canaries: first,
    max_in_flight: Number(maxInFlight),
  };
}

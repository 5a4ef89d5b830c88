import { Option } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { UpgradeRequest } from '../../pks/clusters.js';
import type { Writing } from '../dry-run.js';
import { knownNames } from '../known-names.js';
import { checkWholeNumber, int32 } from '../numbers.js';
import { allChecked, refuseMissing } from '../problems.js';
import type { WaitFlags } from '../waiting/wait-options.js';
import { clusterCommand } from './cluster-command.js';
import { parseNames } from './list-flags.js';
import { upgrade, type UpgradeDeps } from './upgrade.js';

interface Flags extends WaitFlags, Writing {
  readonly clusters?: string;
  readonly canaries?: string;
  readonly maxInFlight: string;
}

export const { define } = clusterCommand({
  description:
    'Upgrade several clusters: first the canaries, one after the other. A failed upgrade stops the ' +
    'task.',
  examples: [
    'upgrade-clusters --clusters dev-1,dev-2 --max-in-flight 2',
    'upgrade-clusters --canaries dev-1 --clusters dev-2,prod-1 --non-interactive --wait',
  ],
  arguments: () => [],
  options: (services) => [
    withCompleter(
      new Option('-c, --clusters <list>', 'cluster names, separated by commas (required)'),
      knownNames('clusters', services),
    ),
    withCompleter(
      new Option('--canaries <list>', 'names of the clusters to upgrade first'),
      knownNames('clusters', services),
    ),
    new Option('--max-in-flight <number>', 'maximum number of parallel upgrades').default('1'),
  ],
  run: upgradeClusters,
});

export async function upgradeClusters(flags: Flags, deps: UpgradeDeps): Promise<void> {
  await upgrade({ ...flags, request: await toRequest(flags) }, deps);
}

async function toRequest({ clusters, canaries, maxInFlight }: Flags): Promise<UpgradeRequest> {
  let others: readonly string[] = [];
  let first: readonly string[] = [];
  await allChecked([
    () => refuseMissing({ clusters }),
    () => clusters !== undefined && (others = parseNames('--clusters', clusters)),
    () => canaries !== undefined && (first = parseNames('--canaries', canaries)),
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

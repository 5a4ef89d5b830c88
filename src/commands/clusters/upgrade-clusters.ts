import { Option } from 'commander';
import { withCompleter } from '../../completion/completer.js';
import type { UpgradeRequest } from '../../pks/clusters.js';
import type { DryRunOption } from '../dry-run.js';
import { nameCompleter } from '../name-completion.js';
import { parseIntegerFlag, maximumInt32 } from '../numbers.js';
import { runChecks, requireFlags } from '../problems.js';
import { requiresWrite } from '../resource/list-command.js';
import type { WaitFlags } from '../waiting/wait-options.js';
import { clusterCommand } from './cluster-command.js';
import { parseNames } from './parse-lists.js';
import { upgrade, type UpgradeDeps } from './upgrade.js';

interface Flags extends WaitFlags, DryRunOption {
  readonly clusters?: string;
  readonly canaries?: string;
  readonly maxInFlight: string;
}

export const { define } = clusterCommand({
  description:
    'Upgrade several clusters. Canaries are upgraded first, one at a time; if one fails, the other ' +
    `clusters are not upgraded. ${requiresWrite}`,
  examples: [
    'upgrade-clusters --clusters dev-1,dev-2 --max-in-flight 2',
    'upgrade-clusters --canaries dev-1 --clusters dev-2,dev-3 --wait',
  ],
  arguments: () => [],
  options: (services) => [
    withCompleter(
      new Option('-c, --clusters <list>', 'cluster names, separated by commas (required)'),
      nameCompleter('clusters', services),
    ),
    withCompleter(
      new Option('--canaries <list>', 'names of clusters to upgrade first, separated by commas'),
      nameCompleter('clusters', services),
    ),
    new Option('--max-in-flight <number>', 'maximum number of parallel upgrades').default('1'),
  ],
  run: upgradeClusters,
});

export async function upgradeClusters(flags: Flags, deps: UpgradeDeps): Promise<void> {
  await upgrade({ ...flags, request: await readRequest(flags) }, deps);
}

async function readRequest({ clusters, canaries, maxInFlight }: Flags): Promise<UpgradeRequest> {
  let clusterNames: readonly string[] = [];
  let canaryNames: readonly string[] = [];
  await runChecks([
    () => requireFlags({ clusters }),
    () => clusters !== undefined && (clusterNames = parseNames('--clusters', clusters)),
    () => canaries !== undefined && (canaryNames = parseNames('--canaries', canaries)),
    () => parseIntegerFlag('--max-in-flight', maxInFlight, { from: 1, to: maximumInt32 }),
  ]);
  const canarySet = new Set(canaryNames);
  return {
    // A cluster in both lists is a canary.
    clusters: clusterNames.filter((name) => !canarySet.has(name)),
    canaries: canaryNames,
    max_in_flight: Number(maxInFlight),
  };
}

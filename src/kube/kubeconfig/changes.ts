import {
  entryKeys,
  findEntry,
  findOwner,
  listEntries,
  removeEntry,
  setClusterEntries,
  setCurrentContext,
  type Configs,
} from './entries.js';
import type { ClusterEntries, MergeResult, OwnContext } from './kubeconfig.js';

/** Adds or replaces entries, and sets the current context unless it is `undefined`. */
export function setAllEntries(
  configs: Configs,
  {
    entries,
    currentContext,
    target,
  }: {
    entries: readonly ClusterEntries[];
    currentContext: string | undefined;
    target: number;
  },
): Configs {
  const changed = entries.reduce(
    (current, each) => setClusterEntries(current, each, target),
    configs,
  );
  return currentContext === undefined
    ? changed
    : setCurrentContext(changed, currentContext, target);
}

/** Lists the cluster entries whose server changes, unless tpks created them for the same cluster. */
export function findReplacedServers(
  configs: Configs,
  entries: readonly ClusterEntries[],
): MergeResult['replaced'] {
  return entries.flatMap(({ contextName, server, owner }) => {
    const oldServer = findEntry(configs, 'clusters', contextName)?.value['server'];
    const oldOwner = findOwner(findEntry(configs, 'contexts', contextName)?.value ?? {});
    const isSameCluster = oldOwner?.api === owner.api && oldOwner.cluster === owner.cluster;
    return typeof oldServer === 'string' && oldServer !== server && !isSameCluster
      ? [{ contextName, oldServer }]
      : [];
  });
}

/** Removes a context, and the cluster and user entries that no other context uses. */
export function removeContext(configs: Configs, { name }: Pick<OwnContext, 'name'>): Configs {
  const context = findEntry(configs, 'contexts', name)?.value ?? {};
  const remaining = removeEntry(configs, 'contexts', name);
  return (['clusters', 'users'] as const).reduce((current, list) => {
    const key = entryKeys[list];
    const entryName = context[key];
    const isUsed = listEntries(current, 'contexts').some(({ value }) => value[key] === entryName);
    return isUsed || typeof entryName !== 'string'
      ? current
      : removeEntry(current, list, entryName);
  }, remaining);
}

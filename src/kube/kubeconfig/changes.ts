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
import type { ClusterEntries, ContextOwner, MergeResult, OwnContext } from './kubeconfig.js';

/**
 * Chooses the name of each context: the first of `contextName` and `otherNames` that tpks does not use for
 * another installation. If the cluster already has a context with one of these names, it keeps it.
 */
export function chooseContextNames(
  configs: Configs,
  entries: readonly ClusterEntries[],
): readonly ClusterEntries[] {
  const contexts = listEntries(configs, 'contexts').flatMap(({ name, value }) => {
    const owner = findOwner(value);
    return owner === undefined ? [] : [{ name, clusterEntry: value['cluster'], owner }];
  });
  return entries.map((each) => {
    const { contextName, otherNames = [], owner } = each;
    const free = [contextName, ...otherNames].filter((candidate) =>
      contexts.every(
        ({ name, clusterEntry, owner: { api } }) =>
          api === owner.api || (name !== candidate && clusterEntry !== candidate),
      ),
    );
    const existing = free.find((candidate) =>
      contexts.some((context) => context.name === candidate && isSameCluster(context.owner, owner)),
    );
    return { ...each, contextName: existing ?? free[0] ?? contextName };
  });
}

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
    return typeof oldServer === 'string' && oldServer !== server && !isSameCluster(oldOwner, owner)
      ? [{ contextName, oldServer }]
      : [];
  });
}

function isSameCluster(one: ContextOwner | undefined, other: ContextOwner): boolean {
  return one?.api === other.api && one.cluster === other.cluster;
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

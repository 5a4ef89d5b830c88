import { Argument } from 'commander';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { OwnContext } from '../../domain/kube/kubeconfig/entries.js';
import { withCompleter } from '../completers.js';
import { didYouMean } from '../did-you-mean.js';
import type { Leaf } from '../command-table.js';
import { noteRemovedCurrent, noteUnusedSessions } from './affected-contexts.js';
import { type ExistenceDeps, findExistingClusters } from './existing-clusters.js';
import { kubeconfigOption } from './kubeconfig-options.js';

type RemoveDeps = ExistenceDeps & Pick<Services, 'kubeconfig'>;

interface RemoveFlags {
  readonly names: readonly string[];
  readonly stale?: boolean;
  readonly kubeconfig?: string;
  readonly dryRun?: boolean;
}

export const removeCommand: Leaf = {
  description:
    'Remove from the kubeconfig the contexts that tpks created, and their cluster and user entries if no ' +
    'other context uses them. --stale removes the contexts of clusters that the API no longer lists for ' +
    'the user of the context. --stale keeps contexts if the API cannot be reached, or if `tpks get-kubeconfig` ' +
    'created them, because their clusters might belong to another user.',
  examples: {
    'remove the entries of a cluster': 'tpks kubeconfig remove dev-1',
    'show which entries of deleted clusters would be removed':
      'tpks kubeconfig remove --stale --dry-run',
  },
  define(command, deps: RemoveDeps) {
    command
      .addArgument(contextArgument())
      .option('--stale', 'remove the contexts of clusters that no longer exist')
      .addOption(kubeconfigOption())
      .option('--dry-run', 'show what would be removed, without removing it')
      .action((names: string[], flags: Omit<RemoveFlags, 'names'>) =>
        remove({ names, ...flags }, deps),
      );
  },
};

function contextArgument(): Argument {
  const argument = new Argument('[names...]', 'names of contexts or clusters');
  return withCompleter(argument, async (_typed, { kubeconfig }) =>
    (await kubeconfig().listOwn()).flatMap(({ name, owner }) => [name, owner.cluster]),
  );
}

/** @throws {TpksError} `usage`; `notFound`; `conflict` or `storage` if the kubeconfig cannot be changed */
export async function remove(input: RemoveFlags, deps: RemoveDeps): Promise<void> {
  const { names, stale = false, kubeconfig: path, dryRun = false } = input;
  if (stale === names.length > 0) {
    throw new TpksError(
      'usage',
      stale ? '--stale and context names cannot be used together' : 'Missing context name',
      { hint: 'tpks kubeconfig remove NAME, or tpks kubeconfig remove --stale' },
    );
  }
  const contexts = await deps.kubeconfig(path).listOwn();
  const existence = stale ? await findExistingClusters(contexts, deps) : undefined;
  const selected = existence
    ? contexts.filter((context) => existence(context) === false)
    : [...new Set(names.flatMap((name) => selectByName(name, contexts)))];
  if (selected.length === 0) return showNothingToDo(contexts, deps);
  if (dryRun) {
    deps.terminal.note('Dry run: nothing was removed');
    return showContexts(selected, false, deps);
  }
  const kubeconfig = deps.kubeconfig(path);
  const removed = await kubeconfig.remove(selected.map(({ name }) => name));
  await showContexts(removed, true, deps);
  noteRemovedCurrent(removed, deps);
  await noteUnusedSessions(await kubeconfig.listOwn(), deps);
}

/**
 * Selects the context with this name, or the contexts of the cluster with this name in one installation.
 * @throws {TpksError} `notFound`; `usage` if several installations have a cluster with this name.
 */
function selectByName(name: string, contexts: readonly OwnContext[]): readonly OwnContext[] {
  const sameName = contexts.filter((context) => context.name === name);
  if (sameName.length > 0) return sameName;
  const matching = contexts.filter(({ owner }) => owner.cluster === name);
  const apis = new Set(matching.map(({ owner }) => owner.api));
  if (apis.size > 1) {
    const choices = matching.map((context) => `${context.name} (${context.owner.api})`).join(', ');
    throw new TpksError('usage', `Several installations have a cluster named ${name}: ${choices}`, {
      hint: `use the name of a context: tpks kubeconfig remove ${quoteForShell(matching[0]?.name ?? 'NAME')}`,
    });
  }
  if (matching.length > 0) return matching;
  const known = contexts.flatMap((context) => [context.name, context.owner.cluster]);
  throw new TpksError(
    'notFound',
    `Kubeconfig context ${name} not found${didYouMean(name, known)}`,
    { hint: 'list the contexts that tpks created: tpks kubeconfig list' },
  );
}

async function showNothingToDo(
  contexts: readonly OwnContext[],
  { terminal }: RemoveDeps,
): Promise<void> {
  const reason =
    contexts.length === 0
      ? 'the kubeconfig has no contexts that tpks created'
      : 'no contexts of deleted clusters were found';
  await terminal.show({
    json: { contexts: [], removed: false },
    text: [`No changes: ${reason}`],
  });
}

async function showContexts(
  contexts: readonly OwnContext[],
  isRemoved: boolean,
  { terminal }: RemoveDeps,
): Promise<void> {
  const verb = isRemoved ? 'Removed' : 'Would remove';
  await terminal.show({
    json: {
      contexts: contexts.map(({ name, path, owner: { api, cluster, identity } }) => ({
        name,
        path,
        api,
        cluster,
        identity,
      })),
      removed: isRemoved,
    },
    text: contexts.map(({ name, path }) => `${verb} context ${name} from ${path}`),
  });
}

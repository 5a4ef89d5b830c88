import type { Services } from '../../app/services.js';
import type { OwnContext } from '../../domain/kube/kubeconfig/entries.js';
import type { KubernetesSessionState } from '../../domain/kube/sessions.js';
import type { Span } from '../../platform/terminal/lines.js';
import type { Entry } from '../command-table.js';
import { listCommand } from '../resource/list-command.js';
import { noteUnusedSessions } from './affected-contexts.js';
import { type ExistenceDeps, findExistingClusters } from './existing-clusters.js';
import { kubeconfigOption } from './kubeconfig-options.js';
import { removeCommand } from './kubeconfig-remove.js';

export const contents: readonly Entry[] = [
  { name: 'list', summary: 'list the kubeconfig contexts that tpks created', load: () => list },
  {
    name: 'remove',
    summary: 'remove kubeconfig contexts that tpks created',
    load: () => removeCommand,
  },
];

type ListDeps = ExistenceDeps & Pick<Services, 'kubeconfig' | 'kubernetesSessions'>;

interface ListFlags {
  readonly kubeconfig?: string;
}

interface Row {
  readonly name: string;
  readonly current: boolean;
  readonly cluster: string;
  readonly api: string;
  readonly identity: string;
  /** Name of the Kubernetes session; `null` if the tokens are in the kubeconfig. */
  readonly session: string | null;
  readonly sessionState: KubernetesSessionState | null;
  /** `null` if unknown. */
  readonly clusterExists: boolean | null;
  readonly server: string | null;
  readonly userEntry: string | null;
  readonly path: string;
}

export const list = listCommand<Row, ListFlags>({
  description:
    'List the kubeconfig contexts that tpks created, and unused Kubernetes sessions. Check whether the ' +
    'clusters still exist, and warn if an API cannot be reached. An asterisk marks the current context.',
  examples: {
    'list the kubeconfig contexts that tpks created': 'tpks kubeconfig list',
    'print the kubeconfig contexts of deleted clusters':
      'tpks kubeconfig list --filter cluster-exists=no -o name',
  },
  noun: 'context',
  emptyLine: 'No kubeconfig contexts yet. Create one: tpks get-credentials CLUSTER',
  options: () => [kubeconfigOption()],
  read: readRows,
  columns: [
    { head: '', cell: ({ current }) => (current ? '*' : '') },
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Cluster', cell: ({ cluster }) => cluster, rank: 4 },
    { head: 'Installation', cell: ({ api }) => api, rank: 6 },
    { head: 'User', cell: ({ identity }) => identity, rank: 5 },
    { head: 'Session', cell: sessionSpan, rank: 2 },
    { head: 'Cluster exists', cell: existenceSpan, rank: 3 },
    { head: 'Session name', cell: ({ session }) => session ?? '', wide: true },
    { head: 'User entry', cell: ({ userEntry }) => userEntry ?? '', wide: true },
    { head: 'Server', cell: ({ server }) => server ?? '', wide: true },
    { head: 'File', cell: ({ path }) => path, wide: true },
  ],
  nameOf: ({ name }) => name,
});

async function readRows(deps: ListDeps, { kubeconfig: path }: ListFlags): Promise<readonly Row[]> {
  const contexts = await deps.kubeconfig(path).listOwn();
  const [states, existence] = await Promise.all([
    checkSessions(contexts, deps),
    findExistingClusters(contexts, deps),
  ]);
  await noteUnusedSessions(contexts, deps);
  return contexts.map((context) => ({
    name: context.name,
    current: context.isCurrent,
    cluster: context.owner.cluster,
    api: context.owner.api,
    identity: context.owner.identity,
    session: context.sessionName ?? null,
    sessionState:
      context.sessionName === undefined ? null : (states.get(context.sessionName) ?? null),
    clusterExists: existence(context) ?? null,
    server: context.server ?? null,
    userEntry: context.userName ?? null,
    path: context.path,
  }));
}

async function checkSessions(
  contexts: readonly OwnContext[],
  { kubernetesSessions }: ListDeps,
): Promise<ReadonlyMap<string, KubernetesSessionState>> {
  const names = new Set(contexts.flatMap(({ sessionName }) => sessionName ?? []));
  const states = new Map<string, KubernetesSessionState>();
  // One after the other: a keychain may prompt the user to unlock it.
  for (const name of names) states.set(name, await kubernetesSessions.check(name));
  return states;
}

function sessionSpan({ sessionState }: Row): Span {
  if (sessionState === null) return { text: 'in the kubeconfig', tone: 'muted' };
  return { text: sessionState, tone: sessionState === 'valid' ? 'good' : 'bad' };
}

function existenceSpan({ clusterExists }: Row): Span {
  if (clusterExists === null) return { text: 'unknown', tone: 'muted' };
  return clusterExists ? 'yes' : { text: 'no', tone: 'bad' };
}

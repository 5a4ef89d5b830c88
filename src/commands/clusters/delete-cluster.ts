import type { Services } from '../../app/services.js';
import { apiOf } from '../../domain/contexts/installation.js';
import type { OwnContext } from '../../domain/kube/kubeconfig/entries.js';
import { fitLines } from '../../platform/terminal/screen.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import {
  affectedJson,
  pruneKubeconfig,
  pruneOption,
  reportAffected,
  type AffectedDeps,
  type PruneFlags,
} from '../kube/affected-contexts.js';
import { requiresWrite } from '../resource/list-command.js';
import { waitForDeletion, type ClusterWaitDeps } from '../waiting/wait-for-cluster.js';
import { formatTimeSince } from '../waiting/wait-for-operation.js';
import { clusterCommand, type OperationInput } from './cluster-command.js';

type Deps = Pick<Services, 'clusters'> & ConfirmDeps & ClusterWaitDeps & AffectedDeps;
type Input = Omit<OperationInput, 'program'> & PruneFlags;

export const { description, examples, define } = clusterCommand<PruneFlags>({
  description: `Delete a cluster and everything that runs on it. Asks for confirmation (unless --yes). ${requiresWrite}`,
  examples: {
    'delete a cluster': 'tpks delete-cluster dev-1',
    'delete a cluster in a script, and wait until it is deleted':
      'tpks delete-cluster dev-1 --non-interactive --wait',
  },
  options: () => [pruneOption()],
  run: deleteCluster,
});

/** Unlike the other questions of the `pks` CLI, the one about a deletion has no colon. */
const choices = ' (y/n) ';

/** Deletes a cluster after confirmation, and reports its kubeconfig contexts. */
export async function deleteCluster(input: Input, deps: Deps): Promise<void> {
  const { name, wait = false, waitTimeout, dryRun = false } = input;
  const question = `Are you sure you want to delete cluster ${name}?`;
  const clusters = deps.clusters({ dryRun });
  const find = () => clusters.get(name, { details: false });
  if (!dryRun && !(await confirmDestructiveChange({ question, choices, find }, deps))) return;
  const sentAt = deps.clock.monotonic();
  await clusters.remove(name);
  if (wait) await waitForDeletion({ name, timeoutSeconds: waitTimeout, sentAt }, deps);
  const duration = formatTimeSince(sentAt, deps.clock);
  const api = apiOf(await deps.context());
  const isAffected = ({ owner }: OwnContext) => owner.api === api && owner.cluster === name;
  const affected = await pruneKubeconfig(isAffected, input, deps);
  const text = [`Deletion of ${name} ${wait ? 'completed' : 'in progress'}`];
  await deps.terminal.show({
    json: { name, deleted: wait, ...affectedJson(affected) },
    text,
    screen: (width) => fitLines(wait ? [`Deleted ${name} in ${duration}`] : text, width),
    indent: 3,
  });
  reportAffected(affected, deps);
}

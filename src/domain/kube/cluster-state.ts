import type { Cluster } from '../../api/pks/clusters.js';

/** @returns why the cluster has no Kubernetes API; `undefined` if it has one. */
export function describeStateProblem({
  last_action: action,
  last_action_state: state,
}: Cluster): string | undefined {
  if (action === 'CREATE' && state === 'failed') return 'Creating the cluster failed';
  if (state !== 'in progress' && state !== 'queued') return undefined;
  if (action === 'CREATE') return 'The cluster is still being created';
  return action === 'DELETE' ? 'The cluster is being deleted' : undefined;
}

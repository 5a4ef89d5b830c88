import { Argument, Option } from 'commander';
import type { ClusterRequest } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { cacheName, withNoun, withPksNames } from '../completers.js';
import { requiresWrite } from '../resource/list-command.js';
import { waitForCluster, type ClusterWaitDeps } from '../waiting/wait-for-cluster.js';
import {
  clusterCommand,
  explainNewerFlags,
  type OperationInput,
  monitorLine,
} from './cluster-command.js';
import { formatClusterDetails } from './cluster.js';
import { explainExceededQuota, type QuotaDeps } from './exceeded-quota.js';
import { requireFlags, validateNotEmpty } from './input-checks.js';
import { creationOptions, readSettings, type SettingFlags } from './settings.js';

type Deps = Pick<Services, 'terminal' | 'names'> & QuotaDeps & ClusterWaitDeps;

interface Input extends SettingFlags, OperationInput {
  readonly externalHostname?: string;
  readonly plan?: string;
}

export const { description, examples, define } = clusterCommand({
  description:
    'Create a cluster. This takes up to 30 minutes; use --wait to wait until it has finished. ' +
    requiresWrite,
  examples: {
    'create a cluster': 'tpks create-cluster dev-9 -e dev-9.example.com -p small',
    'create a cluster with two workers, and wait until it is ready':
      'tpks create-cluster dev-9 -e dev-9.example.com -p small -n 2 --wait',
  },
  arguments: () => [withNoun(new Argument('<name>', 'unique name of the cluster'), 'cluster name')],
  options: () => [
    new Option('-e, --external-hostname <host>', 'address of the Kubernetes API (required)'),
    withPksNames(
      new Option('-p, --plan <name>', 'plan, as listed by `tpks plans` (required)'),
      'plans',
    ),
    ...creationOptions(),
  ],
  run: createCluster,
});

/** Starts the creation; with `wait`, waits for it to finish. Then shows the cluster. */
export async function createCluster(input: Input, deps: Deps): Promise<void> {
  const { name, program, wait = false, waitTimeout, dryRun } = input;
  const request = await readRequest(input, deps);
  const clusters = deps.clusters({ dryRun });
  const sentAt = deps.clock.monotonic();
  const created = await explainExceededQuota(
    'newCluster',
    deps,
    explainNewerFlags(input, clusters.create(request)),
  );
  // Makes the name available for completion before the next list.
  await cacheName('clusters', name, deps);
  if (wait) {
    const timeoutSeconds = waitTimeout;
    await waitForCluster({ name, goal: 'succeeded', timeoutSeconds, sentAt }, deps);
    return;
  }
  await deps.terminal.show({
    json: created,
    text: [...formatClusterDetails(created, { details: false }), monitorLine(program, name)],
    indent: 3,
  });
}

async function readRequest(
  input: Input,
  { terminal }: Pick<Deps, 'terminal'>,
): Promise<ClusterRequest> {
  const { name, externalHostname = '', plan = '' } = input;
  const settings = await readSettings(input, terminal, [
    () => validateNotEmpty('The name', name),
    () =>
      requireFlags(
        { 'external-hostname': input.externalHostname, plan: input.plan },
        'tpks create-cluster --help',
      ),
    () => validateNotEmpty('--external-hostname', input.externalHostname),
    () => validateNotEmpty('--plan', input.plan),
  ]);
  const { networkProfile, kubernetesProfile, computeProfile, tags } = input;
  const profiles: Readonly<Record<string, unknown>> = {
    network_profile_name: networkProfile,
    kubernetes_profile_name: kubernetesProfile,
    compute_profile_name: computeProfile,
  };
  // A profile that a flag sets is a field of the request. In a config file, it is a parameter.
  const isSetByProfileFlag = ([field]: readonly [string, unknown]) => profiles[field] !== undefined;
  const fields = Object.entries(settings).filter(
    // A new cluster has no tags to delete.
    ([field]) => tags === undefined || field !== 'delete_all_tags',
  );
  return {
    name,
    plan_name: plan,
    ...Object.fromEntries(fields.filter(isSetByProfileFlag)),
    parameters: {
      ...Object.fromEntries(fields.filter((field) => !isSetByProfileFlag(field))),
      kubernetes_master_host: externalHostname,
    },
  };
}

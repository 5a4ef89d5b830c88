import type { Context } from '../contexts/context.js';
import type { Writing } from '../commands/dry-run.js';
import type { Send } from '../http/send.js';
import type { Clusters } from '../pks/clusters.js';
import type { ComputeProfiles } from '../pks/compute-profiles.js';
import type { KubernetesProfiles } from '../pks/kubernetes-profiles.js';
import type { NetworkProfiles } from '../pks/network-profiles.js';
import type { Plans } from '../pks/plans.js';
import type { Quotas } from '../pks/quotas.js';
import type { Tasks } from '../pks/tasks.js';
import type { Usages } from '../pks/usages.js';
import { memoised } from './once.js';

/** The resources of the PKS API, as the current context sees them. */
export interface PksServices {
  readonly clusters: (how?: Writing) => Promise<Clusters>;
  /** The clusters that another context sees, by its name. */
  readonly clustersOf: (context: string) => Promise<Clusters>;
  readonly plans: () => Promise<Plans>;
  readonly tasks: (how?: Writing) => Promise<Tasks>;
  readonly networkProfiles: (how?: Writing) => Promise<NetworkProfiles>;
  readonly kubernetesProfiles: (how?: Writing) => Promise<KubernetesProfiles>;
  readonly computeProfiles: (how?: Writing) => Promise<ComputeProfiles>;
  readonly quotas: (how?: Writing) => Promise<Quotas>;
  readonly usages: () => Promise<Usages>;
}

export interface PksServicesDeps {
  /** The context that PKS commands use. */
  readonly context: () => Promise<Context>;
  readonly contextNamed: (name: string) => Promise<Context>;
  /** With the context's token. */
  readonly bearerSend: (context: Context) => Promise<Send>;
}

export function createPksServices({
  context,
  contextNamed,
  bearerSend,
}: PksServicesDeps): PksServices {
  /** The PKS API of the context, its failures in the words of the original. */
  const apiAt = async (of: Context): Promise<{ readonly send: Send; readonly api: string }> => {
    const [{ withStatusErrors }, { explainPks }, { apiOf }, door] = await Promise.all([
      import('../http/status-error.js'),
      import('../pks/status.js'),
      import('../contexts/installation.js'),
      bearerSend(of),
    ]);
    return { send: withStatusErrors(door, explainPks), api: apiOf(of) };
  };
  const byDryRun = ({ dryRun = false }: Writing) => String(dryRun);
  const current = memoised(byDryRun, async ({ dryRun = false }) => {
    const { send, api } = await apiAt(await context());
    if (!dryRun) return { send, api };
    return { send: (await import('../commands/dry-run.js')).withDryRun(send), api };
  });
  const resource = <T>(load: () => Promise<(send: Send, api: string) => T>) => {
    const made = memoised(byDryRun, async (how) => {
      const [create, { send, api }] = await Promise.all([load(), current(how)]);
      return create(send, api);
    });
    return (how: Writing = {}) => made(how);
  };

  return {
    clusters: resource(async () => (await import('../pks/clusters.js')).createClusters),
    clustersOf: async (name) => {
      const [{ createClusters }, { send, api }] = await Promise.all([
        import('../pks/clusters.js'),
        apiAt(await contextNamed(name)),
      ]);
      return createClusters(send, api);
    },
    plans: resource(async () => (await import('../pks/plans.js')).createPlans),
    tasks: resource(async () => (await import('../pks/tasks.js')).createTasks),
    networkProfiles: resource(
      async () => (await import('../pks/network-profiles.js')).createNetworkProfiles,
    ),
    kubernetesProfiles: resource(
      async () => (await import('../pks/kubernetes-profiles.js')).createKubernetesProfiles,
    ),
    computeProfiles: resource(
      async () => (await import('../pks/compute-profiles.js')).createComputeProfiles,
    ),
    quotas: resource(async () => (await import('../pks/quotas.js')).createQuotas),
    usages: resource(async () => (await import('../pks/usages.js')).createUsages),
  };
}

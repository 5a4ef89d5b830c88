import { randomUUID } from 'node:crypto';
import type { Versions } from '../pks-releases.js';
import { planSettings, type Plan } from './plans.js';

/** A cluster as the PKS API returns it. @see docs/contributing/servers/pks-api.md#clusters */
export interface Cluster {
  readonly name: string;
  readonly plan_name: string;
  readonly last_action: 'CREATE' | 'UPDATE' | 'DELETE' | 'UPGRADE';
  readonly last_action_state: 'queued' | 'in progress' | 'succeeded' | 'failed';
  readonly last_action_description: string;
  readonly uuid: string;
  /** Contains only the text `In Progress` while the cluster is being created. */
  readonly kubernetes_master_ips: readonly string[];
  readonly network_profile_name?: string | null;
  readonly compute_profile_name?: string | null;
  readonly kubernetes_profile_name?: string | null;
  readonly k8s_version?: string;
  readonly pks_version?: string;
  readonly available_upgrades?: readonly { readonly component: string; readonly version: string }[];
  readonly parameters: ClusterParameters;
}

interface ClusterParameters {
  readonly kubernetes_master_host: string;
  readonly kubernetes_master_port: number;
  readonly kubernetes_worker_instances: number;
  /** All values are strings, including numbers and booleans. */
  readonly kubernetes_setting_plan_details?: Readonly<Record<string, string>>;
  readonly kubernetes_setting_cluster_details?: Readonly<Record<string, string>>;
  /** Other members, which the broker stores unchanged. */
  readonly [member: string]: unknown;
}

export interface NewCluster {
  readonly owner: string;
  readonly name: string;
  readonly plan_name: string;
  readonly network_profile_name?: string;
  readonly compute_profile_name?: string;
  readonly kubernetes_profile_name?: string;
  /** Contains at least the host. The default number of workers is that of the plan. */
  readonly parameters: Partial<ClusterParameters>;
}

/**
 * Creates a cluster with the members of the API's response, including the null members.
 * @see docs/contributing/servers/pks-api.md#creation
 */
export function createPendingCluster(
  { name, plan_name, parameters, ...profiles }: NewCluster,
  plan: Plan,
  versions: Versions,
): Cluster {
  return {
    name,
    plan_name,
    // The first step replaces the three `last_action` members.
    last_action: 'CREATE',
    last_action_state: 'queued',
    last_action_description: 'Instance provisioning queued',
    uuid: randomUUID(),
    kubernetes_master_ips: ['In Progress'],
    network_profile_name: profiles.network_profile_name ?? '',
    compute_profile_name: profiles.compute_profile_name ?? '',
    kubernetes_profile_name: profiles.kubernetes_profile_name ?? '',
    k8s_version: versions.k8s,
    pks_version: versions.pks,
    parameters: {
      kubernetes_master_host: '',
      kubernetes_master_port: 8443,
      worker_haproxy_ip_addresses: null,
      kubernetes_worker_instances: plan.worker_instances,
      authorization_mode: null,
      kubernetes_setting_plan_details: planSettings,
      k8s_customization_parameters: {
        vsphere_cloud_provider_config_key: null,
        unset_http_proxy: null,
        insecure_registries: null,
      },
      ...parameters,
    },
  };
}

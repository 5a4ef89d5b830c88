/** A cluster as the PKS API returns it. @see pks-api, section 6 */
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

export interface ClusterParameters {
  readonly kubernetes_master_host: string;
  readonly kubernetes_master_port: number;
  readonly kubernetes_worker_instances: number;
  readonly worker_haproxy_ip_addresses?: null;
  readonly authorization_mode?: null;
  readonly kubernetes_setting_plan_details?: KubernetesSettings;
  readonly kubernetes_setting_cluster_details?: Partial<KubernetesSettings>;
  /** JSON as a string, like the two members below. */
  readonly nsxt_network_profile?: string;
  readonly nsxt_network_details?: string;
  readonly compute_profile?: string;
  readonly k8s_customization_parameters?: {
    readonly vsphere_cloud_provider_config_key: string | null;
    readonly unset_http_proxy: readonly string[] | null;
    readonly insecure_registries: readonly string[] | null;
  };
  readonly custom_ca_certs?: readonly { readonly domain_name: string; readonly ca_cert: string }[];
  readonly cluster_tags?: readonly { readonly name: string; readonly value: string }[];
  /** Since TKGI 1.9. */
  readonly node_pool_instances?: Readonly<Record<string, number>>;
  /** Members of later releases. */
  readonly [member: string]: unknown;
}

/** All values are strings, including numbers and booleans. */
export interface KubernetesSettings {
  readonly kubelet_drain_timeout: string;
  readonly kubelet_drain_grace_period: string;
  readonly kubelet_drain_force: string;
  readonly kubelet_drain_ignore_daemonsets: string;
  readonly kubelet_drain_delete_local_data: string;
  readonly kubelet_drain_force_node: string;
}

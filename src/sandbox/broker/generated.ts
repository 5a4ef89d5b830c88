import type { Instance } from './state.js';

/**
 * Additional clusters for measurements of lists: `load-000001` and so on, all created, owned by cody
 * and alana in turn.
 */
export function generatedClusters(count: number): Instance[] {
  return Array.from({ length: count }, (_, index): Instance => {
    const number = String(index + 1).padStart(6, '0');
    const name = `load-${number}`;
    return {
      owner: index % 2 === 0 ? 'cody' : 'alana',
      cluster: {
        name,
        plan_name: 'small',
        last_action: 'CREATE',
        last_action_state: 'succeeded',
        last_action_description: 'Instance provisioning completed',
        uuid: `00000000-0000-4000-8000-000000${number}`,
        kubernetes_master_ips: [`10.1.${String((index >> 8) % 256)}.${String(index % 256)}`],
        k8s_version: '1.16.7',
        pks_version: '1.7.0-build.26',
        parameters: {
          kubernetes_master_host: `${name}.example.com`,
          kubernetes_master_port: 8443,
          kubernetes_worker_instances: 1,
        },
      },
    };
  });
}

import { describe, expect, test } from '@jest/globals';
import { createTimeFormatter } from '../../../../src/commands/format-time.js';
import { formatComputeProfile } from '../../../../src/commands/profiles/compute.js';
import { formatKubernetesProfile } from '../../../../src/commands/profiles/kubernetes.js';
import { formatNetworkProfile } from '../../../../src/commands/profiles/network.js';
import { plainText } from '../../../support/checks/plain-lines.js';

const pacific = createTimeFormatter('', 'America/Los_Angeles');
const createdAt = Date.UTC(2019, 10, 6, 0, 28, 15) / 1000;

describe('network profiles', () => {
  test('show their parameters if the API sends a string or an object', () => {
    const parameters = {
      lb_size: 'small',
      pod_routable: true,
      nodes_dns: ['8.8.8.8', '192.168.115.1'],
      cni_configurations: { type: 'nsxt', parameters: { nsx_lb: false, max_l4_lb_service: 10 } },
      pod_subnet_prefix: 27,
    };
    const expected = `
Name:         np
Description:  For tenants
Parameters:
  lb_size:            small
  pod_routable:       true
  nodes_dns:          ["8.8.8.8","192.168.115.1"]
  cni_configurations:
    type:  nsxt
    parameters:
      nsx_lb:             false
      max_l4_lb_service:  10
  pod_subnet_prefix:  27
`;
    for (const received of [parameters, JSON.stringify(parameters)]) {
      const profile = { name: 'np', description: 'For tenants', parameters: received };
      expect(plainText(formatNetworkProfile(profile))).toBe(expected);
    }
  });

  test('show parameters unchanged if they are not JSON', () => {
    expect(plainText(formatNetworkProfile({ name: 'np', parameters: 'not JSON' }))).toBe(`
Name:         np
Description:
Parameters:   not JSON
`);
    expect(plainText(formatNetworkProfile({ name: 'np' }))).toContain('Parameters:\n');
  });
});

describe('kubernetes profiles', () => {
  const profile = {
    name: 'Basic-k8s-profile',
    owner: 'Alana',
    created_at: createdAt,
    description: 'Kubernetes profile for customer A',
    customizations: [
      {
        component: 'kube-apiserver',
        arguments: { 'service-node-port-range': '30000-40000' },
        'file-arguments': { 'audit-policy-file': 'größe\n' },
      },
    ],
    experimental_customizations: [
      { component: 'kubelet', arguments: { 'maximum-dead-containers': '1000' } },
    ],
  };

  test('have the layout of the original CLI, with each setting below its component', () => {
    expect(plainText(formatKubernetesProfile(profile, pacific))).toBe(`
Name:                    Basic-k8s-profile
Owner:                   Alana
Created Date             Tue, 05 Nov 2019 16:28:15 PST
Description:             Kubernetes profile for customer A
kube-apiserver:
service-node-port-range :  30000-40000
audit-policy-file :      (file, 8 bytes)
kubelet (experimental):
maximum-dead-containers :  1000
`);
  });
});

describe('compute profiles', () => {
  test('show fields that the original CLI omits, if the server sends them', () => {
    const parameters = {
      azs: [{ name: 'east' }, { name: 'west' }],
      master_azs: ['east'],
      cluster_customization: {
        node_pools: [
          {
            name: 'p',
            persistent_disk_in_mb: 1,
            max_worker_instances: 9,
            az_names: ['east', 'west'],
            node_labels: 'k1=v1',
            node_taints: 'k3=v3:NoSchedule',
            description: 'big',
          },
        ],
      },
    };
    const expected = `
Name:         cp
Description:
Parameters:
  AZs:         east, west
  Master AZs:  east
  Cluster Customization:
    Node Pool:
      Name:                  p
      Instances:
      CPU:
      Memory (Mb):
      Ephemeral Disk (Mb):
      Persistent Disk (Mb):  1
      Max Instances:         9
      AZs:                   east, west
      Node Labels:           k1=v1
      Node Taints:           k3=v3:NoSchedule
      Description:           big
`;
    for (const received of [parameters, JSON.stringify(parameters)]) {
      expect(plainText(formatComputeProfile({ name: 'cp', parameters: received }))).toBe(expected);
    }
  });
});

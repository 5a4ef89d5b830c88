import { describe, expect, test } from '@jest/globals';
import { createCluster } from '../../../../src/commands/clusters/create-cluster.js';
import { resize, updateCluster } from '../../../../src/commands/clusters/update-cluster.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { aCluster } from '../../../support/fixtures/contexts-and-clusters.js';
import { clusterCommand, type CommandOptions } from '../../../support/program/cluster-command.js';

const { write: writeFile } = fileFolder();
const program = 'pks';
const name = 'my-cluster';
const monitor = "Use 'pks cluster my-cluster' to monitor the state of your cluster";

/** Creates the dependencies of a cluster command, and records what it sends. */
function recordCommand(
  options: Omit<CommandOptions, 'clusters'> = {},
  updatedCluster = aCluster({ name }),
) {
  const requests: unknown[] = [];
  const command = clusterCommand({
    ...options,
    clusters: {
      create: async (request) => {
        requests.push(request);
        return aCluster({ name, last_action_state: 'in progress' });
      },
      update: async (clusterName, change) => void requests.push([clusterName, change]),
      remove: async (clusterName) => void requests.push(clusterName),
      get: async () => updatedCluster,
    },
  });
  return { ...command, requests };
}

describe('create-cluster', () => {
  const flags = { name, program, externalHostname: 'my-cluster.example.com', plan: 'small' };

  test('sends only the values of the given flags', async () => {
    const { deps, requests } = recordCommand();
    await createCluster(flags, deps);
    await createCluster({ ...flags, numNodes: '3', networkProfile: 'np', tags: 'a:b' }, deps);
    expect(requests).toEqual([
      {
        name,
        plan_name: 'small',
        parameters: { kubernetes_master_host: 'my-cluster.example.com' },
      },
      {
        name,
        plan_name: 'small',
        network_profile_name: 'np',
        parameters: {
          kubernetes_master_host: 'my-cluster.example.com',
          kubernetes_worker_instances: 3,
          cluster_tags: [{ name: 'a', value: 'b' }],
        },
      },
    ]);
  });

  test('sends all fields of a config file as parameters', async () => {
    const { deps, requests } = recordCommand();
    const fields = { network_profile_name: 'np', delete_all_tags: true };
    const configFile = writeFile('c.json', JSON.stringify(fields));
    await createCluster({ ...flags, computeProfile: 'cp', configFile }, deps);
    expect(requests).toEqual([
      {
        name,
        plan_name: 'small',
        compute_profile_name: 'cp',
        parameters: { kubernetes_master_host: 'my-cluster.example.com', ...fields },
      },
    ]);
  });

  test('shows the cluster once, when it is finished, with --wait', async () => {
    const { deps, terminal } = recordCommand();
    await createCluster({ ...flags, wait: true }, deps);
    expect(terminal.json).toEqual([aCluster({ name })]);
    expect(terminal.lines).not.toContain(monitor);
  });

  test.each([
    [{ name: '' }, 'The name is empty'],
    [{ externalHostname: ' ' }, '--external-hostname is empty'],
    [{ plan: '' }, '--plan is empty'],
  ])('rejects %j and sends nothing', async (invalid, message) => {
    const { deps, requests } = recordCommand();
    await expect(createCluster({ ...flags, ...invalid }, deps)).rejects.toMatchObject({
      kind: 'usage',
      message,
    });
    expect(requests).toEqual([]);
  });
});

describe('update-cluster', () => {
  test('lists and sends the value of every flag', async () => {
    const { deps, requests, terminal } = recordCommand({ global: { interactive: false } });
    await updateCluster(
      {
        name,
        program,
        kubeletDrainGracePeriod: '5',
        kubeletDrainTimeout: '1',
        nodePoolInstances: 'a:1',
        networkProfile: 'np',
        kubernetesProfile: 'kp',
        computeProfile: 'cp',
        enforceComputeProfileUpdate: true,
        kubeletDrainForce: 'true',
        kubeletDrainIgnoreDaemonsets: 'false',
        kubeletDrainDeleteLocalData: 'true',
        kubeletDrainForceNode: 'false',
        tags: '',
      },
      deps,
    );
    expect(terminal.notes).toEqual([
      'Update summary for cluster my-cluster:',
      'Node Pool Instances: a:1',
      'Network Profile Name: np',
      'Kubernetes Profile Name: kp',
      'Compute Profile Name: cp',
      'Enforce Compute Profile Update: true',
      'Kubelet Drain Timeout: 1',
      'Kubelet Drain Grace Period: 5',
      'Kubelet Drain Force: true',
      'Kubelet Drain Ignore Daemonsets: false',
      'Kubelet Drain Delete Local Data: true',
      'Kubelet Drain Force Node: false',
      'Tags: none',
    ]);
    expect(requests).toEqual([
      [
        name,
        {
          node_pool_instances: { a: 1 },
          network_profile_name: 'np',
          kubernetes_profile_name: 'kp',
          compute_profile_name: 'cp',
          enforce_compute_profile_update: true,
          kubelet_drain_timeout: '1',
          kubelet_drain_grace_period: '5',
          kubelet_drain_force: 'true',
          kubelet_drain_ignore_daemonsets: 'false',
          kubelet_drain_delete_local_data: 'true',
          kubelet_drain_force_node: 'false',
          delete_all_tags: true,
        },
      ],
    ]);
  });

  test.each(['', ' '])('--tags %j removes all tags', async (tags) => {
    const { deps, requests, terminal } = recordCommand({ global: { interactive: false } });
    await updateCluster({ name, program, tags }, deps);
    expect(terminal.notes.at(-1)).toBe('Tags: none');
    expect(requests).toEqual([[name, { delete_all_tags: true }]]);
  });

  test('rejects an update without changes', async () => {
    const { deps, requests } = recordCommand({ global: { interactive: false } });
    await expect(updateCluster({ name, program }, deps)).rejects.toMatchObject({
      kind: 'usage',
      message: 'Nothing to update',
    });
    expect(requests).toEqual([]);
  });

  test('reads and shows the cluster with --json, because the response to the update is empty', async () => {
    const updatingCluster = aCluster({
      name,
      last_action: 'UPDATE',
      last_action_state: 'in progress',
    });
    const { deps, terminal } = recordCommand(
      { global: { json: true, interactive: false } },
      updatingCluster,
    );
    await updateCluster({ name, program, numNodes: '4' }, deps);
    expect(terminal.json).toEqual([updatingCluster]);
  });
});

describe('resize', () => {
  const withWorkers = (kubernetes_worker_instances: unknown) =>
    aCluster({ name, parameters: { kubernetes_worker_instances } });

  test.each([
    [2, '1', 'Resize my-cluster from 2 to 1 worker? 1 worker will be deleted. (y/n): '],
    [5, '2', 'Resize my-cluster from 5 to 2 workers? 3 workers will be deleted. (y/n): '],
    [1, '3', 'Resize my-cluster from 1 to 3 workers? 2 workers will be added. (y/n): '],
    [2, '3', 'Resize my-cluster from 2 to 3 workers? 1 worker will be added. (y/n): '],
    [2, '2', 'Resize my-cluster to 2 workers? It already has 2 workers. (y/n): '],
    [undefined, '2', 'Resize my-cluster to 2 workers? (y/n): '],
  ])('from %s to %s says what happens to the workers', async (current, numNodes, prompt) => {
    const answers = { [prompt]: 'n' };
    const { deps, terminal } = recordCommand({ answers }, withWorkers(current));
    await resize({ name, program, numNodes }, deps);
    expect(terminal.prompts).toEqual([prompt]);
    expect(terminal.notes[0]).toBe('Installation https://api.example.com:9021, user cody');
  });

  test('of node pools names their sizes', async () => {
    const prompt = 'Resize my-cluster to a:3,b:7? (y/n): ';
    const { deps, terminal } = recordCommand({ answers: { [prompt]: 'n' } }, withWorkers(2));
    await resize({ name, program, nodePoolInstances: 'a:3,b:7' }, deps);
    expect(terminal.prompts).toEqual([prompt]);
  });

  test('accepts --json only with --wait', async () => {
    const global = { json: true, interactive: false };
    const { deps, requests, terminal } = recordCommand({ global });
    const input = { name, program, numNodes: '5' };
    await expect(resize(input, deps)).rejects.toMatchObject({
      kind: 'usage',
      message: '--json cannot be used without --wait',
    });
    expect(requests).toEqual([]);
    await resize({ ...input, wait: true }, deps);
    expect(terminal.json).toEqual([aCluster({ name })]);
  });
});

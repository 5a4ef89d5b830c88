import { describe, expect, test } from '@jest/globals';
import { redact } from '../../../../src/base/secret.js';
import { readComputeProfile } from '../../../../src/commands/profiles/compute.js';
import { readKubernetesProfile } from '../../../../src/commands/profiles/kubernetes.js';
import { readNetworkProfile } from '../../../../src/commands/profiles/network.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { fileInput } from '../../../support/fixtures/file-input.js';

const folder = fileFolder();
const writeJson = (value: unknown): string =>
  folder.write('profile.json', JSON.stringify(value, null, 1));

/** Returns the problems of a file from the hint of the error. */
async function readProblems(reading: Promise<unknown>): Promise<string[]> {
  const error: unknown = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining('Nothing was') });
  return (Reflect.get(error as object, 'hint') as string).split('\n');
}

describe('readNetworkProfile', () => {
  /** Based on an example from the product documentation. */
  const profile = {
    name: 'np',
    description: 'For tenants',
    parameters: {
      lb_size: 'small',
      pod_ip_block_ids: ['UUID'],
      pod_subnet_prefix: 27,
      pod_routable: true,
      nodes_dns: ['8.8.8.8'],
      single_tier_topology: true,
      infrastructure_networks: ['30.0.0.0/24'],
      failover_mode: 'PREEMPTIVE',
      cni_configurations: { type: 'nsxt', parameters: { nsx_lb: false, log_settings: {} } },
      from_a_later_release: [1],
    },
    from_a_later_release: { a: 1 },
  };

  test('returns the profile unchanged, including unknown fields', async () => {
    expect(await readNetworkProfile(fileInput(writeJson(profile)))).toEqual(profile);
  });

  test('accepts parameters as a JSON string, the format of the API', async () => {
    const profileWithText = { name: 'np', parameters: JSON.stringify(profile.parameters) };
    expect(await readNetworkProfile(fileInput(writeJson(profileWithText)))).toEqual(
      profileWithText,
    );
    expect(
      await readProblems(
        readNetworkProfile(fileInput(writeJson({ name: 'np', parameters: '[1]' }))),
      ),
    ).toEqual(['line 3: parameters must be an object or a string that contains a JSON object']);
  });

  test('reports all errors together, with line numbers', async () => {
    const invalid = {
      description: 1,
      parameters: {
        lb_size: 3,
        pod_subnet_prefix: '27',
        nodes_dns: '8.8.8.8',
        pod_routable: 'yes',
        cni_configurations: { type: 1, parameters: [] },
      },
    };
    expect(await readProblems(readNetworkProfile(fileInput(writeJson(invalid))))).toEqual([
      'line 1: name is missing',
      'line 2: description must be a string, not a number; put it in quotes',
      'line 4: parameters.lb_size must be a string, not a number; put it in quotes',
      'line 5: parameters.pod_subnet_prefix must be a whole number, not a string',
      'line 6: parameters.nodes_dns must be a list of strings, not a string',
      'line 7: parameters.pod_routable must be true or false, not a string',
      'line 9: parameters.cni_configurations.type must be a string, not a number; put it in quotes',
      'line 10: parameters.cni_configurations.parameters must be an object, not a list',
    ]);
    expect(await readProblems(readNetworkProfile(fileInput(writeJson({ name: ' ' }))))).toEqual([
      'line 1: parameters is missing',
      'line 2: name is empty',
    ]);
  });
});

describe('readComputeProfile', () => {
  const zone = { name: 'east', cpi: 'abc', cloud_properties: { datacenters: [] } };
  const size = { cpu: 4, memory_in_mb: 8192, ephemeral_disk_in_mb: 32768 };
  const pool = { name: 'x-large', ...size, instances: 3, max_worker_instances: 25 };

  test.each([
    ['for TKGI 1.7', { azs: [zone], master_azs: ['east'], worker_azs: ['east'] }],
    [
      'for TKGI 1.9',
      {
        azs: [zone],
        cluster_customization: {
          control_plane: { ...size, az_names: ['east'], instances: 3 },
          node_pools: [
            { ...pool, node_labels: 'k=v', node_taints: 'k=v:NoSchedule' },
            { name: 'plan-sized', instances: 1 },
          ],
        },
      },
    ],
  ])('returns a profile %s unchanged', async (_release, parameters) => {
    const profile = { name: 'a'.repeat(26), description: 'd', parameters };
    expect(await readComputeProfile(fileInput(writeJson(profile)))).toEqual(profile);
  });

  test('reports all errors together, with line numbers', async () => {
    const invalid = {
      name: 'a'.repeat(27),
      parameters: {
        azs: [{ name: 'east', cloud_properties: 'none' }],
        cluster_customization: {
          control_plane: { name: 'cp', cpu: 2, memory_in_mb: 0, instances: 2 },
          node_pools: [
            { cpu: 1.5, memory_in_mb: 1, ephemeral_disk_in_mb: 1 },
            { name: 'x' },
            { name: 'x', instances: 9, max_worker_instances: 3, az_names: 'east' },
          ],
        },
      },
    };
    expect(await readProblems(readComputeProfile(fileInput(writeJson(invalid))))).toEqual([
      'line 5: parameters.azs[0].cpi is missing',
      'line 7: parameters.azs[0].cloud_properties must be an object, not a string',
      'line 14: parameters.cluster_customization.control_plane.memory_in_mb must be 1 or more, not 0',
      'line 18: parameters.cluster_customization.node_pools[0].name is missing',
      'line 19: parameters.cluster_customization.node_pools[0].cpu must be a whole number, not 1.5',
      'line 30: parameters.cluster_customization.node_pools[2].az_names must be a list of strings, not a string',
    ]);
  });
});

describe('readKubernetesProfile', () => {
  test('replaces file names with the contents of the files, relative to the profile', async () => {
    folder.write('deep/policies/audit.yaml', 'kind: Policy\n# größe\n');
    const absolute = folder.write('elsewhere.txt', 'other');
    const path = folder.write(
      'deep/profile.json',
      JSON.stringify({
        name: 'p',
        description: 'd',
        customizations: [
          {
            component: 'kube-apiserver',
            arguments: { 'service-node-port-range': '30000-40000', empty: '' },
            'file-arguments': { 'audit-policy-file': 'policies/audit.yaml', other: absolute },
          },
        ],
        experimental_customizations: [
          {
            component: 'kubelet',
            'file-arguments': { up: '../elsewhere.txt' },
            from_a_later_release: 1,
          },
        ],
        from_a_later_release: true,
      }),
    );
    expect(await readKubernetesProfile(fileInput(path))).toEqual({
      name: 'p',
      description: 'd',
      customizations: [
        {
          component: 'kube-apiserver',
          arguments: { 'service-node-port-range': '30000-40000', empty: '' },
          'file-arguments': { 'audit-policy-file': 'kind: Policy\n# größe\n', other: 'other' },
        },
      ],
      experimental_customizations: [
        { component: 'kubelet', 'file-arguments': { up: 'other' }, from_a_later_release: 1 },
      ],
      from_a_later_release: true,
    });
  });

  test('reports all errors together, including unreadable files', async () => {
    folder.write('latin1.txt', Buffer.from([0xf6]));
    const invalid = {
      customizations: [
        {
          arguments: { number: 100, flag: true, list: ['a'], none: null },
          'file-arguments': { a: 'no-such', b: 'latin1.txt', c: 7, d: '.', e: '' },
        },
        { component: 'kubelet', arguments: 'x' },
      ],
      experimental_customizations: {},
    };
    const lines = await readProblems(readKubernetesProfile(fileInput(writeJson(invalid))));
    expect(lines).toEqual([
      'line 1: name is missing',
      'line 3: customizations[0].component is missing',
      'line 5: customizations[0].arguments.number must be a string, not a number; put it in quotes',
      'line 6: customizations[0].arguments.flag must be a string, not true; put it in quotes',
      'line 7: customizations[0].arguments.list must be a string, not a list',
      'line 10: customizations[0].arguments.none has no value; write "" for an empty string',
      expect.stringMatching(
        /^line 13: customizations\[0\]\.file-arguments\.a names a file that cannot be read\. Cannot read .*no-such: no such file or directory/,
      ),
      expect.stringMatching(/^line 14: .*latin1\.txt: it is not UTF-8 text$/),
      'line 15: customizations[0].file-arguments.c must be a string, not a number; put it in quotes',
      expect.stringMatching(/^line 16: .*: it is a directory, not a regular file$/),
      'line 17: customizations[0].file-arguments.e is empty',
      'line 22: customizations[1].arguments must be an object, not a string',
      'line 25: experimental_customizations must be a list, not an object',
    ]);
    expect(await readProblems(readKubernetesProfile(fileInput(writeJson({ name: 'p' }))))).toEqual([
      'line 1: the file has neither customizations nor experimental_customizations',
    ]);
  });

  test('registers the keys in its files as secrets, so that traces and errors do not contain them', async () => {
    const key = 'q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80=';
    folder.write('encryption.yaml', `providers:\n- aescbc:\n    keys:\n    - secret: ${key}\n`);
    const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7';
    folder.write('key.pem', `-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n`);
    const profile = writeJson({
      name: 'p',
      customizations: [
        {
          component: 'kube-apiserver',
          'file-arguments': { 'encryption-provider-config': 'encryption.yaml', k: 'key.pem' },
        },
      ],
    });
    await readKubernetesProfile(fileInput(profile));
    expect(redact(`sent ${key} and ${line}`)).toBe('sent ••• and •••');
    expect(redact('kind: providers and keys')).toBe('kind: providers and keys');
  });
});

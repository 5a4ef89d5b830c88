import { describe, expect, test } from '@jest/globals';
import {
  readSettings,
  toUpdate,
  toParameters,
  type SettingFlags,
} from '../../../../src/commands/clusters/settings.js';
import { fileFolder } from '../../../support/file-folder.js';

const { write: file } = fileFolder();

describe('each flag is one member of the request', () => {
  test.each<[SettingFlags, object]>([
    [{}, {}],
    [{ numNodes: '5' }, { kubernetes_worker_instances: 5 }],
    [{ numNodes: '-1' }, { kubernetes_worker_instances: -1 }],
    [{ nodePoolInstances: 'a:1,b:2' }, { node_pool_instances: { a: 1, b: 2 } }],
    [{ networkProfile: 'np' }, { network_profile_name: 'np' }],
    [{ kubernetesProfile: 'kp' }, { kubernetes_profile_name: 'kp' }],
    [{ computeProfile: 'cp' }, { compute_profile_name: 'cp' }],
    [{ tags: 'a:b' }, { cluster_tags: [{ name: 'a', value: 'b' }] }],
    [{ tags: '' }, { delete_all_tags: true }],
  ])('%j', async (flags, expected) => {
    expect(toUpdate(await readSettings(flags))).toEqual(expected);
  });
});

describe('a file of settings', () => {
  const settings = { csi_topology_labels: { topology_categories: 'k8s-zone' }, of_tomorrow: [1] };

  test.each([
    ['c.json', JSON.stringify(settings)],
    ['c.yml', 'csi_topology_labels: {topology_categories: k8s-zone}\nof_tomorrow: [1]\n'],
    ['c.YAML', '{"csi_topology_labels": {"topology_categories": "k8s-zone"}, "of_tomorrow": [1]}'],
  ])('%s goes out member by member', async (name, text) => {
    const read = await readSettings({ configFile: file(name, text), numNodes: '2' });
    expect(toParameters(read)).toEqual({ kubernetes_worker_instances: 2, ...settings });
  });

  test('is told by the end of its name', async () => {
    await expect(readSettings({ configFile: file('c.txt', '{}') })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('--config-file must be a .json, .yml or .yaml file'),
    });
  });

  test('may not set what a flag sets', async () => {
    const configFile = file(
      'c.json',
      '{\n  "kubernetes_worker_instances": 3,\n  "x": 1,\n  "cluster_tags": []\n}',
    );
    await expect(readSettings({ configFile, numNodes: '2', tags: 'a:b' })).rejects.toMatchObject({
      hint: [
        'line 2: kubernetes_worker_instances is also set by --num-nodes',
        'line 4: cluster_tags is also set by --tags',
      ].join('\n'),
    });
    const read = await readSettings({ configFile });
    expect(toParameters(read)).toMatchObject({ kubernetes_worker_instances: 3 });
  });

  test('is checked as far as the product’s pages go', async () => {
    const text = [
      'net_permissions:',
      '  - name: 1',
      '    rootsquash: maybe',
      '  - none',
      'snapshot_parameters: []',
    ].join('\n');
    await expect(readSettings({ configFile: file('c.yml', text) })).rejects.toMatchObject({
      kind: 'usage',
      hint: [
        'line 2: net_permissions[0].name must be a string, not a number; put it in quotes',
        'line 3: net_permissions[0].rootsquash must be true or false, not a string',
        'line 4: net_permissions[1] must be an object, not a string',
        'line 5: snapshot_parameters must be an object, not a list',
      ].join('\n'),
    });
  });
});

describe('a file of registries', () => {
  const host = { url: 'https://reg1.example.com', capabilities: ['pull'], ca_cert: 'PEM' };
  const registries = { servers: [{ url: 'https://reg1.example.com', hosts: [host] }] };

  test('goes out as it is', async () => {
    const path = file('r.json', JSON.stringify(registries));
    expect(toParameters(await readSettings({ privateRegistries: path }))).toEqual(registries);
  });

  test.each([
    ['{"servers": []}', 'line 1: servers is empty'],
    ['{}', 'line 1: servers is missing'],
    ['{"servers": [{}]}', 'line 1: servers[0].url is missing'],
    ['{"servers": [\n{"url": "reg1"}]}', 'line 2: servers[0].url must be a URL such as'],
    [
      '{"servers": [{"url": "https://r", "hosts": [\n{"url": "https://r", "skip_verify": "no"}]}]}',
      'line 2: servers[0].hosts[0].skip_verify must be true or false',
    ],
  ])('%s is refused', async (text, problem) => {
    await expect(readSettings({ privateRegistries: file('r.json', text) })).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining(problem),
    });
  });
});

test('everything that is wrong is told at once, whichever flag it is of', async () => {
  await expect(
    readSettings({
      numNodes: 'many',
      nodePoolInstances: 'a',
      networkProfile: '',
      computeProfile: ' ',
      tags: 'a:,b:',
      configFile: '/nowhere/c.json',
    }),
  ).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/^Nothing was sent: found \d+ errors$/),
    hint: expect.stringMatching(
      new RegExp(
        [
          String.raw`^Invalid value for --num-nodes: many \(expected a whole number\)`,
          '--node-pool-instances: "a" is not POOL:NUMBER, as in pool-a:3,pool-b:7',
          '--network-profile is empty',
          '--compute-profile is empty',
          '--tags has 2 problems:',
          'tag 1 \\(a:\\) has no value after the colon',
          'tag 2 \\(b:\\) has no value after the colon',
          'Cannot read /nowhere/c.json: .*',
        ].join('\n'),
      ),
    ),
  });
});

test.each(['', ' ', '1.5', '1e3', '0x10', '٣', 'NaN', '2147483648', '9'.repeat(400), '$(id)'])(
  '%j is no number of workers',
  async (numNodes) => {
    await expect(readSettings({ numNodes })).rejects.toMatchObject({ kind: 'usage' });
  },
);

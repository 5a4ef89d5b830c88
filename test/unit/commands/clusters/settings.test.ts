import { describe, expect, test } from '@jest/globals';
import { parseNodePools, parseTags } from '../../../../src/commands/clusters/parse-lists.js';
import {
  readSettings as readSettingsWith,
  type SettingFlags,
} from '../../../../src/commands/clusters/settings.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const { write: writeFile } = fileFolder();
const readSettings = (flags: SettingFlags, stdin = '') =>
  readSettingsWith(flags, recordedTerminal({}, stdin));

describe('--config-file', () => {
  const settings = {
    csi_topology_labels: { topology_categories: 'k8s-zone' },
    from_a_later_release: [1],
  };

  test.each([
    ['c.json', JSON.stringify(settings)],
    ['c.yml', 'csi_topology_labels: {topology_categories: k8s-zone}\nfrom_a_later_release: [1]\n'],
    [
      'c.YAML',
      '{"csi_topology_labels": {"topology_categories": "k8s-zone"}, "from_a_later_release": [1]}',
    ],
  ])('adds each setting of %s to the parameters', async (name, text) => {
    const read = await readSettings({ configFile: writeFile(name, text), numNodes: '2' });
    expect(read).toEqual({ kubernetes_worker_instances: 2, ...settings });
  });

  test('is rejected if the extension is not .json, .yml or .yaml', async () => {
    await expect(readSettings({ configFile: writeFile('c.txt', '{}') })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('--config-file must be a .json, .yml or .yaml file'),
    });
  });

  test('does not override a flag', async () => {
    const configFile = writeFile('c.json', '{ "kubernetes_worker_instances": 3, "x": 1 }');
    const read = await readSettings({ configFile, numNodes: '2' });
    expect(read).toEqual({ kubernetes_worker_instances: 2, x: 1 });
    expect(await readSettings({ configFile })).toMatchObject({ kubernetes_worker_instances: 3 });
  });

  test('is validated for the settings that the product documents', async () => {
    const text = [
      'net_permissions:',
      '  - name: 1',
      '    rootsquash: maybe',
      '  - none',
      'snapshot_parameters: []',
    ].join('\n');
    await expect(readSettings({ configFile: writeFile('c.yml', text) })).rejects.toMatchObject({
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

describe('--private-registries', () => {
  const host = { url: 'https://reg1.example.com', capabilities: ['pull'], ca_cert: 'PEM' };
  const registries = { servers: [{ url: 'https://reg1.example.com', hosts: [host] }] };

  test('sends the contents of the file unchanged', async () => {
    const path = writeFile('r.json', JSON.stringify(registries));
    expect(await readSettings({ privateRegistries: path })).toEqual(registries);
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
  ])('rejects %s', async (text, problem) => {
    await expect(
      readSettings({ privateRegistries: writeFile('r.json', text) }),
    ).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining(problem),
    });
  });
});

test('readSettings reports the problems of all flags together', async () => {
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
          String.raw`^Invalid value for --num-nodes: many \(expected a whole number from 0 to 2147483647\)`,
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
  'readSettings rejects %j as a number of workers',
  async (numNodes) => {
    await expect(readSettings({ numNodes })).rejects.toMatchObject({ kind: 'usage' });
  },
);

test.each<[string, [string, string][]]>([
  ['client:example.com', [['client', 'example.com']]],
  [
    'client:example.com,costcenter:pettycash',
    [
      ['client', 'example.com'],
      ['costcenter', 'pettycash'],
    ],
  ],
  [
    ' a : b ,  c:d ',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['scratch', [['scratch', '']]],
  ['größe:集', [['größe', '集']]],
  ["$(id):../'x'", [['$(id)', "../'x'"]]],
  [`a:${'x'.repeat(80)}`, [['a', 'x'.repeat(80)]]],
  [`a:${'集'.repeat(80)}`, [['a', '集'.repeat(80)]]],
  ['', []],
  ['  ', []],
])('parseTags accepts %j', (text, expected) => {
  expect(parseTags(text).map(({ name, value }) => [name, value])).toEqual(expected);
});

describe('parseTags', () => {
  test.each([
    ['a:', 'tag 1 (a:) has no value after the colon'],
    [':b', 'tag 1 (:b) has no key before the colon'],
    ['a:b:c', 'tag 1 (a:b:c) has more than one colon'],
    ['a:"b"', 'tag 1 (a:"b") contains a double quote'],
    [`a:${'x'.repeat(81)}`, 'has a value of 81 characters (at most 80 are allowed)'],
    ['a:b,,c:d', 'tag 2 is empty (expected key:value or key)'],
    ['a:b,', 'tag 2 is empty'],
  ])('rejects %j: %s', (text, problem) => {
    expect(() => parseTags(text)).toThrow(problem);
  });

  test('reports all problems together, each with its position', () => {
    expect(() => parseTags('a:,b:c,:d,"e"')).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: '--tags has 3 problems',
        hint: [
          'tag 1 (a:) has no value after the colon',
          'tag 3 (:d) has no key before the colon',
          'tag 4 ("e") contains a double quote',
        ].join('\n'),
      }),
    );
  });
});

describe('parseNodePools', () => {
  test('accepts names and numbers, with spaces between them', () => {
    expect(parseNodePools('pool-a:3, pool-b : 7')).toEqual({ 'pool-a': 3, 'pool-b': 7 });
  });

  test.each([
    '',
    'pool-a',
    'pool-a:',
    ':3',
    'pool-a:x',
    'pool-a:-1',
    'pool-a:1.5',
    'a:1,,b:2',
    'a:٣',
  ])('rejects %j', (text) => {
    expect(() => parseNodePools(text)).toThrow(/is not POOL:NUMBER/);
  });
});

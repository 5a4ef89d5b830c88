import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import { createClusters, type Clusters } from '../../../../src/api/pks/clusters.js';
import { explainPksFailure } from '../../../../src/api/pks/pks-api.js';
import { TpksError } from '../../../../src/base/errors.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';

const loginCommand = 'tpks login -a api.example.com -u cody';

const api = 'https://api.example.com:9021';
const dev = {
  name: 'dev-1',
  plan_name: 'small',
  last_action: 'CREATE',
  last_action_state: 'succeeded',
  uuid: '0f3b',
  kubernetes_master_ips: ['10.0.8.6'],
  parameters: { kubernetes_master_host: 'dev-1.example.com', kubernetes_master_port: 8443 },
  future_member: { kept: true },
};

function createTestClusters(...answers: FakeResponse[]) {
  const { send, requests } = fakeSend(...answers);
  return {
    clusters: createClusters(withStatusErrors(send, explainPksFailure(loginCommand)), api),
    requests,
  };
}

test('lists clusters with one request and keeps every member of the response', async () => {
  const { clusters, requests } = createTestClusters({ body: [dev] });
  expect(await clusters.list()).toEqual([dev]);
  expect(requests).toEqual([
    {
      method: 'GET',
      url: `${api}/v1/clusters`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    },
  ]);
});

test('accepts null and missing members of older servers', async () => {
  const bare = { name: 'old', plan_name: null, kubernetes_master_ips: null, parameters: null };
  expect(await createTestClusters({ body: [bare, { name: 'older' }] }).clusters.list()).toEqual([
    bare,
    { name: 'older' },
  ]);
});

test.each<[string, unknown]>([
  ['an object', {}],
  ['a list of strings', ['dev-1']],
  ['a cluster without a name', [{ ...dev, name: undefined }]],
  ['a name that is a number', [{ ...dev, name: 7 }]],
  ['addresses that are not a list', [{ ...dev, kubernetes_master_ips: '10.0.8.6' }]],
])('rejects %s as a list of clusters', async (_name, body) => {
  await expect(createTestClusters({ body }).clusters.list()).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('The PKS API returned an invalid '),
    hint: expect.stringContaining('tpks curl /v1/clusters'),
  });
});

const request = { name: 'c1', plan_name: 'small', parameters: { kubernetes_master_host: 'c1' } };
const upgradeRequest = { clusters: ['a'], canaries: [], max_in_flight: 1 };

const writes: [name: string, write: (clusters: Clusters) => Promise<unknown>, sent: object][] = [
  ['create', (it) => it.create(request), { method: 'POST', url: `${api}/v1/clusters` }],
  [
    'update',
    (it) => it.update('a/b c', { kubernetes_worker_instances: 5 }),
    { method: 'PATCH', url: `${api}/v1/clusters/a%2Fb%20c` },
  ],
  ['remove', (it) => it.remove('c1'), { method: 'DELETE', url: `${api}/v1/clusters/c1` }],
  ['upgrade', (it) => it.upgrade(upgradeRequest), { method: 'PATCH', url: `${api}/v1/clusters` }],
];

describe.each(writes)('the %s request', (name, write, sent) => {
  const body = name === 'upgrade' ? { uuid: 'd772' } : { name: 'c1' };

  test('is sent once', async () => {
    const { clusters, requests } = createTestClusters({ status: 202, body });
    await write(clusters);
    expect(requests).toMatchObject([sent]);
  });

  test.each<[string, FakeResponse]>([
    [
      'the response is interrupted',
      { error: new TpksError('unavailable', 'reset', { cause: { code: 'ECONNRESET' } }) },
    ],
    ['a proxy times out', { status: 504, body: '<html>' }],
  ])(
    'may have been accepted when %s, so it is not repeated and the error says how to check',
    async (_name, answer) => {
      const { clusters, requests } = createTestClusters(answer);
      await expect(write(clusters)).rejects.toMatchObject({
        kind: 'unavailable',
        hint: expect.stringMatching(
          /^the server may have accepted the request; check before trying again: tpks /,
        ),
      });
      expect(requests).toHaveLength(1);
    },
  );

  test('may have been accepted after the time limit, and the error says how to allow more time', async () => {
    const cause = Object.assign(new Error('time limit'), { code: 'TIME_LIMIT' });
    const { host } = new URL(api);
    const error = new TpksError('unavailable', 'no response', { cause, host });
    await expect(write(createTestClusters({ error }).clusters)).rejects.toMatchObject({
      hint: expect.stringMatching(
        /^the server may have accepted the request; .*: tpks .*\nallow more time with --timeout SECONDS$/,
      ),
    });
  });

  test('was not accepted if the connection was refused or the API reports an error', async () => {
    const connectionError = new TpksError('unavailable', 'refused', {
      cause: { code: 'ECONNREFUSED' },
    });
    await expect(write(createTestClusters({ error: connectionError }).clusters)).rejects.toBe(
      connectionError,
    );
    await expect(
      write(createTestClusters({ status: 500, body: { body: 'x' } }).clusters),
    ).rejects.toMatchObject({
      hint: expect.not.stringContaining('not known'),
    });
  });
});

describe.each(writes.filter(([name]) => name === 'update' || name === 'remove'))(
  'the %s request, whose response can be empty,',
  (_name, write) => {
    test.each<FakeResponse>([
      { status: 204 },
      { status: 202, body: 'OK' },
      { status: 200, body: {} },
      { status: 200, body: { name: 'c1', last_action: 'DELETE' } },
    ])('succeeds after %j', async (answer) => {
      await expect(write(createTestClusters(answer).clusters)).resolves.toBeUndefined();
    });

    test.each([
      ['[]', 'a list'],
      ['{"name":"c1","last_action":7}', 'last_action: '],
    ])('has an unknown outcome after %s', async (body, reason) => {
      await expect(write(createTestClusters({ status: 200, body }).clusters)).rejects.toMatchObject(
        {
          kind: 'unavailable',
          message: expect.stringMatching(
            new RegExp(`^The PKS API returned an invalid (cluster|task) \\(.*${reason}`),
          ),
          hint: expect.stringContaining('the server may have accepted the request'),
        },
      );
    });
  },
);

test('reports one missing cluster with the wording of pks, and several with the wording of the server', async () => {
  const missing = { status: 404, body: { body: 'The cluster named "a" not found.' } };
  const { clusters } = createTestClusters(missing);
  for (const write of [
    () => clusters.update('a', {}),
    () => clusters.remove('a'),
    () => clusters.upgrade(upgradeRequest),
  ]) {
    await expect(write()).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Cluster a not found',
    });
  }
  await expect(clusters.upgrade({ ...upgradeRequest, clusters: ['a', 'b'] })).rejects.toMatchObject(
    {
      kind: 'notFound',
      message: 'The cluster named "a" not found.',
    },
  );
});

describe('getUpgradeVersion', () => {
  test.each([
    ['1.7.0-build.16', '1.7.0-build.16'],
    ['"1.20.0-build.52"\n', '1.20.0-build.52'],
    ['', undefined],
  ])('converts the response %j to %j', async (body, expected) => {
    const { clusters, requests } = createTestClusters({ body });
    expect(await clusters.getUpgradeVersion()).toBe(expected);
    expect(requests).toMatchObject([{ method: 'GET', url: `${api}/v1/upgradable` }]);
  });

  test('returns undefined if the server does not know the route, and fails without a response', async () => {
    expect(
      await createTestClusters({ status: 404, body: '' }).clusters.getUpgradeVersion(),
    ).toBeUndefined();
    const connectionError = new TpksError('unavailable', 'refused', {
      cause: { code: 'ECONNREFUSED' },
    });
    await expect(
      createTestClusters({ error: connectionError }).clusters.getUpgradeVersion(),
    ).rejects.toBe(connectionError);
  });
});

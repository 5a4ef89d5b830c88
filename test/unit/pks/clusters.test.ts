import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { createClusters } from '../../../src/pks/clusters.js';
import { explainPksFailure } from '../../../src/pks/explain-failure.js';
import { fakeSend, type FakeResponse } from '../../support/fakes/fake-send.js';

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

test.each([
  ['dev-1', 'dev-1'],
  ['clus ter1', 'clus%20ter1'],
  ['a/../b?c#d', 'a%2F..%2Fb%3Fc%23d'],
  ['größe', 'gr%C3%B6%C3%9Fe'],
])('encodes the cluster name %s as the path segment %s', async (name, path) => {
  const { clusters, requests } = createTestClusters({ body: dev });
  expect(await clusters.get(name)).toEqual(dev);
  await clusters.get(name, { details: true });
  expect(requests.map(({ url }) => url)).toEqual([
    `${api}/v1/clusters/${path}`,
    `${api}/v1/clusterdetails/${path}`,
  ]);
});

test.each(['', '.', '..'])('rejects the name %j and sends nothing', async (name) => {
  const { clusters, requests } = createTestClusters({ body: [dev] });
  await expect(clusters.get(name)).rejects.toMatchObject({ kind: 'usage' });
  expect(requests).toEqual([]);
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

describe('errors with the wording of pks', () => {
  test.each<[string, FakeResponse, object]>([
    [
      'an ended session',
      { status: 401, body: { error: 'unauthorized' } },
      {
        kind: 'unauthenticated',
        message: 'You are not currently authenticated. Please log in to continue',
        hint: loginCommand,
      },
    ],
    [
      'a missing scope',
      { status: 403, body: { body: 'forbidden' } },
      {
        kind: 'forbidden',
        message:
          'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
        status: 403,
      },
    ],
    [
      'a server error',
      { status: 500, body: { body: 'the broker is away' } },
      {
        kind: 'unavailable',
        message: 'An error occurred in the PKS API when processing the request: the broker is away',
      },
    ],
    [
      'a proxy error',
      { status: 502, body: '<html>Bad gateway</html>' },
      {
        kind: 'unavailable',
        message: 'An error occurred in the PKS API when processing the request: HTTP 502',
      },
    ],
    ['any other error', { status: 422, body: { body: 'no' } }, { kind: 'failed', message: 'no' }],
  ])('report %s', async (_name, answer, expected) => {
    const { clusters } = createTestClusters(answer);
    await expect(clusters.list()).rejects.toMatchObject(expected);
    await expect(clusters.get('dev-1')).rejects.toMatchObject(expected);
  });

  test('report a cluster that does not exist or belongs to another user', async () => {
    const { clusters } = createTestClusters({
      status: 404,
      body: { body: 'The cluster was not found.' },
    });
    await expect(clusters.get('dev-9')).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Cluster dev-9 not found',
      hint: 'run tpks clusters to list the clusters that you have access to',
      status: 404,
    });
  });

  test('do not replace connection errors', async () => {
    const error = new TpksError('untrusted', 'The certificate has expired');
    await expect(createTestClusters({ error }).clusters.get('dev-1')).rejects.toBe(error);
  });
});

import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { createClusters, type Clusters } from '../../../src/pks/clusters.js';
import { explainPksFailure } from '../../../src/pks/explain-failure.js';
import { fakeSend, type FakeAnswer } from '../../support/fake-send.js';

const loginCommand = 'tpks login -a api.example.com -u cody';

const api = 'https://api.example.com:9021';
const request = { name: 'c1', plan_name: 'small', parameters: { kubernetes_master_host: 'c1' } };
const upgradeRequest = { clusters: ['a'], canaries: [], max_in_flight: 1 };

function clustersIn(...answers: FakeAnswer[]) {
  const { send, requests } = fakeSend(...answers);
  return {
    clusters: createClusters(withStatusErrors(send, explainPksFailure(loginCommand)), api),
    requests,
  };
}

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

describe.each(writes)('%s', (name, write, sent) => {
  const body = name === 'upgrade' ? { uuid: 'd772' } : { name: 'c1' };

  test('is one request', async () => {
    const { clusters, requests } = clustersIn({ status: 202, body });
    await write(clusters);
    expect(requests).toMatchObject([sent]);
  });

  test.each<[string, FakeAnswer]>([
    [
      'the answer breaks off',
      { error: new TpksError('unavailable', 'reset', { cause: { code: 'ECONNRESET' } }) },
    ],
    ['a proxy gives up', { status: 504, body: '<html>' }],
  ])(
    'may have been taken when %s: it is sent once, and the error says how to look',
    async (_why, answer) => {
      const { clusters, requests } = clustersIn(answer);
      await expect(write(clusters)).rejects.toMatchObject({
        kind: 'unavailable',
        hint: expect.stringMatching(
          /^the server may have accepted the request; check before trying again: tpks /,
        ),
      });
      expect(requests).toHaveLength(1);
    },
  );

  test('was not taken when nobody was there, or the API says what is wrong', async () => {
    const refused = new TpksError('unavailable', 'refused', { cause: { code: 'ECONNREFUSED' } });
    await expect(write(clustersIn({ error: refused }).clusters)).rejects.toBe(refused);
    await expect(
      write(clustersIn({ status: 500, body: { body: 'x' } }).clusters),
    ).rejects.toMatchObject({
      hint: expect.not.stringContaining('not known'),
    });
  });
});

describe.each(writes.filter(([name]) => name === 'update' || name === 'remove'))(
  '%s, which needs no body in the response,',
  (_name, write) => {
    test.each<FakeAnswer>([
      { status: 204 },
      { status: 202, body: 'OK' },
      { status: 200, body: {} },
      { status: 200, body: { name: 'c1', last_action: 'DELETE' } },
    ])('succeeds after %j', async (answer) => {
      await expect(write(clustersIn(answer).clusters)).resolves.toBeUndefined();
    });

    test.each([
      ['[]', 'a list'],
      ['[[]]', 'a list'],
      ['[{"name":7}]', 'a list'],
      ['7', 'a number'],
      ['"c1"', 'a string'],
      ['null', 'null'],
      ['{"body":"locked"}', 'name: '],
      ['{"name":"c1","last_action":7}', 'last_action: '],
    ])('has an unknown outcome after %s', async (body, reason) => {
      await expect(write(clustersIn({ status: 200, body }).clusters)).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(
          new RegExp(`^The PKS API returned an invalid (cluster|task) \\(.*${reason}`),
        ),
        hint: expect.stringContaining('the server may have accepted the request'),
      });
    });
  },
);

test.each(['', ' ', '.', '..'])('%j is no name: nothing is sent', async (name) => {
  const { clusters, requests } = clustersIn({ status: 204 });
  await expect(clusters.remove(name)).rejects.toMatchObject({ kind: 'usage' });
  await expect(clusters.update(name, {})).rejects.toMatchObject({ kind: 'usage' });
  expect(requests).toEqual([]);
});

test('one that is absent is told in the original’s words; of several the server tells', async () => {
  const missing = { status: 404, body: { body: 'The cluster named "a" not found.' } };
  const { clusters } = clustersIn(missing);
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

test('an answer keeps its members, and their order', async () => {
  const made = { zeta: 1, uuid: 'u', name: 'c1', alpha: { b: 1, a: 2 } };
  const { clusters } = clustersIn({ status: 202, body: made });
  expect(JSON.stringify(await clusters.create(request))).toBe(JSON.stringify(made));
});

describe('the version that clusters can be upgraded to', () => {
  test.each([
    ['1.7.0-build.16', '1.7.0-build.16'],
    ['"1.20.0-build.52"\n', '1.20.0-build.52'],
    ['', undefined],
  ])('%j is %j', async (body, expected) => {
    const { clusters, requests } = clustersIn({ body });
    expect(await clusters.getUpgradeVersion()).toBe(expected);
    expect(requests).toMatchObject([{ method: 'GET', url: `${api}/v1/upgradable` }]);
  });

  test('is not told by a server that does not know the route; no answer is none', async () => {
    expect(
      await clustersIn({ status: 404, body: '' }).clusters.getUpgradeVersion(),
    ).toBeUndefined();
    const refused = new TpksError('unavailable', 'refused', { cause: { code: 'ECONNREFUSED' } });
    await expect(clustersIn({ error: refused }).clusters.getUpgradeVersion()).rejects.toBe(refused);
  });
});

import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import { createClusters, createTasks } from '../../../../src/api/pks/clusters.js';
import { explainPksFailure, probeApi } from '../../../../src/api/pks/pks-api.js';
import { createComputeProfiles, createNetworkProfiles } from '../../../../src/api/pks/profiles.js';
import { createQuotas } from '../../../../src/api/pks/quotas.js';
import { TpksError } from '../../../../src/base/errors.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';

const loginCommand = 'tpks login -a api.example.com -u cody';

const origin = 'https://api.example.com:9021';

function createServer(...answers: readonly FakeResponse[]) {
  const { send, requests } = fakeSend(...answers);
  return {
    send: withStatusErrors(send, explainPksFailure(loginCommand)),
    /** `METHOD /path body` of each request. */
    sentRequests: () =>
      requests.map(({ method, url, body }) =>
        [method, url.replace(`${origin}/v1`, ''), body].filter(Boolean).join(' '),
      ),
  };
}

const notFound: FakeResponse = { status: 404, body: { body: 'not found.' } };

describe('tasks', () => {
  const task = { uuid: 't', type: 'UPGRADE', status: 'done', clusters: [], start_time: 1 };

  test('are listed up to a limit', async () => {
    const { send, sentRequests } = createServer({ body: [task] });
    expect(await createTasks(send, origin).list(3)).toEqual([task]);
    expect(sentRequests()).toEqual(['GET /tasks?limit=3']);
  });

  test('are cancelled by PUT, and read again if the response is empty', async () => {
    const { send, sentRequests } = createServer({ status: 200 }, { body: task });
    expect(await createTasks(send, origin).cancel('t')).toEqual(task);
    expect(sentRequests()).toEqual(['PUT /tasks/t', 'GET /tasks/t']);
    const serverWithBody = createServer({ body: task });
    expect(await createTasks(serverWithBody.send, origin).cancel('t')).toEqual(task);
    expect(serverWithBody.sentRequests()).toEqual(['PUT /tasks/t']);
  });
});

describe('profiles', () => {
  test('for networks are created with their parameters as a JSON string', async () => {
    const { send, sentRequests } = createServer({ status: 201 });
    const profiles = createNetworkProfiles(send, origin);
    const parameters = { lb_size: 'small', pod_routable: true };
    expect(await profiles.create({ name: 'p', parameters })).toBeUndefined();
    await profiles.create({ name: 'p', parameters: JSON.stringify(parameters) });
    const wanted = `POST /network-profiles ${JSON.stringify({
      name: 'p',
      parameters: '{"lb_size":"small","pod_routable":true}',
    })}`;
    expect(sentRequests()).toEqual([wanted, wanted]);
  });
});

describe('quotas', () => {
  const limit = { cpu: 4, memory: 5.5, cluster: 10 };
  const quota = { owner: 'cody', limit };

  test('are returned as in the response, or as in the request if the response is empty', async () => {
    const returned = { owner: 'cody', limit: { ...limit, disk: 7 } };
    const { send, sentRequests } = createServer(
      { body: returned },
      { status: 200 },
      { body: returned },
      { status: 204 },
    );
    const quotas = createQuotas(send, origin);
    expect(await quotas.create('cody', limit)).toEqual(returned);
    expect(await quotas.update('cody', limit)).toEqual(quota);
    expect(await quotas.get('cody')).toEqual(returned);
    await quotas.remove('cody');
    const body = JSON.stringify(quota);
    expect(sentRequests()).toEqual([
      `POST /quotas ${body}`,
      `PATCH /quotas/cody ${body}`,
      'GET /quotas/cody',
      'DELETE /quotas/cody',
    ]);
  });

  test('are reported as not found if the owner has none', async () => {
    const quotas = createQuotas(createServer(notFound).send, origin);
    for (const call of [quotas.get('x'), quotas.update('x', limit), quotas.remove('x')]) {
      await expect(call).rejects.toMatchObject({ message: 'Quota of x not found' });
    }
  });
});

test.each(['', '..', 'x'.repeat(5000)])(
  'creates nothing with the name %j, which could not be used again',
  async (name) => {
    const { send, sentRequests } = createServer({ status: 201 });
    const limit = { cpu: 1, memory: 1, cluster: 1 };
    for (const call of [
      createQuotas(send, origin).create(name, limit),
      createNetworkProfiles(send, origin).create({ name, parameters: {} }),
      createComputeProfiles(send, origin).create({ name }),
    ]) {
      await expect(call).rejects.toMatchObject({ kind: 'usage' });
    }
    expect(sentRequests()).toEqual([]);
  },
);

test('reports how to check a change whose response was lost', async () => {
  const error = new TpksError('unavailable', 'The connection broke off');
  const { send } = fakeSend({ error });
  const limit = { cpu: 1, memory: 1, cluster: 1 };
  const changes: readonly (readonly [Promise<unknown>, string])[] = [
    [createQuotas(send, origin).create('x', limit), 'tpks quotas'],
    [createQuotas(send, origin).update('x', limit), 'tpks quotas'],
    [createQuotas(send, origin).remove('x'), 'tpks quotas'],
    [createTasks(send, origin).cancel('t'), 'tpks task t'],
    [createComputeProfiles(send, origin).create({ name: 'p' }), 'tpks compute-profiles'],
    [createComputeProfiles(send, origin).remove('p'), 'tpks compute-profiles'],
  ];
  for (const [change, checkCommand] of changes) {
    await expect(change).rejects.toMatchObject({
      kind: 'unavailable',
      hint: `the server may have accepted the request; check before trying again: ${checkCommand}`,
    });
  }
  await expect(createQuotas(send, origin).get('x')).rejects.toBe(error);
});

function createTestSend(answer: FakeResponse) {
  return withStatusErrors(fakeSend(answer).send, explainPksFailure(loginCommand));
}

/** The response of Spring Boot for an unknown route. */
const unknownRoute: FakeResponse = {
  status: 404,
  body: {
    timestamp: '2020-06-28T05:00:00.000+0000',
    status: 404,
    error: 'Not Found',
    message: 'No message available',
    path: '/v1/compute-profiles',
  },
};

describe('an older server', () => {
  test('without the route is not reported as a missing profile', async () => {
    const profiles = createComputeProfiles(createTestSend(unknownRoute), origin);
    await expect(profiles.get('p')).rejects.toMatchObject({
      kind: 'failed',
      status: 404,
      message: 'The PKS API does not support compute-profiles: No message available',
      hint: 'the server may be too old for this command',
    });
  });
});

test.each([
  [
    404,
    { body: 'The compute profile named "p" not found.' },
    'notFound',
    'Compute profile p not found',
  ],
  [409, { body: 'It is in use.' }, 'conflict', 'It is in use.'],
  [400, { body: 'Bad name' }, 'failed', 'Bad name'],
  [
    500,
    { body: 'Status: 500; ErrorMessage: <nil>; Description: No room; ResponseError: <nil>' },
    'unavailable',
    'Status: 500; ErrorMessage: <nil>; Description: No room; ResponseError: <nil>',
  ],
  [
    500,
    { error: 'Internal Server Error', message: 'No message available', path: '/v1' },
    'unavailable',
    'An error occurred in the PKS API when processing the request: No message available',
  ],
  [
    502,
    '<html>Bad gateway</html>',
    'unavailable',
    'An error occurred in the PKS API when processing the request: HTTP 502',
  ],
  [
    401,
    { error: 'unauthorized' },
    'unauthenticated',
    'You are not currently authenticated. Please log in to continue',
  ],
  [
    403,
    { error: 'access_denied' },
    'forbidden',
    'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
  ],
])('converts HTTP %s with %j to the kind %s: %s', async (status, body, kind, message) => {
  const profiles = createComputeProfiles(createTestSend({ status, body }), origin);
  await expect(profiles.remove('p')).rejects.toMatchObject({ kind, message, status });
});

describe('a conflict', () => {
  const conflict: FakeResponse = { status: 409, body: { body: 'it already exists' } };

  test.each([409, 422])('on a create has hints for the existing resource (%i)', async (status) => {
    const send = createTestSend({ ...conflict, status });
    await expect(createComputeProfiles(send, origin).create({ name: 'p' })).rejects.toMatchObject({
      status,
      hint:
        'show the profile: tpks compute-profile p\n' +
        'replace it: tpks delete-compute-profile p, then create it again',
    });
    const limit = { cpu: 1, memory: 1, cluster: 1 };
    await expect(createQuotas(send, origin).create('cody', limit)).rejects.toMatchObject({
      status,
      hint: 'update the quota: tpks update-quota cody',
    });
    await expect(
      createClusters(send, origin).create({
        name: 'dev-1',
        plan_name: 'small',
        parameters: { kubernetes_master_host: 'dev-1.example.com' },
      }),
    ).rejects.toMatchObject({
      status,
      hint: 'show the cluster: tpks cluster dev-1\nupdate it: tpks update-cluster dev-1',
    });
  });

  test.each([409, 422])('with a busy cluster has a hint to wait for it (%i)', async (status) => {
    const clusters = createClusters(createTestSend({ ...conflict, status }), origin);
    const hint = 'wait for the current operation, then run the command again: tpks wait dev-1';
    await expect(clusters.remove('dev-1')).rejects.toMatchObject({ status, hint });
    await expect(
      clusters.upgrade({ clusters: ['dev-1'], canaries: [], max_in_flight: 1 }),
    ).rejects.toMatchObject({ status, hint });
  });
});

const api = 'https://api.example.com:9021';
const cody = { api, identity: 'cody', isClient: false };
const actuator = 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8';

/** Probes a server that gives these responses. */
async function probe(...answers: FakeResponse[]) {
  const { send, requests } = fakeSend(...answers);
  await probeApi(send, cody);
  return requests.map(({ method, url }) => `${method} ${url.replace(api, '')}`);
}

describe('a PKS API is recognized', () => {
  test('by its actuator, with one request', async () => {
    const answer = { headers: { 'content-type': actuator } };
    expect(await probe(answer)).toEqual(['HEAD /actuator/info']);
  });

  test.each<[string, FakeResponse, FakeResponse]>([
    ['with a plain JSON type', { headers: { 'content-type': 'application/json' } }, { body: [] }],
    ['without an actuator', { status: 404 }, { body: [{ name: 'dev-1' }] }],
    ['with a body that starts with white space', {}, { body: '\n [\n  {}]' }],
  ])('%s by its list of clusters', async (_name, first, second) => {
    expect(await probe(first, second)).toEqual(['HEAD /actuator/info', 'GET /v1/clusters']);
  });
});

describe('a server is rejected as a PKS API if it sends', () => {
  test.each<[string, FakeResponse]>([
    ['a web page', { headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
    ['an empty object', { headers: { 'content-type': 'application/json' }, body: {} }],
    ['an empty body', {}],
    ['a list of numbers', { body: [1] }],
    ['an incomplete list', { body: '[{}' }],
    ['404 everywhere', { status: 404 }],
  ])('%s', async (_name, answer) => {
    await expect(probe(answer)).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'api.example.com:9021 does not respond like a PKS API',
      hint: expect.stringContaining('tpks login -a api.example.com'),
    });
  });
});

describe('a failure', () => {
  test.each([
    [401, 'unauthenticated'],
    [403, 'forbidden'],
    [302, 'unavailable'],
    [503, 'unavailable'],
  ])(
    'with HTTP %d is an error of the kind %s, even in the second response',
    async (status, kind) => {
      await expect(probe({ status })).rejects.toMatchObject({ kind, status });
      await expect(probe({}, { status })).rejects.toMatchObject({ kind, status });
    },
  );

  test('of a missing scope names the command that grants one', async () => {
    const { send } = fakeSend({ status: 403 });
    await expect(probeApi(send, cody)).rejects.toMatchObject({
      hint: expect.stringMatching(/: tpks uaa member add pks\.clusters\.manage cody$/),
    });
    await expect(probeApi(send, { ...cody, isClient: true })).rejects.toMatchObject({
      hint: expect.stringMatching(/: tpks uaa client update cody --authorities pks\./),
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { createQuotas } from '../../../src/pks/quotas.js';
import { createClusters } from '../../../src/pks/clusters.js';
import { createComputeProfiles } from '../../../src/pks/profiles.js';
import * as v from 'valibot';
import { createPksResource } from '../../../src/pks/resource.js';
import { explainPksFailure } from '../../../src/pks/explain-failure.js';
import { createTasks } from '../../../src/pks/tasks.js';
import { fakeSend, type FakeResponse } from '../../support/fakes/fake-send.js';

const loginCommand = 'tpks login -a api.example.com -u cody';

const origin = 'https://api.example.com:9021';

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
  test.each([
    ['list', (profiles: ReturnType<typeof createComputeProfiles>) => profiles.list()],
    ['get', (profiles: ReturnType<typeof createComputeProfiles>) => profiles.get('p')],
    [
      'create',
      (profiles: ReturnType<typeof createComputeProfiles>) => profiles.create({ name: 'p' }),
    ],
    ['remove', (profiles: ReturnType<typeof createComputeProfiles>) => profiles.remove('p')],
  ])('without the route is not reported as a missing profile: %s', async (_name, call) => {
    const profiles = createComputeProfiles(createTestSend(unknownRoute), origin);
    await expect(call(profiles)).rejects.toMatchObject({
      kind: 'failed',
      status: 404,
      message: 'The PKS API does not support compute profiles: No message available',
      hint: expect.stringContaining('PKS 1.6'),
    });
  });

  test('with the route but without the method is reported in the same way', async () => {
    const body = { message: "Request method 'PUT' not supported", path: '/v1/tasks/t' };
    const tasks = createTasks(createTestSend({ status: 405, body }), origin);
    await expect(tasks.cancel('t')).rejects.toMatchObject({
      message: "The PKS API does not support tasks: Request method 'PUT' not supported",
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
  [422, { body: 'It is in use.' }, 'failed', 'It is in use.'],
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
    403,
    { error: 'access_denied' },
    'forbidden',
    'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
  ],
])('converts HTTP %s with %j to the kind %s: %s', async (status, body, kind, message) => {
  const profiles = createComputeProfiles(createTestSend({ status, body }), origin);
  await expect(profiles.remove('p')).rejects.toMatchObject({ kind, message, status });
});

test('keeps the message of the server for a route that no release has', async () => {
  const type = { route: 'nowhere', noun: 'thing', schema: v.looseObject({}) };
  const { list } = createPksResource(createTestSend({ ...unknownRoute }), origin, type);
  await expect(list()).rejects.toMatchObject({
    kind: 'notFound',
    message: 'No message available',
  });
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

  test('on a delete has a hint to list the resources', async () => {
    const profiles = createComputeProfiles(createTestSend(conflict), origin);
    const expected = { kind: 'conflict', hint: 'tpks compute-profiles' };
    await expect(profiles.remove('p')).rejects.toMatchObject(expected);
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

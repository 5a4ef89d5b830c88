import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../src/errors.js';
import { withStatusErrors } from '../../../src/http/status-error.js';
import { createComputeProfiles } from '../../../src/pks/compute-profiles.js';
import { createKubernetesProfiles } from '../../../src/pks/kubernetes-profiles.js';
import { createNetworkProfiles } from '../../../src/pks/network-profiles.js';
import { createPlans } from '../../../src/pks/plans.js';
import { createQuotas } from '../../../src/pks/quotas.js';
import { explainPksFailure } from '../../../src/pks/explain-failure.js';
import { createTasks } from '../../../src/pks/tasks.js';
import { createUsages } from '../../../src/pks/usages.js';
import { fakeSend, type FakeAnswer } from '../../support/fake-send.js';

const loginCommand = 'tpks login -a api.example.com -u cody';

const origin = 'https://api.example.com:9021';

function server(...answers: readonly FakeAnswer[]) {
  const { send, requests } = fakeSend(...answers);
  return {
    send: withStatusErrors(send, explainPksFailure(loginCommand)),
    /** `METHOD /path body` of each request. */
    asked: () =>
      requests.map(({ method, url, body }) =>
        [method, url.replace(`${origin}/v1`, ''), body].filter(Boolean).join(' '),
      ),
  };
}

const gone: FakeAnswer = { status: 404, body: { body: 'not found.' } };

describe('plans', () => {
  test('are listed in the server’s order, as it spells them', async () => {
    const answer = [
      { 'allow-privileged-containers': true, id: 'B', name: 'b', description: 'B.' },
      { id: 'A', name: 'a', description: 'A.' },
    ];
    const { send, asked } = server({ body: answer });
    const found = await createPlans(send, origin).list();
    expect(JSON.stringify(found)).toBe(JSON.stringify(answer));
    expect(asked()).toEqual(['GET /plans']);
  });
});

describe('tasks', () => {
  const task = { uuid: 't', type: 'UPGRADE', status: 'done', clusters: [], start_time: 1 };

  test('are listed to a limit', async () => {
    const { send, asked } = server({ body: [task] });
    expect(await createTasks(send, origin).list(3)).toEqual([task]);
    expect(asked()).toEqual(['GET /tasks?limit=3']);
  });

  test('are canceled by PUT, and asked for where that says nothing', async () => {
    const { send, asked } = server({ status: 200 }, { body: task });
    expect(await createTasks(send, origin).cancel('t')).toEqual(task);
    expect(asked()).toEqual(['PUT /tasks/t', 'GET /tasks/t']);
    const talkative = server({ body: task });
    expect(await createTasks(talkative.send, origin).cancel('t')).toEqual(task);
    expect(talkative.asked()).toEqual(['PUT /tasks/t']);
  });

  test('that are not there are not found', async () => {
    const tasks = createTasks(server(gone).send, origin);
    for (const call of [tasks.get('t'), tasks.cancel('t')]) {
      await expect(call).rejects.toMatchObject({ kind: 'notFound', message: 'Task t not found' });
    }
  });
});

describe('profiles', () => {
  test.each([
    ['network-profiles', 'Network profile', createNetworkProfiles],
    ['kubernetes-profiles', 'Kubernetes profile', createKubernetesProfiles],
    ['compute-profiles', 'Compute profile', createComputeProfiles],
  ] as const)('of %s are listed, got and removed', async (route, noun, create) => {
    const profile = { uuid: 'u', name: 'p', description: null };
    const { send, asked } = server({ body: [profile] }, { body: profile }, { status: 204 }, gone);
    const profiles = create(send, origin);
    expect(await profiles.list()).toEqual([profile]);
    expect(await profiles.get('p')).toEqual(profile);
    await profiles.remove('p');
    expect(asked()).toEqual([`GET /${route}`, `GET /${route}/p`, `DELETE /${route}/p`]);
    const missing = {
      kind: 'notFound',
      message: `${noun} q not found`,
      hint: `run tpks ${route} to list the ${noun.toLowerCase()}s that you have access to`,
    };
    await expect(profiles.get('q')).rejects.toMatchObject(missing);
    await expect(profiles.remove('q')).rejects.toMatchObject(missing);
  });

  test('for networks send their parameters as a text that holds JSON', async () => {
    const { send, asked } = server({ status: 201 });
    const profiles = createNetworkProfiles(send, origin);
    const parameters = { lb_size: 'small', pod_routable: true };
    expect(await profiles.create({ name: 'p', parameters })).toBeUndefined();
    await profiles.create({ name: 'p', parameters: JSON.stringify(parameters) });
    const wanted = `POST /network-profiles ${JSON.stringify({
      name: 'p',
      parameters: '{"lb_size":"small","pod_routable":true}',
    })}`;
    expect(asked()).toEqual([wanted, wanted]);
  });

  test('for machines and Kubernetes are sent as they are', async () => {
    const { send, asked } = server({ body: { name: 'p', uuid: 'u' } });
    const request = { name: 'p', parameters: { azs: [] }, unknown: [1] };
    expect(await createComputeProfiles(send, origin).create(request)).toEqual({
      name: 'p',
      uuid: 'u',
    });
    await createKubernetesProfiles(send, origin).create(request);
    expect(asked()).toEqual([
      `POST /compute-profiles ${JSON.stringify(request)}`,
      `POST /kubernetes-profiles ${JSON.stringify(request)}`,
    ]);
  });
});

describe('quotas', () => {
  const limit = { cpu: 4, memory: 5.5, cluster: 10 };
  const quota = { owner: 'cody', limit };

  test('are told as the API tells them, and as they were sent where it does not', async () => {
    const told = { owner: 'cody', limit: { ...limit, disk: 7 } };
    const { send, asked } = server(
      { body: told },
      { status: 200 },
      { body: told },
      { status: 204 },
    );
    const quotas = createQuotas(send, origin);
    expect(await quotas.create('cody', limit)).toEqual(told);
    expect(await quotas.update('cody', limit)).toEqual(quota);
    expect(await quotas.get('cody')).toEqual(told);
    await quotas.remove('cody');
    const body = JSON.stringify(quota);
    expect(asked()).toEqual([
      `POST /quotas ${body}`,
      `PATCH /quotas/cody ${body}`,
      'GET /quotas/cody',
      'DELETE /quotas/cody',
    ]);
  });

  test('of nobody are not found', async () => {
    const quotas = createQuotas(server(gone).send, origin);
    for (const call of [quotas.get('x'), quotas.update('x', limit), quotas.remove('x')]) {
      await expect(call).rejects.toMatchObject({ message: 'Quota of x not found' });
    }
  });
});

test.each(['', '..', 'x'.repeat(5000)])(
  'nothing is made under the name %j, which nobody could get at again',
  async (name) => {
    const { send, asked } = server({ status: 201 });
    const limit = { cpu: 1, memory: 1, cluster: 1 };
    for (const call of [
      createQuotas(send, origin).create(name, limit),
      createNetworkProfiles(send, origin).create({ name, parameters: {} }),
      createComputeProfiles(send, origin).create({ name }),
    ]) {
      await expect(call).rejects.toMatchObject({ kind: 'usage' });
    }
    expect(asked()).toEqual([]);
  },
);

test.each(['[]', '7', '{"name":7,"owner":7}', '{"body":"locked"}'])(
  'a change whose response is %s is not known to have been made',
  async (body) => {
    const { send } = server({ body });
    const limit = { cpu: 1, memory: 1, cluster: 1 };
    const changes: readonly (() => Promise<unknown>)[] = [
      () => createQuotas(send, origin).create('x', limit),
      () => createQuotas(send, origin).update('x', limit),
      () => createQuotas(send, origin).remove('x'),
      () => createTasks(send, origin).cancel('t'),
      () => createComputeProfiles(send, origin).create({ name: 'p' }),
      () => createKubernetesProfiles(send, origin).create({ name: 'p' }),
      () => createNetworkProfiles(send, origin).create({ name: 'p', parameters: {} }),
      () => createNetworkProfiles(send, origin).remove('p'),
    ];
    for (const change of changes) {
      await expect(change()).rejects.toMatchObject({
        kind: 'unavailable',
        hint: expect.stringContaining('the server may have accepted the request'),
      });
    }
  },
);

test('of a change whose answer got lost it is said that it may have been taken, and how to look', async () => {
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
  for (const [change, lookAgain] of changes) {
    await expect(change).rejects.toMatchObject({
      kind: 'unavailable',
      hint: `the server may have accepted the request; check before trying again: ${lookAgain}`,
    });
  }
  await expect(createQuotas(send, origin).get('x')).rejects.toBe(error);
});

test('usages are listed, and got by their owner', async () => {
  const usage = { owner: 'cody', totals: { cpu: 20, memory: 52, cluster: 2 }, clusters: [] };
  const { send, asked } = server({ body: [usage] }, { body: usage }, gone);
  const usages = createUsages(send, origin);
  expect(await usages.list()).toEqual([usage]);
  expect(await usages.get('cody')).toEqual(usage);
  await expect(usages.get('x')).rejects.toMatchObject({ message: 'Usage of x not found' });
  expect(asked()).toEqual(['GET /usages', 'GET /usages/cody', 'GET /usages/x']);
});

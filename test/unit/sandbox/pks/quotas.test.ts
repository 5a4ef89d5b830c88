import { beforeAll, describe, expect, test } from '@jest/globals';
import { createInstallation, errorOf, type Installation } from './installation.js';

let send: Installation['send'];
beforeAll(() => {
  ({ send } = createInstallation());
});

const limit = { cpu: 4, memory: 5.5, cluster: 10 };

describe('quotas', () => {
  test('are created once, updated and deleted', async () => {
    const quota = { owner: 'cody', limit };
    const created = await send('alana', 'POST', 'quotas', quota);
    expect([created.status, created.json]).toEqual([200, quota]);
    expect((await send('alana', 'POST', 'quotas', quota)).status).toBe(409);
    const less = { owner: 'erin', limit: { ...limit, cpu: 0 } };
    const changed = { owner: 'cody', limit: less.limit };
    const updated = await send('alana', 'PATCH', 'quotas/cody', less);
    expect([updated.status, updated.json]).toEqual([200, changed]);
    for (const user of ['naomi', 'cody']) {
      expect((await send(user, 'GET', 'quotas/cody')).json).toEqual(changed);
    }
    expect((await send('cody', 'GET', 'quotas')).json).toEqual([changed]);
    const deleted = await send('alana', 'DELETE', 'quotas/cody');
    expect([deleted.status, deleted.body]).toEqual([204, '']);
  });

  test.each([
    ['GET', undefined],
    ['PATCH', { owner: 'x', limit }],
    ['DELETE', undefined],
  ])('of an unknown owner return 404 with the message of the product: %s', async (method, json) => {
    expect(errorOf(await send('alana', method, 'quotas/exampleuser', json))).toEqual([
      404,
      'The quota owner named: "exampleuser" not found.',
    ]);
  });

  test.each([
    [{ limit }, 'owner is required'],
    [{ owner: 'x' }, 'limit is required'],
    [{ owner: 'x', limit: { ...limit, cpu: -1 } }, 'cpu must be 0 or more'],
    [{ owner: 'x', limit: { ...limit, cpu: 1.5 } }, 'cpu must be an integer'],
    [{ owner: 'x', limit: { ...limit, memory: '5' } }, 'memory must be 0 or more'],
    [{ owner: 'x', limit: { ...limit, cluster: 0 } }, 'cluster must be 1 or more'],
  ])('are rejected for %j: %s', async (json, message) => {
    expect(errorOf(await send('alana', 'POST', 'quotas', json))).toEqual([400, message]);
  });

  test.each(['cody', 'naomi', 'dana'])('cannot be changed by %s', async (user) => {
    const quota = { owner: 'dana', limit };
    expect((await send(user, 'POST', 'quotas', quota)).status).toBe(403);
    expect((await send(user, 'PATCH', 'quotas/dana', quota)).status).toBe(403);
    expect((await send(user, 'DELETE', 'quotas/dana')).status).toBe(403);
    expect((await send('alana', 'GET', 'quotas/dana')).status).toBe(200);
  });

  test('of other users are hidden from a manager', async () => {
    expect((await send('cody', 'GET', 'quotas/dana')).status).toBe(404);
    expect((await send('cody', 'GET', 'quotas')).json).toEqual([]);
  });
});

describe('usages', () => {
  const alanas = {
    owner: 'alana',
    // Eight VMs with 4 CPUs and six VMs with 8 CPUs.
    totals: { cpu: 80, memory: 320, cluster: 2 },
    clusters: [
      { name: 'prod-1', cpu: 32, memory: 128 },
      { name: 'prod-2', cpu: 48, memory: 192 },
    ],
  };
  const codys = expect.objectContaining({ owner: 'cody' });

  test('count the masters and workers of each cluster', async () => {
    expect((await send('alana', 'GET', 'usages/alana')).json).toEqual(alanas);
    expect((await send('naomi', 'GET', 'usages')).json).toEqual([alanas, codys]);
  });

  test('show a manager only their own usage', async () => {
    expect((await send('cody', 'GET', 'usages')).json).toEqual([codys]);
    expect(errorOf(await send('cody', 'GET', 'usages/alana'))).toEqual([
      404,
      'The usage owner named: "alana" not found.',
    ]);
    expect((await send('alana', 'GET', 'usages/unknown-user')).status).toBe(404);
  });
});

describe('a quota', () => {
  const create = (user: string, name: string, workers: number) =>
    send(user, 'POST', 'clusters', {
      name,
      plan_name: 'small',
      parameters: { kubernetes_master_host: 'h.example.com', kubernetes_worker_instances: workers },
    });
  const setQuota = async (change: object) => {
    await send('alana', 'DELETE', 'quotas/cody');
    const generous = { cpu: 100, memory: 100, cluster: 100 };
    await send('alana', 'POST', 'quotas', { owner: 'cody', limit: { ...generous, ...change } });
  };

  // Cody has 3 clusters with 14 CPUs and 28 GB; another one with one worker needs 4 CPUs and 8 GB.
  test.each([[{ cpu: 17 }], [{ memory: 35 }], [{ cluster: 3 }], [{ cpu: 0 }]])(
    'with %j rejects another cluster',
    async (change) => {
      await setQuota(change);
      expect(errorOf(await create('cody', 'more', 1))).toEqual([
        403,
        'The quota of the user is used up.',
      ]);
    },
  );

  test('allows clusters up to the exact limit, and also limits a resize', async () => {
    await setQuota({ cpu: 18, memory: 36, cluster: 4 });
    expect((await create('cody', 'fits', 1)).status).toBe(202);
    expect((await create('cody', 'more', 1)).status).toBe(403);
    const resize = (workers: number) =>
      send('cody', 'PATCH', 'clusters/dev-1', { kubernetes_worker_instances: workers });
    expect((await resize(2)).status).toBe(403);
    expect((await resize(1)).status).toBe(202);
  });

  test('does not limit administrators', async () => {
    const quota = { owner: 'alana', limit: { cpu: 0, memory: 0, cluster: 1 } };
    await send('alana', 'POST', 'quotas', quota);
    expect((await create('alana', 'anything', 5)).status).toBe(202);
  });
});

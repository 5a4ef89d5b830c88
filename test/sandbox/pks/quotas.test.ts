import { beforeAll, describe, expect, test } from '@jest/globals';
import { createInstallation, errorOf, type Installation } from './installation.js';

let send: Installation['send'];
beforeAll(() => {
  ({ send } = createInstallation());
});

test('a quota is created once, and hidden from other managers', async () => {
  const quota = { owner: 'erin', limit: { cpu: 4, memory: 5.5, cluster: 10 } };
  expect((await send('alana', 'POST', 'quotas', quota)).status).toBe(200);
  expect((await send('alana', 'POST', 'quotas', quota)).status).toBe(409);
  expect((await send('cody', 'GET', 'quotas')).json).toEqual([]);
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

import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { runSandbox, type RunningSandbox } from '../running-sandbox.js';

const seeded = 'd772aba0-2670-4fba-b26c-044b19d6ab60';
let now = 0;
let sandbox: RunningSandbox;
beforeAll(async () => {
  const startedAt = Date.now();
  sandbox = await runSandbox({ now: () => startedAt + now, provisionSeconds: 60 });
});
beforeEach(() => {
  // The operations that earlier tests started have finished.
  now += 3_600_000;
});

async function send(user: string, method: string, path: string, json?: unknown) {
  const bearer = await sandbox.fetchToken(user);
  return sandbox.send(`/v1/${path}`, { method, bearer, ...(json !== undefined && { json }) });
}

async function upgrade(user: string, clusters: string[], canaries: string[] = []) {
  const body = { clusters, canaries, max_in_flight: 1 };
  return (await send(user, 'PATCH', 'clusters', body)).json() as { uuid: string };
}

test('plans are the same for all users with a cluster scope', async () => {
  const names = async (user: string) => {
    const { status, text } = await send(user, 'GET', 'plans');
    return status === 200
      ? (JSON.parse(text) as { name: string }[]).map(({ name }) => name)
      : status;
  };
  for (const user of ['alana', 'cody', 'naomi']) {
    expect(await names(user)).toEqual(['small', 'medium', 'large', 'fails']);
  }
  expect(await names('dana')).toBe(403);
  const { text } = await send('cody', 'GET', 'plans');
  expect(Object.keys((JSON.parse(text) as object[])[0] ?? {})).toEqual([
    'id',
    'name',
    'description',
    'worker_instances',
    'master_instances',
    'allow-privileged-containers',
  ]);
});

test('the status of a task follows the state of its clusters', async () => {
  const { uuid } = await upgrade('cody', ['dev-1', 'dev-3'], ['dev-3']);
  const states = async () => {
    const task = (await send('cody', 'GET', `tasks/${uuid}`)).json() as {
      status: string;
      clusters: { cluster_name: string; last_action_state: string }[];
    };
    return [
      task.status,
      ...task.clusters.map((each) => `${each.cluster_name} ${each.last_action_state}`),
    ];
  };
  expect(await states()).toEqual(['in progress', 'dev-3 in progress', 'dev-1 queued']);
  now += 61_000;
  expect(await states()).toEqual(['in progress', 'dev-3 succeeded', 'dev-1 in progress']);
  now += 61_000;
  expect(await states()).toEqual(['done', 'dev-3 succeeded', 'dev-1 succeeded']);
});

test('canceling a task removes the queued clusters and resets their state', async () => {
  const { uuid } = await upgrade('cody', ['dev-1', 'dev-3']);
  const { status, text } = await send('cody', 'PUT', `tasks/${uuid}`);
  expect([status, JSON.parse(text)]).toEqual([
    200,
    expect.objectContaining({
      uuid,
      status: 'canceled',
      clusters: [expect.objectContaining({ cluster_name: 'dev-1' })],
    }),
  ]);
  expect((await send('cody', 'GET', 'clusters/dev-3')).json()).not.toMatchObject({
    last_action_state: 'queued',
  });
  expect((await send('cody', 'PUT', `tasks/${uuid}`)).status).toBe(200);
});

test('canceling a finished task does not change it', async () => {
  const { uuid } = await upgrade('cody', ['dev-1']);
  now += 61_000;
  const { status, text } = await send('cody', 'PUT', `tasks/${uuid}`);
  expect([status, JSON.parse(text)]).toEqual([200, expect.objectContaining({ status: 'done' })]);
});

test('the latest tasks come first, ten by default', async () => {
  const list = async (user: string, query = '') => {
    const { text } = await send(user, 'GET', `tasks${query}`);
    return (JSON.parse(text) as { uuid: string }[]).map(({ uuid }) => uuid);
  };
  const uuids = [];
  for (let index = 0; index < 11; index += 1) {
    uuids.unshift((await upgrade('alana', ['prod-1'])).uuid);
    now += 61_000;
  }
  expect(await list('alana')).toEqual(uuids.slice(0, 10));
  expect(await list('alana', '?limit=2')).toEqual(uuids.slice(0, 2));
  expect((await list('naomi', '?limit=100')).at(-1)).toBe(seeded);
  expect(await list('cody', '?limit=100')).not.toContain(seeded);
});

test.each([
  ['alana', 200, 200],
  ['cody', 404, 404],
  ['naomi', 200, 403],
  ['dana', 403, 403],
])(
  'for a task of alana, %s gets %s when showing and %s when canceling',
  async (user, see, cancel) => {
    expect((await send(user, 'GET', `tasks/${seeded}`)).status).toBe(see);
    expect((await send(user, 'PUT', `tasks/${seeded}`)).status).toBe(cancel);
  },
);

test('an unknown task is not found', async () => {
  for (const method of ['GET', 'PUT']) {
    const { status, text } = await send('alana', method, 'tasks/nope');
    expect([status, JSON.parse(text)]).toEqual([
      404,
      { body: 'The task with the id "nope" not found.' },
    ]);
  }
});

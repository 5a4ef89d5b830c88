import { beforeEach, describe, expect, test } from '@jest/globals';
import { createMemoryStorage, openState } from '../../../src/sandbox/storage.js';
import { temporaryFolder } from '../running-sandbox.js';
import { createInstallation, errorOf, namesIn, type Installation } from './installation.js';

const parameters = { kubernetes_master_host: 'c.example.com' };
const busyMessage =
  'od-broker is processing a request for the same instance... please try again later';

let installation: Installation;
let send: Installation['send'];
beforeEach(() => {
  installation = createInstallation();
  ({ send } = installation);
});

const createCluster = (user: string, name: string, more: object = {}) =>
  send(user, 'POST', 'clusters', { name, plan_name: 'small', parameters, ...more });
const show = async (name: string) => (await send('alana', 'GET', `clusterdetails/${name}`)).json;

/** Runs a change of an idle cluster to its end. */
async function finish(body: object, name = 'dev-1'): Promise<void> {
  expect((await send('alana', 'PATCH', `clusters/${name}`, body)).status).toBe(202);
  installation.passSeconds(10);
}

describe('creating a cluster', () => {
  test('returns 202 and the cluster, as documented by the product', async () => {
    const response = await createCluster('cody', 'c1', {
      network_profile_name: 'np-prod',
      parameters: {
        ...parameters,
        kubernetes_worker_instances: 2,
        cluster_tags: [{ name: 'a', value: 'b' }],
      },
    });
    expect(response.status).toBe(202);
    expect(response.json).toMatchObject({
      name: 'c1',
      plan_name: 'small',
      last_action: 'CREATE',
      last_action_state: 'in progress',
      last_action_description: 'Creating cluster',
      kubernetes_master_ips: ['In Progress'],
      network_profile_name: 'np-prod',
      pks_version: '1.7.0-build.26',
      parameters: {
        kubernetes_master_host: 'c.example.com',
        kubernetes_master_port: 8443,
        worker_haproxy_ip_addresses: null,
        kubernetes_worker_instances: 2,
        authorization_mode: null,
        cluster_tags: [{ name: 'a', value: 'b' }],
      },
    });
    expect(response.body).not.toContain('owner');
    installation.passSeconds(10);
    expect(await show('c1')).toMatchObject({
      last_action_state: 'succeeded',
      last_action_description: 'Instance provisioning completed',
      kubernetes_master_ips: [expect.stringMatching(/^10\.0\.\d+\.6$/)],
    });
  });

  test('makes the caller the owner, regardless of the body', async () => {
    expect((await createCluster('cody', 'mine')).status).toBe(202);
    expect((await send('cody', 'GET', 'clusters/mine')).status).toBe(200);
    expect((await createCluster('cody', 'given', { owner: 'alana' })).status).toBe(400);
    expect((await createCluster('alana', 'hers')).status).toBe(202);
    expect((await send('cody', 'GET', 'clusters/hers')).status).toBe(404);
  });

  test('is rejected if the name is taken, even by another user', async () => {
    const message = 'The cluster named "prod-1" already exists.';
    expect(errorOf(await createCluster('cody', 'prod-1'))).toEqual([409, message]);
  });

  test.each([0, -1, 6, 2_147_483_647])('is rejected for %s workers', async (count) => {
    const response = await createCluster('cody', 'c9', {
      parameters: { ...parameters, kubernetes_worker_instances: count },
    });
    expect(errorOf(response)).toEqual([
      400,
      'Please specify a number of workers that is between 1 and 5',
    ]);
  });

  test.each<[string, object]>([
    ['no name', { name: undefined }],
    ['an unknown plan', { plan_name: 'huge' }],
    ['a host with a backslash', { parameters: { kubernetes_master_host: 'a\\b' } }],
    ['an unknown parameter', { parameters: { ...parameters, tomorrow: 1 } }],
  ])('is rejected for %s', async (_case, body) => {
    expect(errorOf(await createCluster('cody', 'c9', body))).toEqual([400, expect.any(String)]);
    expect((await send('alana', 'GET', 'clusters/c9')).status).toBe(404);
  });
});

describe('updating a cluster', () => {
  test('returns 202 with an empty body, and keeps the old values until it finishes', async () => {
    const before = await show('dev-1');
    const change = { kubernetes_worker_instances: 4 };
    expect(await send('cody', 'PATCH', 'clusters/dev-1', change)).toMatchObject({
      status: 202,
      body: '',
    });
    expect(await show('dev-1')).toMatchObject({
      last_action: 'UPDATE',
      last_action_state: 'in progress',
      parameters: (before as { parameters: object }).parameters,
    });
    installation.passSeconds(10);
    expect(await show('dev-1')).toMatchObject({
      last_action_description: 'Instance update completed',
      parameters: { ...change, kubernetes_master_host: 'dev-1.example.com' },
    });
  });

  test('replaces all tags, and deletes them with delete_all_tags', async () => {
    const cluster_tags = [{ name: 'a', value: 'b' }];
    await finish({ cluster_tags });
    expect(await show('dev-1')).toMatchObject({ parameters: { cluster_tags } });
    await finish({ delete_all_tags: true });
    expect(await show('dev-1')).toMatchObject({ parameters: { cluster_tags: [] } });
  });

  test('keeps the drain settings and registries that it does not name', async () => {
    const registry = (domain_name: string, ca_cert: string) => ({ domain_name, ca_cert });
    await finish({
      kubelet_drain_timeout: '1',
      custom_ca_certs: [registry('a', '1'), registry('b', '1')],
    });
    await finish({ kubelet_drain_force: 'true', custom_ca_certs: [registry('b', '2')] });
    expect(await show('dev-1')).toMatchObject({
      parameters: {
        kubernetes_setting_cluster_details: {
          kubelet_drain_timeout: '1',
          kubelet_drain_force: 'true',
        },
        custom_ca_certs: [registry('a', '1'), registry('b', '2')],
      },
    });
  });

  test('accepts the complete parameters of the cluster, which clients send', async () => {
    const { json } = await send('cody', 'GET', 'clusters/dev-1');
    const { parameters: whole } = json as { parameters: object };
    await finish({ ...whole, kubernetes_worker_instances: 2 });
    expect(await show('dev-1')).toMatchObject({
      parameters: { kubernetes_worker_instances: 2, kubernetes_master_host: 'dev-1.example.com' },
    });
  });

  test.each([
    [{ kubernetes_worker_instances: 6 }],
    [{ kubernetes_worker_instances: '3' }],
    [{ kubelet_drain_timeout: 5 }],
    [{ compute_profile_name: 'three-zones' }],
    [{ kubernetes_profile_name: 'nope' }],
    ['{'],
  ])('with %j returns 400', async (body) => {
    const response = await send('cody', 'PATCH', 'clusters/dev-1', body);
    expect(errorOf(response)).toEqual([400, expect.any(String)]);
  });
});

test('a cluster that is being changed rejects other changes with the message of the broker', async () => {
  await send('cody', 'PATCH', 'clusters/dev-1', { kubernetes_worker_instances: 3 });
  for (const [method, path, body] of [
    ['PATCH', 'clusters/dev-1', { kubernetes_worker_instances: 4 }],
    ['DELETE', 'clusters/dev-1'],
    ['PATCH', 'clusters', { clusters: ['dev-3', 'dev-1'] }],
  ] as const) {
    expect(errorOf(await send('cody', method, path, body))).toEqual([409, busyMessage]);
  }
  expect(await show('dev-3')).not.toHaveProperty('last_action', 'UPGRADE');
});

test('a cluster is shown until its deletion has finished, and then its name can be used again', async () => {
  expect(await send('cody', 'DELETE', 'clusters/dev-1')).toMatchObject({ status: 204, body: '' });
  expect(await show('dev-1')).toMatchObject({
    last_action: 'DELETE',
    last_action_state: 'in progress',
  });
  installation.passSeconds(10);
  expect((await send('cody', 'GET', 'clusters/dev-1')).status).toBe(404);
  expect((await send('cody', 'DELETE', 'clusters/dev-1')).status).toBe(404);
  expect((await createCluster('cody', 'dev-1')).status).toBe(202);
});

test('a deletion that takes no time succeeds', async () => {
  ({ send } = createInstallation({ provisionSeconds: 0 }));
  expect((await send('cody', 'DELETE', 'clusters/dev-1')).status).toBe(204);
  expect((await send('cody', 'GET', 'clusters/dev-1')).status).toBe(404);
});

test('operations of a cluster with the plan "fails" do not change the cluster', async () => {
  await createCluster('cody', 'c1', { plan_name: 'fails' });
  installation.passSeconds(10);
  expect(await show('c1')).toMatchObject({
    last_action_state: 'failed',
    last_action_description: expect.stringMatching(
      new RegExp(
        '^There was a problem completing your request. Please contact your operations team ' +
          'providing the following information: service: p.pks, service-instance-guid: [0-9a-f-]{36}, ' +
          'broker-request-id: [0-9a-f-]{36}, task-id: \\d+, operation: create$',
      ),
    ),
  });
  await finish({ kubernetes_worker_instances: 2 }, 'c1');
  expect(await show('c1')).toMatchObject({
    last_action: 'UPDATE',
    last_action_state: 'failed',
    parameters: { kubernetes_worker_instances: 1 },
  });
  await send('cody', 'DELETE', 'clusters/c1');
  installation.passSeconds(10);
  expect((await send('cody', 'GET', 'clusters/c1')).status).toBe(404);
});

/** The status of a task, and the state of each of its clusters. */
async function taskStates(uuid: string): Promise<string[]> {
  const { json } = await send('alana', 'GET', `tasks/${uuid}`);
  const { status, clusters } = json as {
    readonly status: string;
    readonly clusters: readonly { cluster_name: string; last_action_state: string }[];
  };
  return [status, ...clusters.map((each) => `${each.cluster_name} ${each.last_action_state}`)];
}

async function upgrade(user: string, clusters: readonly string[], more: object = {}) {
  const { json } = await send(user, 'PATCH', 'clusters', { clusters, max_in_flight: 1, ...more });
  return (json as { uuid: string }).uuid;
}

describe('upgrading clusters', () => {
  test('returns the task', async () => {
    const response = await send('alana', 'PATCH', 'clusters', {
      clusters: ['dev-1', 'prod-1'],
      canaries: ['dev-3'],
      max_in_flight: 2,
    });
    const start_time = Date.UTC(2026, 0, 1) / 1000;
    const queued = { last_action: 'UPGRADE', last_action_state: 'queued', is_canary: false };
    expect([response.status, response.json]).toEqual([
      202,
      {
        uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        type: 'UPGRADE',
        status: 'in progress',
        start_time,
        clusters: [
          {
            cluster_name: 'dev-3',
            is_canary: true,
            start_time,
            last_action: 'UPGRADE',
            last_action_state: 'in progress',
          },
          { cluster_name: 'dev-1', ...queued },
          { cluster_name: 'prod-1', ...queued },
        ],
      },
    ]);
  });

  test('upgrades one cluster after another, to the version of the release', async () => {
    const storage = createMemoryStorage();
    createInstallation({ storage });
    installation = createInstallation({ storage, pksVersion: '1.20' });
    ({ send } = installation);
    expect(await show('dev-1')).toHaveProperty('pks_version', '1.7.0-build.26');
    const uuid = await upgrade('cody', ['dev-1', 'dev-3'], { canaries: ['dev-3'] });
    expect(await taskStates(uuid)).toEqual(['in progress', 'dev-3 in progress', 'dev-1 queued']);
    expect(await show('dev-1')).toHaveProperty('last_action_state', 'queued');
    installation.passSeconds(10);
    expect(await taskStates(uuid)).toEqual(['in progress', 'dev-3 succeeded', 'dev-1 in progress']);
    installation.passSeconds(10);
    expect(await taskStates(uuid)).toEqual(['done', 'dev-3 succeeded', 'dev-1 succeeded']);
    expect(await show('dev-1')).toMatchObject({
      last_action_description: 'Instance upgrade completed',
      pks_version: '1.20.0-build.52',
      k8s_version: expect.stringMatching(/^1\.29/),
      available_upgrades: [],
    });
  });

  test('stops after a canary that fails and leaves the other clusters unchanged', async () => {
    await createCluster('cody', 'bad', { plan_name: 'fails' });
    installation.passSeconds(10);
    const uuid = await upgrade('cody', ['dev-1'], { canaries: ['bad'] });
    expect(await taskStates(uuid)).toEqual(['in progress', 'bad in progress', 'dev-1 queued']);
    installation.passSeconds(10);
    expect(await taskStates(uuid)).toEqual(['done', 'bad failed', 'dev-1 queued']);
    expect(await show('dev-1')).not.toHaveProperty('last_action', 'UPGRADE');
    await finish({ kubernetes_worker_instances: 2 });
  });
});

describe('tasks', () => {
  test('that are canceled finish running clusters and reset queued ones', async () => {
    const uuid = await upgrade('alana', ['dev-1', 'prod-1', 'dev-3'], { max_in_flight: 2 });
    installation.passSeconds(5);
    for (let repeated = 0; repeated < 2; repeated += 1) {
      expect(await send('alana', 'PUT', `tasks/${uuid}`)).toMatchObject({
        status: 200,
        json: { uuid, status: 'canceled' },
      });
    }
    expect(await taskStates(uuid)).toEqual([
      ...['canceled', 'dev-1 in progress', 'prod-1 in progress'],
    ]);
    expect(await show('dev-3')).not.toHaveProperty('last_action', 'UPGRADE');
    installation.passSeconds(5);
    expect(await taskStates(uuid)).toEqual(['canceled', 'dev-1 succeeded', 'prod-1 succeeded']);
  });

  test('that have finished are not changed when they are canceled', async () => {
    const uuid = await upgrade('cody', ['dev-1']);
    installation.passSeconds(10);
    expect(await send('cody', 'PUT', `tasks/${uuid}`)).toMatchObject({
      status: 200,
      json: { status: 'done' },
    });
  });

  const seeded = 'd772aba0-2670-4fba-b26c-044b19d6ab60';

  test('are listed with the latest first, ten by default', async () => {
    const list = async (user: string, query = '') => {
      const { json } = await send(user, 'GET', `tasks${query}`);
      return (json as { uuid: string }[]).map(({ uuid }) => uuid);
    };
    const uuids: string[] = [];
    for (let index = 0; index < 11; index += 1) {
      uuids.unshift(await upgrade('alana', ['prod-1']));
      installation.passSeconds(10);
    }
    await send('alana', 'PUT', `tasks/${String(uuids[5])}`);
    expect(await list('alana')).toEqual(uuids.slice(0, 10));
    expect(await list('alana', '?limit=2')).toEqual(uuids.slice(0, 2));
    expect((await list('naomi', '?limit=100')).at(-1)).toBe(seeded);
    expect(await list('cody', '?limit=100')).not.toContain(seeded);
  });

  test('that are unknown are not found', async () => {
    for (const method of ['GET', 'PUT']) {
      const message = 'The task with the id "nope" not found.';
      expect(errorOf(await send('alana', method, 'tasks/nope'))).toEqual([404, message]);
    }
  });
});

test('release 1.20 accepts parameters that only this release has, and returns more fields', async () => {
  ({ send } = createInstallation({ pksVersion: '1.20' }));
  const response = await createCluster('cody', 'c1', {
    parameters: { ...parameters, node_pool_instances: { a: 1 }, servers: [], tomorrow: 1 },
  });
  expect(response.status).toBe(202);
  const { json, body } = await send('cody', 'GET', 'clusters/c1');
  expect(await show('prod-2')).toMatchObject({
    pks_version: '1.19.2-build.10',
    available_upgrades: [{ component: 'pks', version: '1.20.0-build.52' }, {}],
  });
  expect(json).toMatchObject({
    pks_version: '1.20.0-build.52',
    compute_profile_name: '',
    parameters: { node_pool_instances: { a: 1 }, nsx_policy: false, private_registries: true },
  });
  expect(body).not.toContain('null');
});

test('clusters with running operations, tasks, profiles and quotas are kept after a restart', async () => {
  const folder = temporaryFolder();
  const state = openState(folder);
  ({ send } = createInstallation({ storage: state.getStorage('broker') }));
  await createCluster('cody', 'c1');
  const uuid = await upgrade('cody', ['dev-1']);
  const network = { name: 'n', parameters: '{}' };
  await send('alana', 'POST', 'network-profiles', network);
  await send('alana', 'DELETE', 'network-profiles/np-routable');
  const quota = { owner: 'erin', limit: { cpu: 1, memory: 2, cluster: 3 } };
  await send('alana', 'POST', 'quotas', quota);
  state.close();
  ({ send } = createInstallation({ storage: openState(folder).getStorage('broker') }));
  expect(await show('c1')).toMatchObject({ last_action_state: 'in progress' });
  expect(await taskStates(uuid)).toEqual(['in progress', 'dev-1 in progress']);
  expect(namesIn(await send('alana', 'GET', 'network-profiles'))).toEqual(['np-prod', 'n']);
  expect((await send('alana', 'GET', 'quotas/erin')).json).toEqual(quota);
});

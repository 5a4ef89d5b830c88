import { beforeAll, describe, expect, test } from '@jest/globals';
import { runSandbox, temporaryFolder, type RawResponse } from '../running-sandbox.js';

const parameters = { kubernetes_master_host: 'c.example.com' };

/** Starts a sandbox with a fixed clock, and caches the tokens of its users. */
async function startInstallation(options: Parameters<typeof runSandbox>[0] = {}) {
  let now = Date.UTC(2026, 0, 1);
  const sandbox = await runSandbox({
    now: () => now,
    provisionSeconds: 10,
    tokenSeconds: 100_000,
    ...options,
  });
  const tokens = new Map<string, string>();
  const send = async (
    user: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<RawResponse> => {
    const bearer = tokens.get(user) ?? (await sandbox.fetchToken(user));
    tokens.set(user, bearer);
    return sandbox.send(`/v1/${path}`, { method, bearer, json: body });
  };
  const passSeconds = (seconds: number): void => {
    now += seconds * 1000;
  };
  const createCluster = (user: string, name: string, more: object = {}) =>
    send(user, 'POST', 'clusters', { name, plan_name: 'small', parameters, ...more });
  return { sandbox, send, passSeconds, createCluster };
}

type Installation = Awaited<ReturnType<typeof startInstallation>>;

const messageOf = (response: RawResponse) => response.json()['body'];

describe('creating a cluster', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation();
  });

  test('returns 202 and the cluster, as documented by the product', async () => {
    const response = await installation.createCluster('cody', 'c1', {
      network_profile_name: 'np-prod',
      parameters: {
        ...parameters,
        kubernetes_worker_instances: 2,
        cluster_tags: [{ name: 'a', value: 'b' }],
      },
    });
    expect(response.status).toBe(202);
    expect(response.json()).toMatchObject({
      name: 'c1',
      plan_name: 'small',
      last_action: 'CREATE',
      last_action_state: 'in progress',
      last_action_description: 'Creating cluster',
      kubernetes_master_ips: ['In Progress'],
      network_profile_name: 'np-prod',
      parameters: {
        kubernetes_master_host: 'c.example.com',
        kubernetes_master_port: 8443,
        worker_haproxy_ip_addresses: null,
        kubernetes_worker_instances: 2,
        authorization_mode: null,
        cluster_tags: [{ name: 'a', value: 'b' }],
      },
    });
    expect(response.text).not.toContain('owner');
    installation.passSeconds(10);
    expect(
      (await installation.send('cody', 'GET', 'clusters/c1')).json()['last_action_state'],
    ).toBe('succeeded');
  });

  test('makes the caller the owner, regardless of the body', async () => {
    expect((await installation.createCluster('cody', 'mine')).status).toBe(202);
    expect((await installation.send('cody', 'GET', 'clusters/mine')).status).toBe(200);
    expect((await installation.createCluster('cody', 'given', { owner: 'alana' })).status).toBe(
      400,
    );
    expect((await installation.createCluster('alana', 'hers')).status).toBe(202);
    expect((await installation.send('cody', 'GET', 'clusters/hers')).status).toBe(404);
  });

  test('is rejected if the name is taken, even by another user', async () => {
    const response = await installation.createCluster('cody', 'prod-1');
    expect([response.status, messageOf(response)]).toEqual([
      409,
      'The cluster named "prod-1" already exists.',
    ]);
  });

  test.each([0, -1, 6, 2_147_483_647])('is rejected for %s workers', async (count) => {
    const response = await installation.createCluster('cody', 'c9', {
      parameters: { ...parameters, kubernetes_worker_instances: count },
    });
    expect([response.status, messageOf(response)]).toEqual([
      400,
      'Please specify a number of workers that is between 1 and 5',
    ]);
  });

  test.each<[string, unknown]>([
    ['an empty body', ''],
    ['invalid JSON', '{'],
    ['a list', []],
    ['no name', { plan_name: 'small', parameters }],
    ['a name that is a number', { name: 7, plan_name: 'small', parameters }],
    ['a name with a slash', { name: 'a/b', plan_name: 'small', parameters }],
    ['a name of dots', { name: '..', plan_name: 'small', parameters }],
    ['a name of a thousand letters', { name: 'x'.repeat(1000), plan_name: 'small', parameters }],
    ['no plan', { name: 'c9', parameters }],
    ['an unknown plan', { name: 'c9', plan_name: 'huge', parameters }],
    ['no host', { name: 'c9', plan_name: 'small', parameters: {} }],
    [
      'a host with a backslash',
      { name: 'c9', plan_name: 'small', parameters: { kubernetes_master_host: 'a\\b' } },
    ],
    ['parameters that are a string', { name: 'c9', plan_name: 'small', parameters: 'x' }],
    [
      'an unknown profile',
      { name: 'c9', plan_name: 'small', parameters, network_profile_name: 'nope' },
    ],
    [
      'an unknown parameter',
      { name: 'c9', plan_name: 'small', parameters: { ...parameters, tomorrow: 1 } },
    ],
  ])('is rejected for %s', async (_case, body) => {
    const response = await installation.send('cody', 'POST', 'clusters', body);
    expect(response.status).toBe(400);
    expect(messageOf(response)).toEqual(expect.any(String));
    expect((await installation.send('alana', 'GET', 'clusters/c9')).status).toBe(404);
  });
});

describe('updating a cluster', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation();
  });
  const change = (body: unknown, user = 'cody', name = 'dev-1') =>
    installation.send(user, 'PATCH', `clusters/${name}`, body);
  const fetchParameters = async (name: string) =>
    (await installation.send('alana', 'GET', `clusterdetails/${name}`)).json()['parameters'];

  test('returns 202 with an empty body and finishes later', async () => {
    const response = await change({ kubernetes_worker_instances: 4 });
    expect([response.status, response.text]).toEqual([202, '']);
    installation.passSeconds(10);
    expect(await fetchParameters('dev-1')).toMatchObject({ kubernetes_worker_instances: 4 });
  });

  test('replaces all tags, and deletes them with delete_all_tags', async () => {
    await change({ cluster_tags: [{ name: 'a', value: 'b' }] });
    installation.passSeconds(10);
    expect(await fetchParameters('dev-1')).toMatchObject({
      cluster_tags: [{ name: 'a', value: 'b' }],
    });
    await change({ delete_all_tags: true });
    installation.passSeconds(10);
    expect(await fetchParameters('dev-1')).toMatchObject({ cluster_tags: [] });
  });

  test('keeps the drain settings and registries that it does not name', async () => {
    const registry = (domain_name: string, ca_cert: string) => ({ domain_name, ca_cert });
    for (const body of [
      { kubelet_drain_timeout: '1', custom_ca_certs: [registry('a', '1'), registry('b', '1')] },
      { kubelet_drain_force: 'true', custom_ca_certs: [registry('b', '2')] },
    ]) {
      expect((await change(body)).status).toBe(202);
      installation.passSeconds(10);
    }
    expect(await fetchParameters('dev-1')).toMatchObject({
      kubernetes_setting_cluster_details: {
        kubelet_drain_timeout: '1',
        kubelet_drain_force: 'true',
      },
      custom_ca_certs: [registry('a', '1'), registry('b', '2')],
    });
  });

  test('accepts the complete parameters of the cluster, which clients send', async () => {
    const { parameters: whole } = (await installation.send('cody', 'GET', 'clusters/dev-1')).json();
    expect((await change({ ...(whole as object), kubernetes_worker_instances: 2 })).status).toBe(
      202,
    );
    installation.passSeconds(10);
    expect(await fetchParameters('dev-1')).toMatchObject({
      kubernetes_worker_instances: 2,
      kubernetes_master_host: 'dev-1.example.com',
    });
  });

  test('is rejected with the message of the broker if the cluster is busy', async () => {
    await change({ kubernetes_worker_instances: 3 });
    for (const response of [
      await change({ kubernetes_worker_instances: 4 }),
      await installation.send('cody', 'DELETE', 'clusters/dev-1'),
      await installation.send('cody', 'PATCH', 'clusters', { clusters: ['dev-1'] }),
    ]) {
      expect([response.status, messageOf(response)]).toEqual([
        409,
        'od-broker is processing a request for the same instance... please try again later',
      ]);
    }
    installation.passSeconds(10);
  });

  test.each<[unknown, number]>([
    [{ kubernetes_worker_instances: 6 }, 400],
    [{ kubernetes_worker_instances: '3' }, 400],
    [{ kubelet_drain_timeout: 5 }, 400],
    [{ compute_profile_name: 'three-zones' }, 400],
    [{ kubernetes_profile_name: 'nope' }, 400],
    ['{', 400],
  ])('with %j returns %s', async (body, status) => {
    const response = await change(body);
    expect(response.status).toBe(status);
    expect(messageOf(response)).toEqual(expect.any(String));
  });
});

describe('deleting a cluster', () => {
  test('returns 204, and the cluster is shown until it is deleted', async () => {
    const installation = await startInstallation();
    const response = await installation.send('cody', 'DELETE', 'clusters/dev-1');
    expect([response.status, response.text]).toEqual([204, '']);
    expect((await installation.send('cody', 'GET', 'clusters/dev-1')).json()).toMatchObject({
      last_action: 'DELETE',
      last_action_state: 'in progress',
    });
    installation.passSeconds(10);
    expect((await installation.send('cody', 'GET', 'clusters/dev-1')).status).toBe(404);
    expect((await installation.send('cody', 'DELETE', 'clusters/dev-1')).status).toBe(404);
  });
});

describe('upgrading clusters', () => {
  let shared: Installation | undefined;

  test('returns the task', async () => {
    const installation = await startInstallation();
    const response = await installation.send('alana', 'PATCH', 'clusters', {
      clusters: ['dev-1', 'prod-1'],
      canaries: ['dev-3'],
      max_in_flight: 2,
    });
    expect(response.status).toBe(202);
    expect(response.json()).toEqual({
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'UPGRADE',
      status: 'in progress',
      start_time: Date.UTC(2026, 0, 1) / 1000,
      clusters: [
        {
          cluster_name: 'dev-3',
          last_action: 'UPGRADE',
          last_action_state: 'in progress',
          start_time: Date.UTC(2026, 0, 1) / 1000,
          is_canary: true,
        },
        {
          cluster_name: 'dev-1',
          last_action: 'UPGRADE',
          last_action_state: 'queued',
          is_canary: false,
        },
        {
          cluster_name: 'prod-1',
          last_action: 'UPGRADE',
          last_action_state: 'queued',
          is_canary: false,
        },
      ],
    });
  });

  test.each<[object, number]>([
    [{}, 400],
    [{ clusters: [] }, 400],
    [{ clusters: 'dev-1' }, 400],
    [{ clusters: ['dev-1'], max_in_flight: 0 }, 400],
    [{ clusters: ['dev-1'], nodes_parallel: 2 }, 400],
    [{ clusters: ['dev-1', 'prod-1'] }, 404],
    [{ clusters: ['dev-1'], canaries: ['nope'] }, 404],
  ])('with %j as cody returns %s', async (body, status) => {
    shared ??= await startInstallation();
    expect((await shared.send('cody', 'PATCH', 'clusters', body)).status).toBe(status);
  });

  test('offers the version of the release', async () => {
    for (const [pksVersion, version] of [
      ['1.7', '1.7.0-build.26'],
      ['1.20', '1.20.0-build.52'],
    ] as const) {
      const installation = await startInstallation({ pksVersion });
      expect((await installation.send('cody', 'GET', 'upgradable')).text).toBe(version);
    }
  });
});

describe('permissions for clusters', () => {
  type Write = [method: string, path: string, body?: object];
  const host = { plan_name: 'small', parameters };
  const writes: [name: string, status: number, to: (cluster: string) => Write][] = [
    ['create', 202, (name) => ['POST', 'clusters', { name: `new-${name}`, ...host }]],
    ['update', 202, (name) => ['PATCH', `clusters/${name}`, { delete_all_tags: true }]],
    ['upgrade', 202, (name) => ['PATCH', 'clusters', { clusters: [name] }]],
    ['delete', 204, (name) => ['DELETE', `clusters/${name}`]],
  ];

  test.each(writes)(
    '%s is allowed for the administrator and the owner, but not for read-only users',
    async (_name, ok, expectedState) => {
      const installation = await startInstallation();
      for (const user of ['naomi', 'dana']) {
        expect((await installation.send(user, ...expectedState('dev-1'))).status).toBe(403);
      }
      expect((await installation.send('cody', ...expectedState('dev-1'))).status).toBe(ok);
      expect((await installation.send('alana', ...expectedState('dev-3'))).status).toBe(ok);
    },
  );

  test.each([
    ['PATCH', 'clusters/prod-1', { kubernetes_worker_instances: 2 }],
    ['PATCH', 'clusters', { clusters: ['prod-1'] }],
    ['DELETE', 'clusters/prod-1', undefined],
  ])(
    '%s %s for a cluster of another user fails as for an unknown cluster',
    async (method, path, body) => {
      const installation = await startInstallation();
      const response = await installation.send('cody', method, path, body);
      expect([response.status, messageOf(response)]).toEqual([
        404,
        'The cluster named "prod-1" not found.',
      ]);
    },
  );
});

describe('release 1.20', () => {
  test('accepts parameters that only this release has, and returns more fields', async () => {
    const installation = await startInstallation({ pksVersion: '1.20' });
    const response = await installation.createCluster('cody', 'c1', {
      parameters: { ...parameters, node_pool_instances: { a: 1 }, servers: [], tomorrow: 1 },
    });
    expect(response.status).toBe(202);
    const { json } = await installation.send('cody', 'GET', 'clusters/c1');
    expect(json()).toMatchObject({
      pks_version: '1.20.0-build.52',
      compute_profile_name: '',
      parameters: {
        node_pool_instances: { a: 1 },
        nsx_policy: false,
        private_registries: true,
      },
    });
    expect(JSON.stringify(json())).not.toContain('null');
  });

  test('has clusters of the previous release that can be upgraded', async () => {
    const installation = await startInstallation({ pksVersion: '1.20' });
    expect((await installation.send('alana', 'GET', 'clusters/prod-2')).json()).toMatchObject({
      pks_version: '1.19.2-build.10',
      available_upgrades: [{ component: 'pks', version: '1.20.0-build.52' }, {}],
    });
  });
});

describe('a sandbox with a folder', () => {
  test('keeps clusters and running operations; without a folder, they are lost', async () => {
    const options = { dir: temporaryFolder(), provisionSeconds: 3600 };
    const first = await runSandbox(options);
    const json = { name: 'c1', plan_name: 'small', parameters };
    await first.send('/v1/clusters', { bearer: await first.fetchToken('cody'), json });
    await first.close();
    const second = await runSandbox(options);
    const found = await second.send('/v1/clusters/c1', { bearer: await second.fetchToken('cody') });
    expect(found.json()).toMatchObject({ name: 'c1', last_action_state: 'in progress' });
    const other = await runSandbox();
    const bearer = await other.fetchToken('cody');
    expect((await other.send('/v1/clusters/c1', { bearer })).status).toBe(404);
  });
});

import { beforeAll, describe, expect, test } from '@jest/globals';
import { runSandbox, temporaryFolder, type RawResponse } from '../running-sandbox.js';

const parameters = { kubernetes_master_host: 'c.example.com' };

/** An installation with a clock of its own, and its users’ tokens. */
async function installation(options: Parameters<typeof runSandbox>[0] = {}) {
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
    const bearer = tokens.get(user) ?? (await sandbox.tokenOf(user));
    tokens.set(user, bearer);
    return sandbox.ask(`/v1/${path}`, { method, bearer, json: body });
  };
  const pass = (seconds: number): void => {
    now += seconds * 1000;
  };
  const make = (user: string, name: string, more: object = {}) =>
    send(user, 'POST', 'clusters', { name, plan_name: 'small', parameters, ...more });
  return { sandbox, send, pass, make };
}

type Installation = Awaited<ReturnType<typeof installation>>;

const wordsOf = (answer: RawResponse) => answer.json()['body'];

describe('a creation', () => {
  let it: Installation;
  beforeAll(async () => {
    it = await installation();
  });

  test('is answered with 202 and the cluster, as the product’s page has it', async () => {
    const answer = await it.make('cody', 'c1', {
      network_profile_name: 'np-prod',
      parameters: {
        ...parameters,
        kubernetes_worker_instances: 2,
        cluster_tags: [{ name: 'a', value: 'b' }],
      },
    });
    expect(answer.status).toBe(202);
    expect(answer.json()).toMatchObject({
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
    expect(answer.text).not.toContain('owner');
    it.pass(10);
    expect((await it.send('cody', 'GET', 'clusters/c1')).json()['last_action_state']).toBe(
      'succeeded',
    );
  });

  test('makes the caller its owner, and a body cannot say otherwise', async () => {
    expect((await it.make('cody', 'mine')).status).toBe(202);
    expect((await it.send('cody', 'GET', 'clusters/mine')).status).toBe(200);
    expect((await it.make('cody', 'given', { owner: 'alana' })).status).toBe(400);
    expect((await it.make('alana', 'hers')).status).toBe(202);
    expect((await it.send('cody', 'GET', 'clusters/hers')).status).toBe(404);
  });

  test('is refused for a name that is taken, be it by somebody else', async () => {
    const answer = await it.make('cody', 'prod-1');
    expect([answer.status, wordsOf(answer)]).toEqual([
      409,
      'The cluster named "prod-1" already exists.',
    ]);
  });

  test.each([0, -1, 6, 2_147_483_647])('is refused for %s workers', async (count) => {
    const answer = await it.make('cody', 'c9', {
      parameters: { ...parameters, kubernetes_worker_instances: count },
    });
    expect([answer.status, wordsOf(answer)]).toEqual([
      400,
      'Please specify a number of workers that is between 1 and 5',
    ]);
  });

  test.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', []],
    ['no name', { plan_name: 'small', parameters }],
    ['a name that is a number', { name: 7, plan_name: 'small', parameters }],
    ['a name with a slash', { name: 'a/b', plan_name: 'small', parameters }],
    ['a name of dots', { name: '..', plan_name: 'small', parameters }],
    ['a name of a thousand letters', { name: 'x'.repeat(1000), plan_name: 'small', parameters }],
    ['no plan', { name: 'c9', parameters }],
    ['a plan that is not there', { name: 'c9', plan_name: 'huge', parameters }],
    ['no host', { name: 'c9', plan_name: 'small', parameters: {} }],
    [
      'a host with a backslash',
      { name: 'c9', plan_name: 'small', parameters: { kubernetes_master_host: 'a\\b' } },
    ],
    ['parameters that are a text', { name: 'c9', plan_name: 'small', parameters: 'x' }],
    [
      'tags without a name',
      { name: 'c9', plan_name: 'small', parameters: { ...parameters, cluster_tags: [{}] } },
    ],
    [
      'a registry with a semicolon',
      {
        name: 'c9',
        plan_name: 'small',
        parameters: { ...parameters, custom_ca_certs: [{ domain_name: 'a;b' }] },
      },
    ],
    [
      'a profile that is not there',
      { name: 'c9', plan_name: 'small', parameters, network_profile_name: 'nope' },
    ],
    [
      'a member of tomorrow',
      { name: 'c9', plan_name: 'small', parameters: { ...parameters, tomorrow: 1 } },
    ],
  ])('is refused for %s', async (_what, body) => {
    const answer = await it.send('cody', 'POST', 'clusters', body);
    expect(answer.status).toBe(400);
    expect(wordsOf(answer)).toEqual(expect.any(String));
    expect((await it.send('alana', 'GET', 'clusters/c9')).status).toBe(404);
  });
});

describe('a change', () => {
  let it: Installation;
  beforeAll(async () => {
    it = await installation();
  });
  const change = (body: unknown, user = 'cody', name = 'dev-1') =>
    it.send(user, 'PATCH', `clusters/${name}`, body);
  const detailsOf = async (name: string) =>
    (await it.send('alana', 'GET', `clusterdetails/${name}`)).json()['parameters'];

  test('is answered with 202 and nothing, and done in its time', async () => {
    const answer = await change({ kubernetes_worker_instances: 4 });
    expect([answer.status, answer.text]).toEqual([202, '']);
    it.pass(10);
    expect(await detailsOf('dev-1')).toMatchObject({ kubernetes_worker_instances: 4 });
  });

  test('replaces all tags, and takes them away when told to', async () => {
    await change({ cluster_tags: [{ name: 'a', value: 'b' }] });
    it.pass(10);
    expect(await detailsOf('dev-1')).toMatchObject({ cluster_tags: [{ name: 'a', value: 'b' }] });
    await change({ delete_all_tags: true });
    it.pass(10);
    expect(await detailsOf('dev-1')).toMatchObject({ cluster_tags: [] });
  });

  test('keeps settings of draining, and registries, that it does not name', async () => {
    const registry = (domain_name: string, ca_cert: string) => ({ domain_name, ca_cert });
    for (const body of [
      { kubelet_drain_timeout: '1', custom_ca_certs: [registry('a', '1'), registry('b', '1')] },
      { kubelet_drain_force: 'true', custom_ca_certs: [registry('b', '2')] },
    ]) {
      expect((await change(body)).status).toBe(202);
      it.pass(10);
    }
    expect(await detailsOf('dev-1')).toMatchObject({
      kubernetes_setting_cluster_details: {
        kubelet_drain_timeout: '1',
        kubelet_drain_force: 'true',
      },
      custom_ca_certs: [registry('a', '1'), registry('b', '2')],
    });
  });

  test('may be a cluster’s whole parameters, as clients send them', async () => {
    const { parameters: whole } = (await it.send('cody', 'GET', 'clusters/dev-1')).json();
    expect((await change({ ...(whole as object), kubernetes_worker_instances: 2 })).status).toBe(
      202,
    );
    it.pass(10);
    expect(await detailsOf('dev-1')).toMatchObject({
      kubernetes_worker_instances: 2,
      kubernetes_master_host: 'dev-1.example.com',
    });
  });

  test('of a busy cluster is refused in the broker’s words', async () => {
    await change({ kubernetes_worker_instances: 3 });
    for (const answer of [
      await change({ kubernetes_worker_instances: 4 }),
      await it.send('cody', 'DELETE', 'clusters/dev-1'),
      await it.send('cody', 'PATCH', 'clusters', { clusters: ['dev-1'] }),
    ]) {
      expect([answer.status, wordsOf(answer)]).toEqual([
        409,
        'od-broker is processing a request for the same instance... please try again later',
      ]);
    }
    it.pass(10);
  });

  test.each<[unknown, number]>([
    [{ kubernetes_worker_instances: 6 }, 400],
    [{ kubernetes_worker_instances: '3' }, 400],
    [{ kubelet_drain_timeout: 5 }, 400],
    [{ compute_profile_name: 'three-zones' }, 400],
    [{ kubernetes_profile_name: 'nope' }, 400],
    ['{', 400],
  ])('%j is answered with %s', async (body, status) => {
    const answer = await change(body);
    expect(answer.status).toBe(status);
    expect(wordsOf(answer)).toEqual(expect.any(String));
  });
});

describe('a deletion', () => {
  test('is answered with 204, and the cluster is seen until it is gone', async () => {
    const it = await installation();
    const answer = await it.send('cody', 'DELETE', 'clusters/dev-1');
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await it.send('cody', 'GET', 'clusters/dev-1')).json()).toMatchObject({
      last_action: 'DELETE',
      last_action_state: 'in progress',
    });
    it.pass(10);
    expect((await it.send('cody', 'GET', 'clusters/dev-1')).status).toBe(404);
    expect((await it.send('cody', 'DELETE', 'clusters/dev-1')).status).toBe(404);
  });
});

describe('an upgrade', () => {
  let shared: Installation | undefined;

  test('is answered with its task', async () => {
    const it = await installation();
    const answer = await it.send('alana', 'PATCH', 'clusters', {
      clusters: ['dev-1', 'prod-1'],
      canaries: ['dev-3'],
      max_in_flight: 2,
    });
    expect(answer.status).toBe(202);
    expect(answer.json()).toEqual({
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
  ])('%j by cody is answered with %s', async (body, status) => {
    shared ??= await installation();
    expect((await shared.send('cody', 'PATCH', 'clusters', body)).status).toBe(status);
  });

  test('goes to the version of the release', async () => {
    for (const [pksVersion, version] of [
      ['1.7', '1.7.0-build.26'],
      ['1.20', '1.20.0-build.52'],
    ] as const) {
      const it = await installation({ pksVersion });
      expect((await it.send('cody', 'GET', 'upgradable')).text).toBe(version);
    }
  });
});

describe('who may', () => {
  type Write = [method: string, path: string, body?: object];
  const host = { plan_name: 'small', parameters };
  const writes: [name: string, status: number, to: (cluster: string) => Write][] = [
    ['create', 202, (name) => ['POST', 'clusters', { name: `new-${name}`, ...host }]],
    ['change', 202, (name) => ['PATCH', `clusters/${name}`, { delete_all_tags: true }]],
    ['upgrade', 202, (name) => ['PATCH', 'clusters', { clusters: [name] }]],
    ['delete', 204, (name) => ['DELETE', `clusters/${name}`]],
  ];

  test.each(writes)('%s: admin and the owner, and nobody who only reads', async (_name, ok, to) => {
    const it = await installation();
    for (const user of ['naomi', 'dana']) {
      expect((await it.send(user, ...to('dev-1'))).status).toBe(403);
    }
    expect((await it.send('cody', ...to('dev-1'))).status).toBe(ok);
    expect((await it.send('alana', ...to('dev-3'))).status).toBe(ok);
  });

  test.each([
    ['PATCH', 'clusters/prod-1', { kubernetes_worker_instances: 2 }],
    ['PATCH', 'clusters', { clusters: ['prod-1'] }],
    ['DELETE', 'clusters/prod-1', undefined],
  ])('%s %s of another’s is answered like one that is not there', async (method, path, body) => {
    const it = await installation();
    const answer = await it.send('cody', method, path, body);
    expect([answer.status, wordsOf(answer)]).toEqual([
      404,
      'The cluster named "prod-1" not found.',
    ]);
  });
});

describe('a later release', () => {
  test('takes what it alone knows, and tells more', async () => {
    const it = await installation({ pksVersion: '1.20' });
    const made = await it.make('cody', 'c1', {
      parameters: { ...parameters, node_pool_instances: { a: 1 }, servers: [], tomorrow: 1 },
    });
    expect(made.status).toBe(202);
    const { json } = await it.send('cody', 'GET', 'clusters/c1');
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

  test('has clusters of the release before it to upgrade', async () => {
    const it = await installation({ pksVersion: '1.20' });
    expect((await it.send('alana', 'GET', 'clusters/prod-2')).json()).toMatchObject({
      pks_version: '1.19.2-build.10',
      available_upgrades: [{ component: 'pks', version: '1.20.0-build.52' }, {}],
    });
  });
});

describe('a folder', () => {
  test('keeps clusters and what is under way; without one all is new', async () => {
    const options = { dir: temporaryFolder(), provisionSeconds: 3600 };
    const first = await runSandbox(options);
    const json = { name: 'kept', plan_name: 'small', parameters };
    await first.ask('/v1/clusters', { bearer: await first.tokenOf('cody'), json });
    await first.close();
    const second = await runSandbox(options);
    const found = await second.ask('/v1/clusters/kept', { bearer: await second.tokenOf('cody') });
    expect(found.json()).toMatchObject({ name: 'kept', last_action_state: 'in progress' });
    const other = await runSandbox();
    const bearer = await other.tokenOf('cody');
    expect((await other.ask('/v1/clusters/kept', { bearer })).status).toBe(404);
  });
});

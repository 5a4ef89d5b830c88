import { beforeAll, describe, expect, test } from '@jest/globals';
import { runSandbox, temporaryFolder, type RunningSandbox } from '../running-sandbox.js';

let old: RunningSandbox;
let recent: RunningSandbox;

beforeAll(async () => {
  [old, recent] = await Promise.all([runSandbox(), runSandbox({ pksVersion: '1.20' })]);
});

const network = { name: 'n', parameters: '{"lb_size":"small"}' };
const zone = { name: 'z1', cpi: 'abc', cloud_properties: {} };
const compute = { name: 'c', parameters: { azs: [zone], master_azs: ['z1'], worker_azs: ['z1'] } };
const kubernetes = {
  name: 'k',
  customizations: [{ component: 'kubelet', arguments: { 'max-pods': '100' } }],
};
const bodies = { network, compute, kubernetes };

async function post(kind: keyof typeof bodies, json: unknown, user = 'alana', sandbox = old) {
  const bearer = await sandbox.fetchToken(user);
  return sandbox.send(`/v1/${kind}-profiles`, { method: 'POST', bearer, json });
}

describe.each(['network', 'compute', 'kubernetes'] as const)('%s profiles', (kind) => {
  test('are created once, shown, listed and deleted', async () => {
    const bearer = await old.fetchToken('alana');
    const body = bodies[kind];
    const made = await post(kind, body);
    expect([made.status, made.text]).toEqual([201, '']);
    const secondResponse = await post(kind, body);
    expect([secondResponse.status, secondResponse.json()]).toEqual([
      409,
      { body: `The ${kind} profile named "${body.name}" already exists.` },
    ]);
    const got = await old.send(`/v1/${kind}-profiles/${body.name}`, { bearer });
    expect([got.status, got.json()]).toEqual([
      200,
      expect.objectContaining({ ...body, uuid: expect.stringMatching(/^[\da-f-]{36}$/) }),
    ]);
    const list = await old.send(`/v1/${kind}-profiles`, { bearer });
    expect(JSON.parse(list.text)).toContainEqual(got.json());
    const path = `/v1/${kind}-profiles/${body.name}`;
    const gone = await old.send(path, { method: 'DELETE', bearer });
    expect([gone.status, gone.text]).toEqual([204, '']);
    for (const method of ['GET', 'DELETE']) {
      const missing = await old.send(path, { method, bearer });
      expect([missing.status, missing.json()]).toEqual([
        404,
        { body: `The ${kind} profile named "${body.name}" not found.` },
      ]);
    }
  });

  test('cannot be deleted while they are in use', async () => {
    const used = { network: 'np-prod', compute: 'three-zones', kubernetes: 'audited' }[kind];
    const bearer = await old.fetchToken('alana');
    const path = `/v1/${kind}-profiles/${used}`;
    const response = await old.send(path, { method: 'DELETE', bearer });
    expect([response.status, response.json()]).toEqual([
      409,
      { body: `The ${kind} profile named "${used}" is in use and cannot be deleted.` },
    ]);
    expect((await old.send(path, { bearer })).status).toBe(200);
  });

  test('require a name and fields of the right types', async () => {
    const body = bodies[kind];
    for (const wrong of [[], 'x', {}, { ...body, name: ' ' }, { ...body, name: 7 }]) {
      const { status, text } = await post(kind, wrong);
      expect([status, text]).toEqual([400, expect.stringMatching(/^\{"body":".+"\}$/)]);
    }
    const description = await post(kind, { ...body, description: 7 });
    expect(description.json()).toEqual({ body: 'description must be a string' });
    const unknown = await post(kind, { ...body, more: 1 });
    expect(unknown.json()).toEqual({ body: 'JSON parse error: Unrecognized field "more"' });
  });
});

describe('profile validation', () => {
  test.each([
    ['network', { parameters: { lb_size: 'small' } }, 'parameters must be a string'],
    ['network', { parameters: '[1]' }, 'parameters must be a JSON object as a string'],
    ['network', { parameters: undefined }, 'parameters is required'],
    ['compute', { name: 'x'.repeat(27) }, 'name must have 26 characters or less'],
    ['compute', { parameters: '{}' }, 'parameters must be an object'],
    ['compute', { parameters: {} }, 'azs is required'],
    ['compute', { parameters: { azs: [{ ...zone, cpi: '' }] } }, 'cpi is required'],
    [
      'compute',
      { parameters: { azs: [zone], cluster_customization: {} } },
      'JSON parse error: Unrecognized field "cluster_customization"',
    ],
    [
      'kubernetes',
      { customizations: [{ component: 'kubelet', arguments: { 'max-pods': 100 } }] },
      'max-pods must be a string',
    ],
    [
      'kubernetes',
      { experimental_customizations: [{ component: 'x', 'file-arguments': ['a'] }] },
      'file-arguments must be an object',
    ],
  ] as const)('rejects a %s profile with %j: %s', async (kind, change, body) => {
    const { status, text } = await post(kind, { ...bodies[kind], ...change });
    expect([status, JSON.parse(text)]).toEqual([400, { body }]);
  });

  test('1.20 accepts node pools', async () => {
    const body = { name: 'pools', parameters: { cluster_customization: { node_pools: [{}] } } };
    expect((await post('compute', body, 'alana', recent)).status).toBe(201);
  });
});

/** @see pks-api, section 4 */
describe('permissions for profiles', () => {
  test.each([
    ['alana', [201, 201, 201]],
    ['cody', [403, 403, 201]],
    ['naomi', [403, 403, 403]],
    ['dana', [403, 403, 403]],
  ])('creating profiles as %s returns %j', async (user, expected) => {
    const responses = [];
    for (const kind of ['network', 'compute', 'kubernetes'] as const) {
      const { status } = await post(kind, { ...bodies[kind], name: `of-${user}` }, user);
      responses.push(status);
    }
    expect(responses).toEqual(expected);
  });

  test('a kubernetes profile is visible to its owner and to administrators', async () => {
    const seen = async (user: string) => {
      const bearer = await old.fetchToken(user);
      const { text } = await old.send('/v1/kubernetes-profiles', { bearer });
      return (JSON.parse(text) as { name: string }[]).map(({ name }) => name);
    };
    expect(await seen('naomi')).toEqual(expect.arrayContaining(['audited', 'cody-basic']));
    expect(await seen('cody')).not.toContain('audited');
    const bearer = await old.fetchToken('cody');
    for (const method of ['GET', 'DELETE']) {
      const { status } = await old.send('/v1/kubernetes-profiles/audited', { method, bearer });
      expect(status).toBe(404);
    }
    const own = await old.send('/v1/kubernetes-profiles/cody-basic', { bearer });
    expect(own.json()).toMatchObject({ owner: 'cody', created_at: expect.any(Number) });
  });
});

describe('creating a cluster', () => {
  const clusterBody = (name: string, profiles: object) => ({
    name,
    plan_name: 'small',
    parameters: { kubernetes_master_host: 'h.example.com', kubernetes_worker_instances: 1 },
    ...profiles,
  });

  test.each([
    [{ network_profile_name: 'nope' }, 'The network profile named "nope" not found.'],
    [{ kubernetes_profile_name: 'audited' }, 'The kubernetes profile named "audited" not found.'],
  ])('is rejected with %j if the user cannot see the profile', async (profiles, body) => {
    const bearer = await old.fetchToken('cody');
    const json = clusterBody('c1', profiles);
    const { status, text } = await old.send('/v1/clusters', { method: 'POST', bearer, json });
    expect([status, JSON.parse(text)]).toEqual([400, { body }]);
    const change = await old.send('/v1/clusters/dev-1', {
      method: 'PATCH',
      bearer,
      json: profiles,
    });
    expect([change.status, change.json()]).toEqual([400, { body }]);
  });

  test('prevents the deletion of its profiles', async () => {
    const bearer = await old.fetchToken('cody');
    await post('kubernetes', { ...kubernetes, name: 'held' }, 'cody');
    const json = clusterBody('holder', { kubernetes_profile_name: 'held' });
    const made = await old.send('/v1/clusters', { method: 'POST', bearer, json });
    expect(made.status).toBe(202);
    const gone = await old.send('/v1/kubernetes-profiles/held', { method: 'DELETE', bearer });
    expect(gone.status).toBe(409);
  });
});

test('profiles and quotas are kept after a restart', async () => {
  const dir = temporaryFolder();
  const first = await runSandbox({ dir });
  const bearer = await first.fetchToken('alana');
  await first.send('/v1/network-profiles', { method: 'POST', bearer, json: network });
  await first.send('/v1/network-profiles/np-routable', { method: 'DELETE', bearer });
  const quota = { owner: 'erin', limit: { cpu: 1, memory: 2, cluster: 3 } };
  await first.send('/v1/quotas', { method: 'POST', bearer, json: quota });
  await first.close();
  const second = await runSandbox({ dir });
  const secondResponse = await second.fetchToken('alana');
  const { text } = await second.send('/v1/network-profiles', { bearer: secondResponse });
  expect((JSON.parse(text) as { name: string }[]).map(({ name }) => name)).toEqual([
    'np-prod',
    'n',
  ]);
  expect((await second.send('/v1/quotas/erin', { bearer: secondResponse })).json()).toEqual(quota);
});

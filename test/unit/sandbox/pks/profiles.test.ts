import { beforeAll, describe, expect, test } from '@jest/globals';
import { createInstallation, errorOf, namesIn, type Installation } from './installation.js';

let send: Installation['send'];
beforeAll(() => {
  ({ send } = createInstallation());
});

const zone = { name: 'z1', cpi: 'abc', cloud_properties: {} };
const bodies = {
  network: { name: 'n', parameters: '{"lb_size":"small"}' },
  compute: { name: 'c', parameters: { azs: [zone], master_azs: ['z1'], worker_azs: ['z1'] } },
  kubernetes: {
    name: 'k',
    customizations: [{ component: 'kubelet', arguments: { 'max-pods': '100' } }],
  },
};
const kinds = ['network', 'compute', 'kubernetes'] as const;

const post = (kind: keyof typeof bodies, body: unknown, user = 'alana') =>
  send(user, 'POST', `${kind}-profiles`, body);

describe.each(kinds)('%s profiles', (kind) => {
  const body = bodies[kind];

  test('are created once, shown, listed and deleted', async () => {
    const path = `${kind}-profiles/${body.name}`;
    expect(await post(kind, body)).toMatchObject({ status: 201, body: '' });
    const repeated = `The ${kind} profile named "${body.name}" already exists.`;
    expect(errorOf(await post(kind, body))).toEqual([409, repeated]);
    const { json } = await send('alana', 'GET', path);
    expect(json).toMatchObject({ ...body, uuid: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect((await send('alana', 'GET', `${kind}-profiles`)).json).toContainEqual(json);
    expect(await send('alana', 'DELETE', path)).toMatchObject({ status: 204, body: '' });
    const missing = `The ${kind} profile named "${body.name}" not found.`;
    for (const method of ['GET', 'DELETE']) {
      expect(errorOf(await send('alana', method, path))).toEqual([404, missing]);
    }
  });

  test('cannot be deleted while they are in use', async () => {
    const used = { network: 'np-prod', compute: 'three-zones', kubernetes: 'audited' }[kind];
    const path = `${kind}-profiles/${used}`;
    expect(errorOf(await send('alana', 'DELETE', path))).toEqual([
      409,
      `The ${kind} profile named "${used}" is in use and cannot be deleted.`,
    ]);
    expect((await send('alana', 'GET', path)).status).toBe(200);
  });

  test('require a name and fields of the right types', async () => {
    for (const wrong of [[], '"x"', {}, { ...body, name: ' ' }, { ...body, name: 7 }]) {
      expect(errorOf(await post(kind, wrong))).toEqual([400, expect.stringMatching(/./)]);
    }
    const messageFor = async (change: object) => errorOf(await post(kind, { ...body, ...change }));
    expect(await messageFor({ description: 7 })).toEqual([400, 'description must be a string']);
    const unknown = 'JSON parse error: Unrecognized field "more"';
    expect(await messageFor({ more: 1 })).toEqual([400, unknown]);
  });
});

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
] as const)('rejects a %s profile with %j: %s', async (kind, change, message) => {
  expect(errorOf(await post(kind, { ...bodies[kind], ...change }))).toEqual([400, message]);
});

test('release 1.20 accepts node pools', async () => {
  const recent = createInstallation({ pksVersion: '1.20' });
  const body = { name: 'pools', parameters: { cluster_customization: { node_pools: [{}] } } };
  expect((await recent.send('alana', 'POST', 'compute-profiles', body)).status).toBe(201);
});

/** @see pks-api, section 4 */
describe('permissions for profiles', () => {
  test.each([
    ['alana', [201, 201, 201]],
    ['cody', [403, 403, 201]],
    ['naomi', [403, 403, 403]],
    ['dana', [403, 403, 403]],
  ])('creating profiles as %s returns %j', async (user, expected) => {
    const statuses = [];
    for (const kind of kinds) {
      statuses.push((await post(kind, { ...bodies[kind], name: `of-${user}` }, user)).status);
    }
    expect(statuses).toEqual(expected);
  });

  test('a kubernetes profile is visible to its owner and to administrators', async () => {
    const seen = async (user: string) => namesIn(await send(user, 'GET', 'kubernetes-profiles'));
    expect(await seen('naomi')).toEqual(expect.arrayContaining(['audited', 'cody-basic']));
    expect(await seen('cody')).not.toContain('audited');
    for (const method of ['GET', 'DELETE']) {
      expect((await send('cody', method, 'kubernetes-profiles/audited')).status).toBe(404);
    }
    expect((await send('cody', 'GET', 'kubernetes-profiles/cody-basic')).json).toMatchObject({
      owner: 'cody',
      created_at: expect.any(Number),
    });
  });
});

describe('creating a cluster', () => {
  const create = (profiles: object) =>
    send('cody', 'POST', 'clusters', {
      ...{ name: 'holder', plan_name: 'small', ...profiles },
      parameters: { kubernetes_master_host: 'h.example.com' },
    });

  test.each([
    [{ network_profile_name: 'nope' }, 'The network profile named "nope" not found.'],
    [{ kubernetes_profile_name: 'audited' }, 'The kubernetes profile named "audited" not found.'],
  ])('is rejected with %j if the user cannot see the profile', async (profiles, message) => {
    expect(errorOf(await create(profiles))).toEqual([400, message]);
    const changed = await send('cody', 'PATCH', 'clusters/dev-1', profiles);
    expect(errorOf(changed)).toEqual([400, message]);
  });

  test('prevents the deletion of its profiles', async () => {
    await post('kubernetes', { ...bodies.kubernetes, name: 'held' }, 'cody');
    expect((await create({ kubernetes_profile_name: 'held' })).status).toBe(202);
    expect((await send('cody', 'DELETE', 'kubernetes-profiles/held')).status).toBe(409);
  });
});

import { beforeAll, describe, expect, test } from '@jest/globals';
import { createInstallation, errorOf, type Installation } from './installation.js';

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
const post = (kind: keyof typeof bodies, body: unknown, user = 'alana') =>
  send(user, 'POST', `${kind}-profiles`, body);

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

describe('creating a cluster', () => {
  const create = (profiles: object) =>
    send('cody', 'POST', 'clusters', {
      name: 'holder',
      plan_name: 'small',
      ...profiles,
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

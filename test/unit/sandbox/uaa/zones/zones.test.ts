import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHarness, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
});

const byId = (id: string) => ({ headers: { 'x-identity-zone-id': id } });
const bySubdomain = (name: string) => ({ headers: { 'x-identity-zone-subdomain': name } });

describe('a request that names an identity zone', () => {
  test.each([
    ['an unknown id', byId('nope'), 404],
    ['an unknown subdomain', bySubdomain('nope'), 404],
    ['the subdomain uaa (the default zone has an empty subdomain)', bySubdomain('uaa'), 404],
    ['an empty subdomain', bySubdomain(''), 200],
    ['the id of the default zone', byId('uaa'), 200],
    [
      'an id and an unknown subdomain (the id takes precedence)',
      { headers: { ...byId('uaa').headers, ...bySubdomain('nope').headers } },
      200,
    ],
  ])('with %s returns %i', async (_case, call, status) => {
    const response = await uaa.call('GET', '/oauth/clients', { token, ...call });
    expect(response.status).toBe(status);
    if (status === 404) expect(response.body).toBe('{}');
  });

  test('requires a token with permissions for the zone, even for public endpoints', async () => {
    expect(await uaa.call('GET', '/info', byId('uaa'))).toMatchObject({ status: 403, body: '{}' });
    expect((await uaa.call('GET', '/info', byId('nope'))).status).toBe(404);
    const { json } = await uaa.login('alana');
    const alana = { token: String(json['access_token']), ...byId('uaa') };
    expect(await uaa.call('GET', '/Users', alana)).toMatchObject({ status: 403, body: '{}' });
  });

  test('rejects an invalid token before it checks the zone', async () => {
    expect((await uaa.call('GET', '/Users', { token: 'bad', ...byId('nope') })).json['error']).toBe(
      'invalid_token',
    );
  });

  test('grants the caller only the scopes for the zone', async () => {
    const json = {
      client_id: 'visitor',
      client_secret: 'secret',
      authorized_grant_types: ['client_credentials'],
      authorities: ['zones.uaa.read', 'scim.read'],
    };
    await uaa.call('POST', '/oauth/clients', { token, json });
    const visitor = { token: await uaa.clientToken('visitor', 'secret') };
    expect((await uaa.call('GET', '/Users', visitor)).status).toBe(200);
    const { status, json: body } = await uaa.call('GET', '/Users', { ...visitor, ...byId('uaa') });
    expect([status, body['error']]).toEqual([403, 'insufficient_scope']);
  });
});

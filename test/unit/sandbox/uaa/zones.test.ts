import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHarness, type Harness } from './harness.js';

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
    ['the default zone as a subdomain, which is empty', bySubdomain('uaa'), 404],
    ['nothing', bySubdomain(''), 200],
    ['the default zone', byId('uaa'), 200],
    [
      'both, of which the id wins',
      { headers: { ...byId('uaa').headers, ...bySubdomain('nope').headers } },
      200,
    ],
  ])('%s', async (_what, call, status) => {
    const answer = await uaa.call('GET', '/oauth/clients', { token, ...call });
    expect(answer.status).toBe(status);
    if (status === 404) expect(answer.body).toBe('{}');
  });

  test('needs a token with rights in it, also where none is needed otherwise', async () => {
    expect(await uaa.call('GET', '/info', byId('uaa'))).toMatchObject({ status: 403, body: '{}' });
    expect((await uaa.call('GET', '/info', byId('nope'))).status).toBe(404);
    const { json } = await uaa.login('alana');
    const alana = { token: String(json['access_token']), ...byId('uaa') };
    expect(await uaa.call('GET', '/Users', alana)).toMatchObject({ status: 403, body: '{}' });
  });

  test('with a bad token is told about the token first', async () => {
    expect((await uaa.call('GET', '/Users', { token: 'bad', ...byId('nope') })).json['error']).toBe(
      'invalid_token',
    );
  });

  test('leaves the caller no scope that is not about the zone', async () => {
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

import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHarness, type Harness } from '../harness.js';

describe('the JWT configuration of a client', () => {
  let uaa: Harness;
  beforeAll(async () => {
    uaa = await createHarness();
  });
  const key = (kid: string) => ({ kty: 'RSA', kid, e: 'AQAB', n: 'x' });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['a key', { jwks: JSON.stringify(key('a')) }, 200, 'Client jwt configuration is added'],
    ['nothing', {}, 200, 'No key added'],
    [
      'a key without a key id',
      { jwks: JSON.stringify({ kty: 'RSA' }) },
      400,
      'Invalid private_key_jwt: kid is required attribute',
    ],
    ['invalid JSON', { jwks: 'x' }, 400, 'Client jwt configuration cannot be parsed'],
    [
      'a URL without TLS',
      { jwks_uri: 'http://x.example.com' },
      400,
      'Invalid private_key_jwt: jwks_uri with http is not on localhost',
    ],
  ])('adding %s', async (_case, change, status, message) => {
    const response = await uaa.call('PUT', '/oauth/clients/admin/clientjwt', {
      token: await uaa.clientToken(),
      json: { client_id: 'admin', changeMode: 'ADD', ...change },
    });
    expect(response.status).toBe(status);
    expect(response.json[status === 200 ? 'message' : 'error_description']).toBe(message);
  });

  test('can be added, updated and deleted', async () => {
    const token = await uaa.clientToken();
    const change = async (json: Record<string, unknown>) =>
      (await uaa.call('PUT', '/oauth/clients/pks_cli/clientjwt', { token, json })).json['message'];
    await change({ changeMode: 'ADD', jwks: JSON.stringify({ keys: [key('a'), key('b')] }) });
    expect(await change({ changeMode: 'DELETE', kid: 'a' })).toBe(
      'Client jwt configuration is deleted',
    );
    expect(await change({ changeMode: 'UPDATE', jwks: JSON.stringify(key('b')) })).toBe(
      'Client jwt configuration updated',
    );
    expect(await change({ changeMode: 'DELETE', jwks_uri: '*' })).toBe(
      'Client jwt configuration is deleted',
    );
    expect(await change({ changeMode: 'DELETE', jwks_uri: '*' })).toBe('No key deleted');
  });
});

import { beforeAll, describe, expect, test } from '@jest/globals';
import type { UaaRelease } from '../../../../src/sandbox/uaa/behaviour.js';
import { asPksCli, basic, claimsOf, createHarness, type Harness } from './harness.js';

const releases: readonly UaaRelease[] = ['4.30', '74.5', '77'];
const createRelease = (behaviour: UaaRelease, more = {}) => createHarness({ behaviour, ...more });

describe.each(releases)('as UAA %s', (release) => {
  const isLatest = release === '77';
  const isOriginal = release === '4.30';
  let uaa: Harness;
  beforeAll(async () => {
    uaa = await createRelease(release);
  });

  test('/info returns the version', async () => {
    const { json } = await uaa.call('GET', '/info');
    expect(json['app']).toEqual({ version: expect.stringMatching(new RegExp(`^${release}\\.`)) });
  });

  test('the JSON content type names the charset only in 4.30', async () => {
    const { headers } = await uaa.call('GET', '/info');
    expect(headers['content-type']).toBe(
      isOriginal ? 'application/json;charset=UTF-8' : 'application/json',
    );
  });

  test.each([
    ['a client', { client_secret: 'wrong' }],
    ['a user', { password: 'wrong' }],
  ])(
    'wrong credentials of %s get the error code of the release, but the old one in the challenge',
    async (_name, change) => {
      const { status, json, headers } = await uaa.login('cody', change);
      expect(status).toBe(401);
      expect(json).toEqual({
        error: isLatest ? 'invalid_client' : 'unauthorized',
        error_description: 'Bad credentials',
      });
      expect(headers['www-authenticate']).toContain('error="unauthorized"');
    },
  );

  test('Basic credentials are URL-decoded, except in 4.30', async () => {
    const requestStatus = async (authorization: string) =>
      (await uaa.form('/oauth/token', { grant_type: 'client_credentials' }, { authorization }))
        .status;
    const secret = '50%+x y';
    const json = {
      client_id: 'special',
      client_secret: secret,
      authorized_grant_types: ['client_credentials'],
    };
    await uaa.call('POST', '/oauth/clients', { token: await uaa.clientToken(), json });
    expect(await requestStatus(basic('special', secret))).toBe(isOriginal ? 200 : 401);
    expect(await requestStatus(basic('special', encodeURIComponent(secret)))).toBe(
      isOriginal ? 401 : 200,
    );
    const lower = basic('special', encodeURIComponent(secret)).replace('Basic', 'basic');
    expect(await requestStatus(lower)).toBe(isOriginal ? 401 : 200);
  });

  test('refresh tokens stay the same after a refresh, and are opaque only in 77', async () => {
    const { json } = await uaa.login('cody');
    const refreshToken = String(json['refresh_token']);
    expect(refreshToken).toMatch(isLatest ? /^[\da-f]{32}-r$/ : /^eyJ/);
    expect(String(json['access_token'])).toMatch(/^eyJ/);
    expect(claimsOf(json['access_token'])).not.toHaveProperty('revocable');
    const fields = { ...asPksCli, grant_type: 'refresh_token', refresh_token: refreshToken };
    const secondResponse = await uaa.form('/oauth/token', fields);
    expect(secondResponse.status).toBe(200);
    expect(secondResponse.json['refresh_token']).toBe(refreshToken);
    expect(claimsOf(secondResponse.json['access_token'])).not.toHaveProperty('revocable');
  });

  test('refresh tokens rotate with rotateRefresh', async () => {
    const rotating = await createRelease(release, { rotateRefresh: true });
    const { json } = await rotating.login('cody');
    const refresh = (token: unknown) =>
      rotating.form('/oauth/token', {
        ...asPksCli,
        grant_type: 'refresh_token',
        refresh_token: String(token),
      });
    const second = (await refresh(json['refresh_token'])).json['refresh_token'];
    expect(second).not.toBe(json['refresh_token']);
    expect(String(second)).toMatch(isLatest ? /-r$/ : /^eyJ/);
    expect((await refresh(json['refresh_token'])).status).toBe(401);
    expect((await refresh(second)).status).toBe(200);
  });

  test('the modulus of a key has a leading zero byte before 77', async () => {
    const { json } = await uaa.call('GET', '/token_key');
    expect(Buffer.from(String(json['n']), 'base64url')).toHaveLength(isLatest ? 256 : 257);
  });

  test('the discovery document contains PKCE and logout only in 77', async () => {
    const { json } = await uaa.call('GET', '/.well-known/openid-configuration');
    expect(json['code_challenge_methods_supported']).toEqual(
      isLatest ? ['S256', 'plain'] : undefined,
    );
    expect(json['end_session_endpoint']).toEqual(
      isLatest ? expect.stringMatching(/\/logout\.do$/) : undefined,
    );
  });

  test('some routes exist only in some releases', async () => {
    const token = await uaa.clientToken();
    const userId = String(claimsOf((await uaa.login('cody')).json['access_token'])['user_id']);
    const mfa = await uaa.call('DELETE', `/Users/${userId}/mfa`, { token });
    expect(mfa.status).toBe(isLatest ? 403 : 200);
    const score = await uaa.form('/password/score', { password: 'x' });
    expect(score.status).toBe(isOriginal ? 200 : 404);
    const json = { client_id: 'admin', jwks_uri: 'https://x.example.com', changeMode: 'ADD' };
    const trust = await uaa.call('PUT', '/oauth/clients/admin/clientjwt', { token, json });
    expect(trust.status).toBe(isLatest ? 200 : 405);
  });

  test('users may revoke their own tokens, but in 4.30 only with a scope', async () => {
    const { json } = await uaa.login('cody');
    const token = String(json['access_token']);
    const { user_id: id } = claimsOf(token);
    const { status } = await uaa.call('GET', `/oauth/token/revoke/user/${String(id)}`, { token });
    expect(status).toBe(isOriginal ? 403 : 200);
    const other = await uaa.login('naomi');
    const ofOther = await uaa.call('GET', `/oauth/token/revoke/user/${String(id)}`, {
      token: String(other.json['access_token']),
    });
    expect(ofOther.status).toBe(403);
  });

  test('users can be filtered by external_id only in 77', async () => {
    const token = await uaa.clientToken();
    const emails = [{ value: 'erin@example.com' }];
    const json = { userName: 'erin', password: 'p', emails, externalId: 'ext-7' };
    expect((await uaa.call('POST', '/Users', { token, json })).status).toBe(201);
    const filter = encodeURIComponent('external_id eq "ext-7"');
    const found = await uaa.call('GET', `/Users?filter=${filter}`, { token });
    expect(found.status).toBe(isLatest ? 200 : 400);
    if (isLatest) expect(found.json['totalResults']).toBe(1);
  });
});

describe('the JWT configuration of a client', () => {
  let uaa: Harness;
  beforeAll(async () => {
    uaa = await createRelease('77');
  });
  const key = (kid: string) => ({ kty: 'RSA', kid, e: 'AQAB', n: 'x' });

  test.each<[string, Record<string, unknown>, number, string]>([
    ['a key', { jwks: JSON.stringify(key('a')) }, 200, 'Client jwt configuration is added'],
    [
      'an issuer',
      { iss: 'https://i', sub: 's' },
      200,
      'Federated client jwt configuration is added',
    ],
    ['nothing', {}, 200, 'No key added'],
    [
      'a key without a key id',
      { jwks: JSON.stringify({ kty: 'RSA' }) },
      400,
      'Invalid private_key_jwt: kid is required attribute',
    ],
    [
      'a duplicate key',
      { jwks: JSON.stringify({ keys: [key('a'), key('a')] }) },
      400,
      'Invalid private_key_jwt: duplicate kid in JWKSet not allowed',
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

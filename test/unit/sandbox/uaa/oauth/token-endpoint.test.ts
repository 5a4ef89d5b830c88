import { beforeEach, describe, expect, test } from '@jest/globals';
import { asPksCli, basic, claimsOf, createHarness, issuer, start } from '../harness.js';
import type { Harness } from '../harness.js';

let uaa: Harness;
beforeEach(async () => {
  uaa = await createHarness();
});

const splitScopes = (value: unknown): readonly string[] => String(value).split(' ').sort();

describe('the password grant', () => {
  test('returns a signed access token, a refresh token and an id token', async () => {
    const { status, json, headers } = await uaa.login('alana');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(json).toMatchObject({ token_type: 'bearer', expires_in: 599 });
    expect(splitScopes(json['scope'])).toEqual(['openid', 'pks.clusters.admin']);
    expect(json['jti']).toMatch(/^[0-9a-f]{32}$/);
    const claims = claimsOf(json['access_token']);
    expect(claims).toMatchObject({
      jti: json['jti'],
      client_id: 'pks_cli',
      cid: 'pks_cli',
      azp: 'pks_cli',
      grant_type: 'password',
      user_name: 'alana',
      email: 'alana@example.com',
      origin: 'uaa',
      auth_time: start / 1000,
      iat: start / 1000,
      exp: start / 1000 + 600,
      iss: `${issuer}/oauth/token`,
      zid: 'uaa',
    });
    expect(claims['sub']).toBe(claims['user_id']);
    expect(claims['aud']).toEqual(expect.arrayContaining(['pks_cli', 'pks.clusters', 'openid']));
    expect(claims).not.toHaveProperty('revocable');
    expect(claimsOf(json['id_token'])).toMatchObject({ aud: ['pks_cli'], scope: ['openid'] });
    const refresh = claimsOf(json['refresh_token']);
    expect(refresh['jti']).toMatch(/^[0-9a-f]{32}-r$/);
    expect(refresh['exp']).toBe(start / 1000 + 21_600);
    expect(refresh).not.toHaveProperty('scope');
  });

  test('returns only the default scopes to a user without a cluster scope', async () => {
    expect((await uaa.login('dana')).json['scope']).toBe('openid');
  });

  test('accepts the empty secret as Basic credentials too', async () => {
    const fields = { grant_type: 'password', username: 'cody', password: 'cody-password' };
    const response = await uaa.form('/oauth/token', fields, {
      authorization: basic('pks_cli', ''),
    });
    expect(response.status).toBe(200);
  });

  test('requires the client_secret field even if the secret is empty', async () => {
    const response = await uaa.form('/oauth/token', {
      grant_type: 'password',
      client_id: 'pks_cli',
      username: 'cody',
      password: 'cody-password',
    });
    expect(response.status).toBe(401);
    expect(response.json).toEqual({
      error: 'unauthorized',
      error_description: 'Bad credentials',
    });
    expect(response.headers['www-authenticate']).toBe(
      'Basic realm="UAA/client", error="unauthorized", error_description="Bad credentials"',
    );
  });

  test('returns the jti as the opaque token and a refresh token that ends in -r', async () => {
    const { json } = await uaa.login('alana', { token_format: 'opaque' });
    expect(json['access_token']).toBe(json['jti']);
    expect(json['refresh_token']).toMatch(/^[0-9a-f]{32}-r$/);
    expect(json['id_token']).toMatch(/^ey/);
  });

  test.each([
    ['a wrong password', { password: 'no' }, 401, 'unauthorized', 'Bad credentials'],
    ['an empty password', { password: '' }, 401, 'unauthorized', 'Bad credentials'],
    ['an unknown user', { username: 'unknown-user' }, 401, 'unauthorized', 'Bad credentials'],
    [
      'a scope that the client lacks',
      { scope: "it's" },
      400,
      'invalid_scope',
      'it&#39;s is invalid. Please use a valid scope name in the request',
    ],
    [
      'a scope that the user lacks',
      { scope: 'pks.clusters.manage' },
      400,
      'invalid_scope',
      '[pks.clusters.manage] is invalid. This user is not allowed any of the requested scopes',
    ],
    [
      'an unknown origin',
      { login_hint: '{"origin":"ldap"}' },
      401,
      'unauthorized',
      'The origin provided in the login_hint does not match an active Identity Provider, ' +
        'that supports password grant.',
    ],
  ])('rejects %s', async (_case, fields, status, error, description) => {
    const response = await uaa.login('alana', fields);
    expect(response.status).toBe(status);
    expect(response.json).toEqual({ error, error_description: description });
  });

  test('rejects a request without a password', async () => {
    const fields = { ...asPksCli, grant_type: 'password', username: 'alana' };
    const { status, json } = await uaa.form('/oauth/token', fields);
    expect(status).toBe(401);
    expect(json['error_description']).toBe('No password supplied');
  });
});

describe('external groups', () => {
  const kubectl = { client_id: 'pks_cluster_client' };
  const groups = ['auditors', 'platform-team'];

  test('are the roles in the ID token of naomi, also after a refresh', async () => {
    const { json } = await uaa.login('naomi', kubectl);
    expect(claimsOf(json['id_token'])['roles']).toEqual(groups);
    const refreshed = await uaa.form('/oauth/token', {
      ...kubectl,
      client_secret: '',
      grant_type: 'refresh_token',
      refresh_token: String(json['refresh_token']),
    });
    expect(claimsOf(refreshed.json['id_token'])['roles']).toEqual(groups);
  });

  test('are not scopes, and are not in the access token', async () => {
    const { json } = await uaa.login('naomi', kubectl);
    expect(splitScopes(json['scope'])).toEqual(['openid', 'roles']);
    expect(claimsOf(json['access_token'])).not.toHaveProperty('roles');
  });

  test('are only in ID tokens with the scope roles', async () => {
    const { json } = await uaa.login('naomi', { ...kubectl, scope: 'openid' });
    expect(claimsOf(json['id_token'])).not.toHaveProperty('roles');
  });

  test('a change to the user keeps them', async () => {
    const token = await uaa.clientToken();
    const filter = encodeURIComponent('userName eq "naomi"');
    const { json: list } = await uaa.call('GET', `/Users?filter=${filter}`, { token });
    const [user] = list['resources'] as { id: string }[];
    expect(user).not.toHaveProperty('externalGroups');
    await uaa.call('PUT', `/Users/${String(user?.id)}`, {
      token,
      json: user,
      headers: { 'if-match': '*' },
    });
    const { json } = await uaa.login('naomi', kubectl);
    expect(claimsOf(json['id_token'])['roles']).toEqual(groups);
  });

  test('are the roles of /userinfo, if the token has the scope roles', async () => {
    const read = async (scope: string) => {
      const { json } = await uaa.login('naomi', { ...kubectl, scope });
      return uaa.call('GET', '/userinfo', { token: String(json['access_token']) });
    };
    expect((await read('openid roles')).json['roles']).toEqual(groups);
    expect((await read('openid')).json).not.toHaveProperty('roles');
  });
});

describe('the lockout after five wrong passwords', () => {
  const locked = 'Your account has been locked because of too many failed attempts to login.';

  test('rejects the right password for 300 seconds', async () => {
    for (let i = 0; i < 5; i += 1) await uaa.login('cody', { password: 'no' });
    expect((await uaa.login('cody')).json['error_description']).toBe(locked);
    uaa.passSeconds(299);
    expect((await uaa.login('cody')).json['error_description']).toBe(locked);
    uaa.passSeconds(1);
    expect((await uaa.login('cody')).status).toBe(200);
  });

  test('ignores failures before a successful login, and old failures', async () => {
    for (let i = 0; i < 4; i += 1) await uaa.login('cody', { password: 'no' });
    await uaa.login('cody');
    for (let i = 0; i < 4; i += 1) await uaa.login('cody', { password: 'no' });
    uaa.passSeconds(1201);
    await uaa.login('cody', { password: 'no' });
    expect((await uaa.login('cody')).status).toBe(200);
  });
});

describe('the client credentials grant', () => {
  const requestToken = (fields: Record<string, string>) =>
    uaa.form('/oauth/token', {
      grant_type: 'client_credentials',
      client_id: 'admin',
      client_secret: 'adminsecret',
      ...fields,
    });

  test('returns all authorities and no refresh token', async () => {
    const { json } = await requestToken({});
    expect(json).toMatchObject({ expires_in: 43_199 });
    expect(splitScopes(json['scope'])).toEqual(
      expect.arrayContaining(['uaa.admin', 'scim.write', 'pks.clusters.admin.read']),
    );
    expect(json).not.toHaveProperty('refresh_token');
    expect(claimsOf(json['access_token'])).toMatchObject({ sub: 'admin' });
  });

  test('returns only the requested scope', async () => {
    expect((await requestToken({ scope: 'scim.read' })).json['scope']).toBe('scim.read');
  });

  test('rejects an unknown scope and lists the allowed ones', async () => {
    const { status, json } = await requestToken({ scope: 'foo' });
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: 'invalid_scope', error_description: 'Invalid scope: foo' });
    expect(splitScopes(json['scope'])).toContain('uaa.admin');
  });

  test('rejects a wrong secret', async () => {
    expect(await requestToken({ client_secret: 'no' })).toMatchObject({
      status: 401,
      json: { error: 'unauthorized', error_description: 'Bad credentials' },
    });
  });
});

describe('the refresh token grant', () => {
  const refresh = (token: unknown, fields: Record<string, string> = {}) =>
    uaa.form('/oauth/token', {
      ...asPksCli,
      grant_type: 'refresh_token',
      refresh_token: String(token),
      ...fields,
    });

  test('returns a new access token and the same refresh token', async () => {
    const first = (await uaa.login('cody')).json;
    uaa.passSeconds(900);
    const { status, json } = await refresh(first['refresh_token']);
    expect(status).toBe(200);
    expect(json['refresh_token']).toBe(first['refresh_token']);
    expect(json['access_token']).not.toBe(first['access_token']);
    expect(claimsOf(json['access_token'])).toMatchObject({
      grant_type: 'password',
      auth_time: start / 1000,
      exp: start / 1000 + 1500,
    });
  });

  test('with rotation returns a new refresh token and revokes the old one', async () => {
    uaa = await createHarness({ rotateRefresh: true });
    const first = (await uaa.login('cody')).json;
    const second = (await refresh(first['refresh_token'])).json;
    expect(second['refresh_token']).not.toBe(first['refresh_token']);
    expect(await refresh(first['refresh_token'])).toMatchObject({
      status: 401,
      json: { error: 'invalid_token' },
    });
    expect((await refresh(second['refresh_token'])).status).toBe(200);
  });

  test('with rotation accepts only one of several concurrent requests', async () => {
    uaa = await createHarness({ rotateRefresh: true });
    const { json } = await uaa.login('cody');
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => refresh(json['refresh_token'])),
    );
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('keeps the audience when it narrows the scope', async () => {
    const { json } = await uaa.login('cody');
    const narrow = (await refresh(json['refresh_token'], { scope: 'openid' })).json;
    expect(claimsOf(narrow['access_token'])).toMatchObject({
      scope: ['openid'],
      aud: expect.arrayContaining(['pks.clusters']),
    });
  });

  test('converts the format of the refresh token and keeps its id', async () => {
    const first = (await uaa.login('cody')).json;
    const opaque = (await refresh(first['refresh_token'], { token_format: 'opaque' })).json;
    expect(opaque['access_token']).toBe(opaque['jti']);
    expect(opaque['refresh_token']).toBe(claimsOf(first['refresh_token'])['jti']);
    const jwt = (await refresh(opaque['refresh_token'])).json;
    expect(jwt['refresh_token']).toBe(first['refresh_token']);
    const stored = (await uaa.login('cody', { token_format: 'opaque' })).json;
    const converted = (await refresh(stored['refresh_token'])).json;
    expect(claimsOf(converted['access_token'])).toMatchObject({ revocable: true });
    expect(claimsOf(converted['refresh_token'])['jti']).toBe(stored['refresh_token']);
  });

  test('rotates opaque refresh tokens too', async () => {
    uaa = await createHarness({ rotateRefresh: true });
    const opaque = { token_format: 'opaque' };
    const first = (await uaa.login('cody', opaque)).json;
    const second = (await refresh(first['refresh_token'], opaque)).json;
    expect(second['refresh_token']).toMatch(/^[0-9a-f]{32}-r$/);
    expect((await refresh(first['refresh_token'], opaque)).json['error_description']).toBe(
      'The token expired, was revoked, or the token ID is incorrect.',
    );
  });

  test('rejects the refresh token of another client', async () => {
    const { json } = await uaa.login('cody');
    expect(await refresh(json['refresh_token'], { client_id: 'pks_cluster_client' })).toMatchObject(
      {
        status: 400,
        json: {
          error: 'invalid_grant',
          error_description: 'Wrong client for this refresh token: pks_cli',
        },
      },
    );
  });

  test('without rotation accepts all of many concurrent requests', async () => {
    const { json } = await uaa.login('cody');
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => refresh(json['refresh_token'])),
    );
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(responses.map((response) => response.json['jti'])).size).toBe(50);
  });

  test('reports the time at which an expired refresh token expired', async () => {
    const { json } = await uaa.login('cody');
    uaa.passSeconds(21_601);
    expect(await refresh(json['refresh_token'])).toMatchObject({
      status: 401,
      json: {
        error: 'invalid_token',
        error_description: 'Invalid refresh token expired at Fri Mar 15 05:34:23 UTC 2019',
      },
    });
  });

  test('can narrow the scope but not widen it', async () => {
    const { json } = await uaa.login('cody');
    expect((await refresh(json['refresh_token'], { scope: 'openid' })).json['scope']).toBe(
      'openid',
    );
    expect(await refresh(json['refresh_token'], { scope: 'pks.clusters.admin' })).toMatchObject({
      status: 400,
      json: {
        error: 'invalid_scope',
        error_description:
          'Unable to narrow the scope of the client authentication to [pks.clusters.admin].',
      },
    });
  });

  test('rejects an access token, an unknown token and an invalid JWT', async () => {
    const { json } = await uaa.login('cody');
    const errorFor = async (token: unknown) => (await refresh(token)).json['error_description'];
    expect(await errorFor('nonsense')).toBe(
      'The token expired, was revoked, or the token ID is incorrect.',
    );
    expect(await errorFor('a.b.c')).toBe('Invalid token (could not decode): a.b.c');
    expect(await errorFor(json['access_token'])).toBe('Invalid refresh token.');
    const forged = `${String(json['refresh_token']).slice(0, -8)}AAAAAAAA`;
    expect(await errorFor(forged)).toBe('Could not verify token signature.');
    expect((await refresh('')).json['error_description']).toBe(
      'The token expired, was revoked, or the token ID is incorrect.',
    );
  });
});

test("the requested token lifetimes override the clients' own lifetimes", async () => {
  uaa = await createHarness({ tokenSeconds: 2, refreshSeconds: 4 });
  const { json } = await uaa.login('cody');
  expect(json['expires_in']).toBe(1);
  expect(claimsOf(json['refresh_token'])['exp']).toBe(start / 1000 + 4);
  expect(claimsOf(await uaa.clientToken())['exp']).toBe(start / 1000 + 2);
});

test('the returned accounts contain valid credentials', async () => {
  const { users, clients } = uaa.uaa.accounts;
  for (const { name, password, scopes } of users) {
    const { json } = await uaa.login(name, { password });
    expect(splitScopes(json['scope'])).toEqual(['openid', ...scopes].sort());
  }
  expect(clients).toEqual([
    { id: 'admin', secret: 'adminsecret' },
    { id: 'pks_cli', secret: '' },
    { id: 'pks_cluster_client', secret: '' },
    { id: 'cf', secret: '' },
  ]);
});

describe('client authentication', () => {
  const fields = { grant_type: 'client_credentials' };
  const errorFor = async (authorization: string | undefined, more = {}) =>
    (
      await uaa.form(
        '/oauth/token',
        { ...fields, ...more },
        authorization === undefined ? {} : { authorization },
      )
    ).json['error_description'];

  test('does not decode Basic credentials', async () => {
    expect(await errorFor(basic('admin', 'adminsecret'))).toBeUndefined();
    expect(await errorFor(basic('admin', 'admin%73ecret'))).toBe('Bad credentials');
  });

  test('rejects Basic credentials without a colon or in invalid base64', async () => {
    expect(await errorFor('Basic !!!')).toBe('Failed to decode basic authentication token');
    expect(await errorFor(`Basic ${btoa('admin')}`)).toBe('Invalid basic authentication token');
  });

  test('ignores the credentials in the form if there is an Authorization header', async () => {
    const namedRequest = { client_id: 'pks_cli', client_secret: '' };
    expect(await errorFor(basic('admin', 'adminsecret'), namedRequest)).toBe(
      'Given client ID does not match authenticated client',
    );
    expect(await errorFor('basic eDp5', namedRequest)).toBe(
      'An Authentication object was not found in the SecurityContext',
    );
  });

  test('does not accept a user token as client authentication', async () => {
    const { json } = await uaa.login('cody');
    expect(await errorFor(`Bearer ${String(json['access_token'])}`)).toBe(
      'An Authentication object was not found in the SecurityContext',
    );
  });
});

test('an unknown, a missing and an unauthorized grant type have different errors', async () => {
  const requestToken = (fields: Record<string, string>) =>
    uaa.form('/oauth/token', { ...asPksCli, ...fields });
  expect(await requestToken({ grant_type: 'foo' })).toMatchObject({
    status: 400,
    json: { error: 'unsupported_grant_type', error_description: 'Unsupported grant type: foo' },
  });
  expect(await requestToken({ grant_type: 'constructor' })).toMatchObject({
    status: 400,
    json: { error: 'unsupported_grant_type' },
  });
  expect(await requestToken({})).toMatchObject({
    status: 400,
    json: { error: 'invalid_request', error_description: 'Missing grant type' },
  });
  expect(await requestToken({ grant_type: 'client_credentials' })).toMatchObject({
    status: 401,
    json: {
      error: 'invalid_client',
      error_description: 'Unauthorized grant type: client_credentials',
    },
  });
});

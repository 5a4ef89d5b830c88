import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readClaims } from '../../src/auth/claims.js';
import { Secret } from '../../src/secret.js';
import { badCredentials, servers, type ContractServer } from './servers.js';

describe.each(servers)('tokens, %s', (_name, start) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  const password = (username: string, word = `${username}-password`, scope?: string) =>
    server.grants('pks_cli', '').password({ username, password: new Secret(word), scope });
  const scopes = (text: string) => text.split(' ').sort();
  const token = (form: Record<string, string>, headers: Record<string, string> = {}) =>
    server.raw('/oauth/token', { form, headers });
  const ofAlana = {
    grant_type: 'password',
    client_id: 'pks_cli',
    client_secret: '',
    username: 'alana',
    password: 'alana-password',
  };

  const ofAlanaWithout = (...names: string[]) =>
    Object.fromEntries(Object.entries(ofAlana).filter(([name]) => !names.includes(name)));

  describe('password grant', () => {
    test('a user gets access, refresh and id token with the scopes of both user and client', async () => {
      const got = await password('alana');
      expect(scopes(got.scope)).toEqual(['openid', 'pks.clusters.admin']);
      expect(got.lifetimeSeconds).toBeGreaterThan(1);
      expect(got.refreshToken).toEqual(expect.any(String));
      expect(readClaims(got.idToken ?? '')).toMatchObject({ user_name: 'alana', aud: ['pks_cli'] });
      expect(readClaims(got.accessToken)).toMatchObject({
        user_name: 'alana',
        email: 'alana@example.com',
        origin: 'uaa',
        zid: 'uaa',
        client_id: 'pks_cli',
        cid: 'pks_cli',
        azp: 'pks_cli',
        grant_type: 'password',
        iss: expect.stringMatching(/\/oauth\/token$/),
        sub: expect.any(String),
        user_id: expect.any(String),
        rev_sig: expect.any(String),
        jti: expect.any(String),
        auth_time: expect.any(Number),
      });
    });

    test('the audience is made of the client and of what the scopes are about', async () => {
      const got = readClaims((await password('alana')).accessToken);
      expect([...((got?.['aud'] as string[] | undefined) ?? [])].sort()).toEqual([
        'openid',
        'pks.clusters',
        'pks_cli',
      ]);
    });

    test('a user without clusters gets openid alone', async () => {
      expect((await password('dana')).scope).toBe('openid');
    });

    test('the case of a user name does not matter, and the token spells it as UAA does', async () => {
      const got = await password('ALANA', 'alana-password');
      expect(readClaims(got.accessToken)?.['user_name']).toBe('alana');
    });

    test('fewer scopes can be asked for', async () => {
      expect((await password('alana', undefined, 'pks.clusters.admin')).scope).toBe(
        'pks.clusters.admin',
      );
    });

    test('the wire has the fields of OAuth, uncached', async () => {
      const { status, headers, json } = await token(ofAlana);
      expect(status).toBe(200);
      expect(headers['cache-control']).toContain('no-store');
      expect(headers['content-type']).toMatch(/^application\/json/);
      const body = json();
      expect(body).toMatchObject({
        token_type: 'bearer',
        expires_in: expect.any(Number),
        jti: expect.stringMatching(/^[\da-f]{32}$/),
      });
      expect(readClaims(String(body['access_token']))?.['jti']).toBe(body['jti']);
    });

    test.each([
      ['a wrong password', { password: 'wrong' }],
      ['an unknown user', { username: 'nobody-here' }],
      ['a wrong client secret', { client_secret: 'wrong' }],
      ['an unknown client', { client_id: 'no-such-client' }],
    ])('%s is answered with the same words', async (_what, change) => {
      const { status, json } = await token({ ...ofAlana, ...change });
      expect(status).toBe(401);
      expect(json()).toEqual(badCredentials(server));
    });

    test('an empty client secret must be there, as an empty one', async () => {
      const { status, json } = await token(ofAlanaWithout('client_secret'));
      expect(status).toBe(401);
      expect(json()).toEqual(badCredentials(server));
    });

    test('a client may prove itself by Basic with an empty secret', async () => {
      const form = ofAlanaWithout('client_id', 'client_secret');
      const { status } = await server.raw('/oauth/token', { form, basic: ['pks_cli', ''] });
      expect(status).toBe(200);
    });

    test('a wrong client secret is told from a user’s in the header alone', async () => {
      const { headers } = await token({ ...ofAlana, client_secret: 'wrong' });
      expect(headers['www-authenticate']).toBe(
        'Basic realm="UAA/client", error="unauthorized", error_description="Bad credentials"',
      );
    });

    test('no password at all is told so', async () => {
      const { status, json } = await token(ofAlanaWithout('password'));
      expect(status).toBe(401);
      expect(json()).toEqual({ error: 'unauthorized', error_description: 'No password supplied' });
    });

    test('a scope that the user lacks is refused', async () => {
      await expect(password('cody', undefined, 'pks.clusters.admin')).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
        oauthError: 'invalid_scope',
        message:
          '[pks.clusters.admin] is invalid. This user is not allowed any of the requested scopes',
      });
    });

    test('a scope that the client lacks is refused', async () => {
      await expect(password('alana', undefined, 'no.such.scope')).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
        oauthError: 'invalid_scope',
        message: 'no.such.scope is invalid. Please use a valid scope name in the request',
      });
    });

    test('tpks calls a rejected password unauthenticated', async () => {
      await expect(password('alana', 'wrong')).rejects.toMatchObject({
        kind: 'unauthenticated',
        status: 401,
        message: 'Bad credentials',
      });
    });
  });

  describe('client credentials grant', () => {
    test('a client gets its authorities and no refresh token', async () => {
      const got = await server.grants('admin', 'adminsecret').clientCredentials();
      expect(scopes(got.scope)).toEqual(
        expect.arrayContaining(['uaa.admin', 'scim.read', 'scim.write', 'clients.read']),
      );
      expect(got.refreshToken).toBeUndefined();
      expect(got.idToken).toBeUndefined();
      const said = readClaims(got.accessToken);
      expect(said).toMatchObject({
        sub: 'admin',
        client_id: 'admin',
        grant_type: 'client_credentials',
        authorities: expect.arrayContaining(['uaa.admin']),
      });
      expect(said).not.toHaveProperty('user_name');
      expect(said).not.toHaveProperty('origin');
    });

    test('fewer scopes can be asked for', async () => {
      const admin = server.grants('admin', 'adminsecret');
      const { scope } = await admin.clientCredentials({ scope: 'scim.read clients.read' });
      expect(scopes(scope)).toEqual(['clients.read', 'scim.read']);
    });

    test('a scope that is no authority is refused, with those that are', async () => {
      const form = { grant_type: 'client_credentials', scope: 'no.such.scope' };
      const { status, json } = await server.raw('/oauth/token', {
        form,
        basic: ['admin', 'adminsecret'],
      });
      expect(status).toBe(400);
      const body = json();
      expect(body).toMatchObject({
        error: 'invalid_scope',
        error_description: 'Invalid scope: no.such.scope',
      });
      expect(scopes(String(body['scope']))).toEqual(
        expect.arrayContaining(['uaa.admin', 'scim.read']),
      );
    });

    test('a wrong secret is unauthenticated', async () => {
      await expect(server.grants('admin', 'wrong').clientCredentials()).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: 'Bad credentials',
      });
    });

    test('an opaque token comes when it is asked for', async () => {
      const { json } = await token({
        grant_type: 'client_credentials',
        client_id: 'admin',
        client_secret: 'adminsecret',
        token_format: 'opaque',
      });
      const body = json();
      expect(body['access_token']).toMatch(/^[\da-f]{32}$/);
      expect(body['jti']).toBe(body['access_token']);
    });
  });

  describe('grants that are refused', () => {
    test('a client without the grant', async () => {
      const form = { grant_type: 'client_credentials', client_id: 'pks_cli', client_secret: '' };
      const { status, json } = await token(form);
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'invalid_client',
        error_description: 'Unauthorized grant type: client_credentials',
      });
    });

    test('an unknown grant', async () => {
      const { status, json } = await token({ ...ofAlana, grant_type: 'foo' });
      expect(status).toBe(400);
      expect(json()).toEqual({
        error: 'unsupported_grant_type',
        error_description: 'Unsupported grant type: foo',
      });
    });

    test('none', async () => {
      const { status, json } = await token({ client_id: 'pks_cli', client_secret: '' });
      expect(status).toBe(400);
      expect(json()).toEqual({
        error: 'invalid_request',
        error_description: 'Missing grant type',
      });
    });

    test('two clients in one request', async () => {
      const { status, json } = await server.raw('/oauth/token', {
        form: { grant_type: 'client_credentials', client_id: 'pks_cli' },
        basic: ['admin', 'adminsecret'],
      });
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'invalid_client',
        error_description: 'Given client ID does not match authenticated client',
      });
    });

    test('PUT, with the quotes of the description escaped for HTML', async () => {
      const { status, json } = await server.raw('/oauth/token', {
        method: 'PUT',
        form: { grant_type: 'client_credentials' },
        basic: ['admin', 'adminsecret'],
      });
      expect(status).toBe(405);
      expect(json()).toEqual({
        error: 'method_not_allowed',
        error_description: 'Request method &#39;PUT&#39; not supported',
      });
    });
  });

  describe('refresh grant', () => {
    const refresh = (refreshToken: string, more: Record<string, string> = {}) =>
      token({
        grant_type: 'refresh_token',
        client_id: 'pks_cli',
        client_secret: '',
        refresh_token: refreshToken,
        ...more,
      });

    test('a new access token comes with the same scopes and the same refresh token', async () => {
      const first = await password('alana');
      const pksCli = server.grants('pks_cli', '');
      const second = await pksCli.refresh(new Secret(first.refreshToken ?? ''));
      expect(second.accessToken).not.toBe(first.accessToken);
      expect(second.refreshToken).toBe(first.refreshToken);
      expect(scopes(second.scope)).toEqual(scopes(first.scope));
      expect(readClaims(second.accessToken)).toMatchObject({
        user_name: 'alana',
        grant_type: 'password',
      });
    });

    test('the scopes may shrink', async () => {
      const { refreshToken = '' } = await password('alana');
      const { json } = await refresh(refreshToken, { scope: 'openid' });
      expect(json()['scope']).toBe('openid');
    });

    test('the scopes may not grow', async () => {
      const { refreshToken = '' } = await password('alana', undefined, 'openid');
      const { status, json } = await refresh(refreshToken, { scope: 'openid pks.clusters.admin' });
      expect(status).toBe(400);
      expect(json()).toMatchObject({
        error: 'invalid_scope',
        error_description: expect.stringContaining(
          'Unable to narrow the scope of the client authentication to [',
        ),
      });
    });

    test('another client’s refresh token is refused', async () => {
      const { refreshToken = '' } = await password('alana');
      const { status, json } = await refresh(refreshToken, { client_id: 'pks_cluster_client' });
      expect(status).toBe(400);
      expect(json()).toEqual({
        error: 'invalid_grant',
        error_description: 'Wrong client for this refresh token: pks_cli',
      });
    });

    test('an access token is none', async () => {
      const { accessToken } = await password('alana');
      const { status, json } = await refresh(accessToken);
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'invalid_token',
        error_description: 'Invalid refresh token.',
      });
    });

    test('an unknown one is dead, and tpks calls that unauthenticated', async () => {
      const { status, json, headers } = await refresh('0123456789abcdef0123456789abcdef-r');
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'invalid_token',
        error_description: 'The token expired, was revoked, or the token ID is incorrect.',
      });
      expect(headers['www-authenticate']).toContain('Bearer error="invalid_token"');
      await expect(
        server.grants('pks_cli', '').refresh(new Secret('0123456789abcdef0123456789abcdef-r')),
      ).rejects.toMatchObject({ kind: 'unauthenticated', oauthError: 'invalid_token' });
    });

    test('none at all', async () => {
      const { status, json } = await token({
        grant_type: 'refresh_token',
        client_id: 'pks_cli',
        client_secret: '',
      });
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'invalid_token',
        error_description: 'Invalid refresh token (empty token)',
      });
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readClaims } from '../../src/auth/claims.js';
import { Secret } from '../../src/secret.js';
import { badCredentials, servers, type ContractServer } from './servers.js';

describe.each(servers)('tokens on %s', (_name, start) => {
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
  const alanaForm = {
    grant_type: 'password',
    client_id: 'pks_cli',
    client_secret: '',
    username: 'alana',
    password: 'alana-password',
  };

  const alanaFormWithout = (...names: string[]) =>
    Object.fromEntries(Object.entries(alanaForm).filter(([name]) => !names.includes(name)));

  describe('password grant', () => {
    test('returns access, refresh and id tokens with the scopes that user and client share', async () => {
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

    test('sets the audience to the client and the prefixes of the scopes', async () => {
      const got = readClaims((await password('alana')).accessToken);
      expect([...((got?.['aud'] as string[] | undefined) ?? [])].sort()).toEqual([
        'openid',
        'pks.clusters',
        'pks_cli',
      ]);
    });

    test('returns only openid for a user without cluster access', async () => {
      expect((await password('dana')).scope).toBe('openid');
    });

    test('ignores the case of the username, and the token contains the stored spelling', async () => {
      const got = await password('ALANA', 'alana-password');
      expect(readClaims(got.accessToken)?.['user_name']).toBe('alana');
    });

    test('returns fewer scopes if requested', async () => {
      expect((await password('alana', undefined, 'pks.clusters.admin')).scope).toBe(
        'pks.clusters.admin',
      );
    });

    test('the response has the OAuth fields, and must not be cached', async () => {
      const { status, headers, json } = await token(alanaForm);
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
      ['an unknown user', { username: 'unknown-user' }],
      ['a wrong client secret', { client_secret: 'wrong' }],
      ['an unknown client', { client_id: 'no-such-client' }],
    ])('%s causes the same error', async (_what, change) => {
      const { status, json } = await token({ ...alanaForm, ...change });
      expect(status).toBe(401);
      expect(json()).toEqual(badCredentials(server));
    });

    test('rejects a request without the client secret, even if the secret is empty', async () => {
      const { status, json } = await token(alanaFormWithout('client_secret'));
      expect(status).toBe(401);
      expect(json()).toEqual(badCredentials(server));
    });

    test('accepts Basic authentication with an empty client secret', async () => {
      const form = alanaFormWithout('client_id', 'client_secret');
      const { status } = await server.raw('/oauth/token', { form, basic: ['pks_cli', ''] });
      expect(status).toBe(200);
    });

    test('reports a wrong client secret only in the WWW-Authenticate header', async () => {
      const { headers } = await token({ ...alanaForm, client_secret: 'wrong' });
      expect(headers['www-authenticate']).toBe(
        'Basic realm="UAA/client", error="unauthorized", error_description="Bad credentials"',
      );
    });

    test('reports a missing password', async () => {
      const { status, json } = await token(alanaFormWithout('password'));
      expect(status).toBe(401);
      const { error } = badCredentials(server);
      expect(json()).toEqual({ error, error_description: 'No password supplied' });
    });

    test('rejects a scope that the user lacks', async () => {
      await expect(password('cody', undefined, 'pks.clusters.admin')).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
        oauthError: 'invalid_scope',
        message:
          '[pks.clusters.admin] is invalid. This user is not allowed any of the requested scopes',
      });
    });

    test('rejects a scope that the client lacks', async () => {
      await expect(password('alana', undefined, 'no.such.scope')).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
        oauthError: 'invalid_scope',
        message: 'no.such.scope is invalid. Please use a valid scope name in the request',
      });
    });

    test('reports a wrong password with the kind unauthenticated', async () => {
      await expect(password('alana', 'wrong')).rejects.toMatchObject({
        kind: 'unauthenticated',
        status: 401,
        message: 'Bad credentials',
      });
    });
  });

  describe('client credentials grant', () => {
    test('returns the authorities of the client, and no refresh token', async () => {
      const got = await server.grants('admin', 'adminsecret').clientCredentials();
      expect(scopes(got.scope)).toEqual(
        expect.arrayContaining(['uaa.admin', 'scim.read', 'scim.write', 'clients.read']),
      );
      expect(got.refreshToken).toBeUndefined();
      expect(got.idToken).toBeUndefined();
      const claims = readClaims(got.accessToken);
      expect(claims).toMatchObject({
        sub: 'admin',
        client_id: 'admin',
        grant_type: 'client_credentials',
        authorities: expect.arrayContaining(['uaa.admin']),
      });
      expect(claims).not.toHaveProperty('user_name');
      expect(claims).not.toHaveProperty('origin');
    });

    test('returns fewer scopes if requested', async () => {
      const admin = server.grants('admin', 'adminsecret');
      const { scope } = await admin.clientCredentials({ scope: 'scim.read clients.read' });
      expect(scopes(scope)).toEqual(['clients.read', 'scim.read']);
    });

    test('rejects a scope that is not an authority, and lists the authorities', async () => {
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

    test('reports a wrong secret with the kind unauthenticated', async () => {
      await expect(server.grants('admin', 'wrong').clientCredentials()).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: 'Bad credentials',
      });
    });

    test('returns an opaque token if requested', async () => {
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

  describe('rejected grants', () => {
    const formatValue = (value: string) => (server.release === '77' ? '' : `: ${value}`);

    test('a grant type that the client may not use', async () => {
      const form = { grant_type: 'client_credentials', client_id: 'pks_cli', client_secret: '' };
      const { status, json } = await token(form);
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'invalid_client',
        error_description: `Unauthorized grant type${formatValue('client_credentials')}`,
      });
    });

    test('an unknown grant type', async () => {
      const { status, json } = await token({ ...alanaForm, grant_type: 'foo' });
      expect(status).toBe(400);
      expect(json()).toEqual({
        error: 'unsupported_grant_type',
        error_description: `Unsupported grant type${formatValue('foo')}`,
      });
    });

    test('no grant type', async () => {
      const { status, json } = await token({ client_id: 'pks_cli', client_secret: '' });
      expect(status).toBe(400);
      expect(json()).toEqual({
        error: 'invalid_request',
        error_description: 'Missing grant type',
      });
    });

    test('two different clients in one request', async () => {
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

    test('returns a new access token with the same scopes and the same refresh token', async () => {
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

    test('allows fewer scopes', async () => {
      const { refreshToken = '' } = await password('alana');
      const { json } = await refresh(refreshToken, { scope: 'openid' });
      expect(json()['scope']).toBe('openid');
    });

    test('rejects additional scopes', async () => {
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

    test('rejects the refresh token of another client', async () => {
      const { refreshToken = '' } = await password('alana');
      const { status, json } = await refresh(refreshToken, { client_id: 'pks_cluster_client' });
      expect(status).toBe(400);
      expect(json()).toEqual({
        error: 'invalid_grant',
        error_description: 'Wrong client for this refresh token: pks_cli',
      });
    });

    test('rejects an access token', async () => {
      const { accessToken } = await password('alana');
      const { status, json } = await refresh(accessToken);
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'invalid_token',
        error_description: 'Invalid refresh token.',
      });
    });

    test('rejects an unknown token, which tpks reports with the kind unauthenticated', async () => {
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
  });

  describe('pks_cluster_client with response_type=id_token, for kubectl', () => {
    const client = { client_id: 'pks_cluster_client', client_secret: '' };
    const login = async (username: string, more: Record<string, string> = {}) => {
      const user = { grant_type: 'password', username, password: `${username}-password` };
      const response = await token({ ...client, ...user, response_type: 'id_token', ...more });
      expect(response.status).toBe(200);
      return response.json();
    };

    test('returns an ID token for the client, an access token and a refresh token', async () => {
      const body = await login('cody');
      expect(scopes(String(body['scope']))).toEqual(['openid', 'roles']);
      expect(body).toMatchObject({
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        token_type: 'bearer',
        expires_in: expect.any(Number),
      });
      const claims = readClaims(String(body['id_token']));
      expect(claims).toMatchObject({
        sub: claims?.['user_id'],
        aud: ['pks_cluster_client'],
        azp: 'pks_cluster_client',
        iss: expect.stringMatching(/\/oauth\/token$/),
        scope: ['openid'],
        user_name: 'cody',
        email: 'cody@example.com',
        origin: 'uaa',
        zid: 'uaa',
        grant_type: 'password',
        jti: expect.any(String),
      });
    });

    test('the ID token expires with the access token', async () => {
      const body = await login('cody');
      const [id, access] = ['id_token', 'access_token'].map((name) =>
        readClaims(String(body[name])),
      );
      expect(Math.abs(Number(id?.['exp']) - Number(access?.['exp']))).toBeLessThanOrEqual(1);
      expect(Number(id?.['exp'])).toBeGreaterThan(Number(id?.['iat']));
    });

    test('the ID token of a user without external groups has no roles', async () => {
      expect(readClaims(String((await login('alana'))['id_token']))).not.toHaveProperty('roles');
    });

    test('the refresh grant returns a new ID token and the same refresh token', async () => {
      const first = await login('cody');
      const refreshToken = String(first['refresh_token']);
      const fields = { grant_type: 'refresh_token', refresh_token: refreshToken };
      const { status, json } = await token({ ...client, ...fields, response_type: 'id_token' });
      expect(status).toBe(200);
      const second = json();
      expect(second['refresh_token']).toBe(refreshToken);
      expect(second['id_token']).not.toBe(first['id_token']);
      const [before, after] = [first, second].map((body) => readClaims(String(body['id_token'])));
      for (const name of ['sub', 'aud', 'iss', 'user_name', 'grant_type', 'auth_time', 'scope']) {
        expect([name, after?.[name]]).toEqual([name, before?.[name]]);
      }
    });

    test('without the scope openid, the response contains no ID token', async () => {
      expect(await login('cody', { scope: 'roles' })).not.toHaveProperty('id_token');
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/base/secret.js';
import { readClaims } from '../../src/domain/auth/claims.js';
import { type Token } from '../../src/domain/auth/token.js';
import type { Plain } from '../support/checks/plain-tokens.js';
import type { RawResponse } from '../support/servers/raw-request.js';
import { badCredentials, servers, type ContractServer } from './servers.js';

const unknownRefreshToken = '0123456789abcdef0123456789abcdef-r';

/**
 * Recordings of a real UAA prove which tokens and claims the grants return (`recorded/token-*`). These
 * tests add the error descriptions and headers, which are not recorded, and the errors of tpks.
 */
describe.each(servers)('tokens on %s', (_name, start) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  const password = (username: string, word = `${username}-password`, scope?: string) =>
    server.grants('pks_cli', '').password({ username, password: new Secret(word), scope });
  const scopes = (text: string) => text.split(' ').sort();
  const token = (form: Record<string, string>, basic?: readonly [string, string]) =>
    server.raw('/oauth/token', { form, ...(basic && { basic }) });
  const alanaForm = {
    grant_type: 'password',
    client_id: 'pks_cli',
    client_secret: '',
    username: 'alana',
    password: 'alana-password',
  };

  const alanaFormWithout = (...names: string[]) =>
    Object.fromEntries(Object.entries(alanaForm).filter(([name]) => !names.includes(name)));

  test('tpks gets all tokens of a user with the scopes that user and client share', async () => {
    const got = await password('ALANA', 'alana-password');
    expect(scopes(got.scope)).toEqual(['openid', 'pks.clusters.admin']);
    expect(got.lifetimeSeconds).toBeGreaterThan(1);
    expect(readClaims(got.idToken ?? '')).toMatchObject({ user_name: 'alana', aud: ['pks_cli'] });
    const renewed = await server
      .grants('pks_cli', '')
      .refresh(new Secret(got.refreshToken ?? 'no token'));
    expect(renewed.accessToken).not.toBe(got.accessToken);
    expect(renewed.refreshToken).toBe(got.refreshToken);
    expect(scopes(renewed.scope)).toEqual(scopes(got.scope));
  });

  test('tpks gets a token of a client with the requested scopes, and no refresh token', async () => {
    const admin = server.grants('admin', 'adminsecret');
    const got = await admin.clientCredentials({ scope: 'scim.read clients.read' });
    expect(scopes(got.scope)).toEqual(['clients.read', 'scim.read']);
    expect(got).toMatchObject({ refreshToken: undefined, idToken: undefined });
  });

  test('the response must not be cached', async () => {
    const { status, headers, json } = await token(alanaForm);
    expect(status).toBe(200);
    expect(headers['cache-control']).toContain('no-store');
    expect(headers['content-type']).toMatch(/^application\/json/);
    const body = json();
    expect(body['jti']).toMatch(/^[\da-f]{32}$/);
    expect(readClaims(String(body['access_token']))?.['jti']).toBe(body['jti']);
  });

  test('an empty client secret must be sent, in the form or as Basic authentication', async () => {
    const missing = await token(alanaFormWithout('client_secret'));
    expect([missing.status, missing.json()]).toEqual([401, badCredentials(server)]);
    const form = alanaFormWithout('client_id', 'client_secret');
    expect((await token(form, ['pks_cli', ''])).status).toBe(200);
  });

  test.each([
    ['a wrong password', { password: 'wrong' }],
    ['an unknown user', { username: 'unknown-user' }],
    ['a wrong client secret', { client_secret: 'wrong' }],
    ['an unknown client', { client_id: 'no-such-client' }],
  ])('%s causes the same error', async (_what, change) => {
    const { status, json } = await token({ ...alanaForm, ...change });
    expect([status, json()]).toEqual([401, badCredentials(server)]);
  });

  test('reports a wrong client secret only in the WWW-Authenticate header', async () => {
    const { headers } = await token({ ...alanaForm, client_secret: 'wrong' });
    expect(headers['www-authenticate']).toBe(
      'Basic realm="UAA/client", error="unauthorized", error_description="Bad credentials"',
    );
  });

  const clientGrant = { grant_type: 'client_credentials' };
  const formatValue = (value: string) => (server.release === '77' ? '' : `: ${value}`);

  test.each<[string, () => Promise<RawResponse>, number, () => object]>([
    [
      'no password',
      () => token(alanaFormWithout('password')),
      401,
      () => ({ ...badCredentials(server), error_description: 'No password supplied' }),
    ],
    [
      'a grant type that the client may not use',
      () => token({ ...clientGrant, client_id: 'pks_cli', client_secret: '' }),
      401,
      () => ({
        error: 'invalid_client',
        error_description: `Unauthorized grant type${formatValue('client_credentials')}`,
      }),
    ],
    [
      'an unknown grant type',
      () => token({ ...alanaForm, grant_type: 'foo' }),
      400,
      () => ({
        error: 'unsupported_grant_type',
        error_description: `Unsupported grant type${formatValue('foo')}`,
      }),
    ],
    [
      'no grant type',
      () => token({ client_id: 'pks_cli', client_secret: '' }),
      400,
      () => ({ error: 'invalid_request', error_description: 'Missing grant type' }),
    ],
    [
      'two different clients',
      () => token({ ...clientGrant, client_id: 'pks_cli' }, ['admin', 'adminsecret']),
      401,
      () => ({
        error: 'invalid_client',
        error_description: 'Given client ID does not match authenticated client',
      }),
    ],
    [
      'a scope that is not an authority of the client',
      () => token({ ...clientGrant, scope: 'no.such.scope' }, ['admin', 'adminsecret']),
      400,
      () => ({
        error: 'invalid_scope',
        error_description: 'Invalid scope: no.such.scope',
        scope: expect.stringMatching(/(?=.*\buaa\.admin\b).*\bscim\.read\b/),
      }),
    ],
  ])('rejects a request with %s', async (_what, send, status, body) => {
    const response = await send();
    expect([response.status, response.json()]).toEqual([status, body()]);
  });

  test.each<[string, () => Promise<unknown>, object]>([
    [
      'a scope that the user lacks',
      () => password('cody', undefined, 'pks.clusters.admin'),
      {
        ...{ kind: 'failed', status: 400, oauthError: 'invalid_scope' },
        message:
          '[pks.clusters.admin] is invalid. This user is not allowed any of the requested scopes',
      },
    ],
    [
      'a scope that the client lacks',
      () => password('alana', undefined, 'no.such.scope'),
      {
        ...{ kind: 'failed', status: 400, oauthError: 'invalid_scope' },
        message: 'no.such.scope is invalid. Please use a valid scope name in the request',
      },
    ],
    [
      'a wrong password',
      () => password('alana', 'wrong'),
      { kind: 'unauthenticated', status: 401, message: 'Bad credentials' },
    ],
    [
      'a wrong client secret',
      () => server.grants('admin', 'wrong').clientCredentials(),
      { kind: 'unauthenticated', status: 401, message: 'Bad credentials' },
    ],
    [
      'an unknown refresh token',
      () => server.grants('pks_cli', '').refresh(new Secret(unknownRefreshToken)),
      { kind: 'unauthenticated', oauthError: 'invalid_token' },
    ],
  ])('tpks reports %s', async (_what, request, error) => {
    await expect(request()).rejects.toMatchObject(error);
  });

  describe('refresh grant', () => {
    const refresh = (refreshToken: string, more: Record<string, string> = {}) =>
      token({
        ...{ grant_type: 'refresh_token', refresh_token: refreshToken },
        ...{ client_id: 'pks_cli', client_secret: '', ...more },
      });

    test.each<[string, (first: Plain<Token>) => Promise<RawResponse>, number, object]>([
      [
        'additional scopes',
        ({ refreshToken = '' }) => refresh(refreshToken, { scope: 'openid pks.clusters.admin' }),
        400,
        {
          error: 'invalid_scope',
          error_description: expect.stringContaining(
            'Unable to narrow the scope of the client authentication to [',
          ),
        },
      ],
      [
        'the refresh token of another client',
        ({ refreshToken = '' }) => refresh(refreshToken, { client_id: 'pks_cluster_client' }),
        400,
        {
          error: 'invalid_grant',
          error_description: 'Wrong client for this refresh token: pks_cli',
        },
      ],
      [
        'an access token',
        ({ accessToken }) => refresh(accessToken),
        401,
        { error: 'invalid_token', error_description: 'Invalid refresh token.' },
      ],
      [
        'an unknown token',
        () => refresh(unknownRefreshToken),
        401,
        {
          error: 'invalid_token',
          error_description: 'The token expired, was revoked, or the token ID is incorrect.',
        },
      ],
    ])('rejects %s', async (_what, send, status, body) => {
      const response = await send(await password('alana', undefined, 'openid'));
      expect([response.status, response.json()]).toEqual([status, expect.objectContaining(body)]);
      if (status === 401) {
        expect(response.headers['www-authenticate']).toContain('Bearer error="invalid_token"');
      }
    });
  });
});

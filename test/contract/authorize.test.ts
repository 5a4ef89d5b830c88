import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClients } from '../../src/api/uaa/clients.js';
import { createUsers } from '../../src/api/uaa/users.js';
import { systemClock } from '../../src/base/clock.js';
import { Secret } from '../../src/base/secret.js';
import {
  createAuthorization,
  type Authorization,
} from '../../src/domain/auth/authorization-request.js';
import { readClaims } from '../../src/domain/auth/claims.js';
import { postCredentials } from '../../src/domain/auth/posted-credentials.js';
import { uaaBrowser, type UaaBrowser } from '../support/browser/uaa-browser.js';
import { codeLength, mainServers, unique, type ContractServer } from './servers.js';

const redirectUri = 'http://localhost:28443/callback';

describe.each(mainServers)('/oauth/authorize on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
  }, 60_000);
  afterAll(() => server.stop());

  const query = (fields: Readonly<Record<string, string>>) =>
    `/oauth/authorize?${new URLSearchParams(fields).toString()}`;
  const requestFields = {
    client_id: 'pks_cli',
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 's',
  };
  const locationOf = (response: { readonly headers: Readonly<Record<string, string>> }) =>
    new URL(response.headers['location'] ?? 'nowhere:');
  const inQuery = (response: { readonly headers: Readonly<Record<string, string>> }) =>
    Object.fromEntries(locationOf(response).searchParams);
  const inFragment = (response: { readonly headers: Readonly<Record<string, string>> }) =>
    Object.fromEntries(new URLSearchParams(locationOf(response).hash.slice(1)));
  const codePattern = () => new RegExp(`^[A-Za-z\\d]{${String(codeLength(server))}}$`);
  const redeem = (form: Record<string, string>) =>
    server.raw('/oauth/token', {
      form: { grant_type: 'authorization_code', client_id: 'pks_cli', client_secret: '', ...form },
    });

  /** A new user, who has not yet approved any client. */
  async function createBrowsingUser(): Promise<{
    readonly browser: UaaBrowser;
    readonly name: string;
  }> {
    const name = unique('browsing');
    await createUsers(server.signed(admin), server.uaa).add({
      userName: name,
      password: new Secret(`${name}-password`),
      emails: ['browsing@example.com'],
      phoneNumbers: [],
    });
    const browser = uaaBrowser({ uaa: server.uaa, ca: server.caCert });
    await browser.login(name);
    return { browser, name };
  }

  const consent = (browser: UaaBrowser, authorization: Authorization, ...scopes: string[]) =>
    approve(browser, query(authorization.parameters), scopes);

  async function approve(browser: UaaBrowser, target: string, scopes: readonly string[]) {
    const page = await browser.visit(target);
    expect(page.status).toBe(200);
    expect(page.text).toContain('<form id="application_authorization"');
    const ticked = scopes.map(
      (scope, index) => [`scope.${String(index)}`, `scope.${scope}`] as const,
    );
    return browser.visit('/oauth/authorize', {
      user_oauth_approval: 'true',
      ...Object.fromEntries(ticked),
    });
  }

  describe('without a login', () => {
    test('redirects the browser to the login page and back', async () => {
      const browser = uaaBrowser({ uaa: server.uaa, ca: server.caCert });
      const redirected = await browser.visit(query(requestFields));
      expect(redirected.status).toBe(302);
      expect(redirected.headers['location']).toMatch(/\/login$/);
      const back = await browser.login('cody');
      expect(locationOf(back).pathname).toBe('/oauth/authorize');
      expect(inQuery(back)).toEqual(requestFields);
    });

    test('keeps the login when the browser fetches a favicon', async () => {
      const browser = uaaBrowser({ uaa: server.uaa, ca: server.caCert });
      await browser.visit(query(requestFields));
      await browser.visit('/login');
      const icon = await browser.visit('/favicon.ico');
      expect([icon.status, icon.headers['set-cookie']]).toEqual([404, undefined]);
      const form = { username: 'cody', password: 'cody-password' };
      expect(inQuery(await browser.visit('/login.do', form))).toEqual(requestFields);
    });

    test.each([
      ['code', 'query'],
      ['token', 'fragment'],
    ])(
      'returns login_required for prompt=none with response type %s, in the %s',
      async (type, where) => {
        const target = query({ ...requestFields, response_type: type, prompt: 'none' });
        const response = await server.raw(target);
        expect(response.status).toBe(302);
        expect(response.headers['location']).toMatch(
          where === 'query' ? `${redirectUri}?` : `${redirectUri}#`,
        );
        expect(where === 'query' ? inQuery(response) : inFragment(response)).toEqual({
          error: 'login_required',
          session_state: expect.stringMatching(/^[\da-f]+\.[\da-f]+$/),
        });
      },
    );

    test.each([
      ['an unknown client', { client_id: 'no-such-client' }],
      ['an unregistered redirect URI', { redirect_uri: 'http://localhost:9/callback' }],
      ['an unregistered port', { redirect_uri: 'http://localhost:40000/callback' }],
      ['an IP address instead of localhost', { redirect_uri: 'http://127.0.0.1:28443/callback' }],
    ])('rejects prompt=none with %s and an empty body', async (_what, change) => {
      const { status, text } = await server.raw(
        query({ ...requestFields, ...change, prompt: 'none' }),
      );
      expect([status, text]).toEqual([400, '']);
    });

    test.each([
      'http://localhost:28444/authcode',
      'http://localhost:28445/callback/x',
      'tpks://callback',
    ])('accepts the redirect URI %s with prompt=none', async (uri) => {
      const response = await server.raw(
        query({ ...requestFields, redirect_uri: uri, prompt: 'none' }),
      );
      expect(response.headers['location']).toMatch(`${uri}?error=login_required`);
    });
  });

  describe('an authorization code', () => {
    let user: { readonly browser: UaaBrowser; readonly name: string };
    beforeEach(async () => {
      user = await createBrowsingUser();
    });
    const newRequest = (scope?: string) =>
      createAuthorization({ clientId: 'pks_cli', responseType: 'code', redirectUri, scope });

    test('is issued after the user consents, and tpks redeems it', async () => {
      const authorization = await newRequest();
      const response = await consent(user.browser, authorization, 'openid');
      expect(response.status).toBe(302);
      expect(inQuery(response)).toEqual({
        code: expect.stringMatching(codePattern()),
        state: authorization.state,
      });
      const token = await server.grants('pks_cli', '').authorizationCode({
        code: new Secret(inQuery(response)['code'] ?? ''),
        redirectUri,
        codeVerifier: authorization.codeVerifier,
      });
      expect(token.scope).toBe('openid');
      expect(token.refreshToken).toEqual(expect.any(String));
      expect(readClaims(token.accessToken)).toMatchObject({
        user_name: user.name,
        grant_type: 'authorization_code',
        nonce: authorization.nonce,
        auth_time: expect.any(Number),
      });
      expect(readClaims(token.idToken ?? '')).toMatchObject({
        nonce: authorization.nonce,
        user_name: user.name,
      });
      const renewed = await server
        .grants('pks_cli', '')
        .refresh(new Secret(token.refreshToken ?? ''));
      expect(readClaims(renewed.accessToken)).toMatchObject({ grant_type: 'authorization_code' });
    });

    test('requires its code verifier only on releases that support PKCE', async () => {
      const authorization = await newRequest();
      await consent(user.browser, authorization, 'openid');
      const redeemWith = async (codeVerifier: string | undefined) => {
        const { code = '' } = inQuery(await user.browser.visit(query(authorization.parameters)));
        return redeem({
          code,
          redirect_uri: redirectUri,
          ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
        });
      };
      const wrongVerifier = 'another-verifier-that-is-long-enough-for-RFC-7636';
      const responses = [
        await redeemWith(authorization.codeVerifier.reveal()),
        await redeemWith(wrongVerifier),
        await redeemWith(undefined),
      ];
      expect(responses.map(({ status }) => status)).toEqual(
        server.release === '77' ? [200, 400, 400] : [200, 200, 200],
      );
      if (server.release !== '77') return;
      expect(responses.slice(1).map(({ json }) => json())).toEqual([
        { error: 'invalid_grant', error_description: `Invalid code verifier: ${wrongVerifier}` },
        {
          error: 'invalid_grant',
          error_description:
            'PKCE error: Code verifier must be provided for this authorization code.',
        },
      ]);
    });
  });

  describe('credentials in the request', () => {
    const post = (
      promptValues: ReadonlyMap<string, string | Secret>,
      changes: { readonly clientId?: string; readonly redirectUri?: string } = {},
    ) =>
      postCredentials(
        { uaa: server.uaa, clientId: 'cf', promptValues, redirectUri, ...changes },
        { send: server.send, clock: systemClock },
      );
    const codyCredentials = (password = 'cody-password') =>
      new Map<string, string | Secret>([
        ['username', 'cody'],
        ['password', new Secret(password)],
      ]);

    test('return a token immediately', async () => {
      const token = await post(codyCredentials());
      expect(readClaims(token.accessToken)).toMatchObject({
        user_name: 'cody',
        grant_type: 'implicit',
        client_id: 'cf',
      });
      expect(token).toMatchObject({ refreshToken: undefined });
      expect(token.lifetimeSeconds).toBeLessThanOrEqual(600);
      // The server may be slow.
      expect(token.lifetimeSeconds).toBeGreaterThan(570);
    });

    test('are rejected if they are wrong', async () => {
      const response = post(codyCredentials('wrong'));
      await expect(response).rejects.toMatchObject({
        kind: 'unauthenticated',
        status: 401,
        message: 'Bad credentials',
      });
      // A successful login resets the count of failures, so that the account is not locked.
      await post(codyCredentials());
    });

    test.each([
      [{ redirectUri: 'https://x.example.com' }, { kind: 'failed', status: 400 }],
      [
        { clientId: 'no-such-client' },
        { kind: 'unauthenticated', message: 'No client with requested id: no-such-client' },
      ],
    ])('are rejected with %j', async (change, error) => {
      await expect(post(codyCredentials(), change)).rejects.toMatchObject(error);
    });

    test('do not replace the consent of the user', async () => {
      const clients = createClients(server.signed(admin), server.uaa);
      const id = unique('implicit');
      const attributes = {
        authorized_grant_types: ['implicit'],
        scope: ['openid'],
        redirect_uri: [redirectUri],
      };
      await clients.add({ id, attributes });
      try {
        await expect(post(codyCredentials(), { clientId: id })).rejects.toMatchObject({
          kind: 'failed',
          message: `The user must approve the client ${id} in a browser`,
        });
      } finally {
        await clients.remove(id);
      }
    });
  });

  test('a client without a secret can redeem a code only on releases that support PKCE', async () => {
    const clients = createClients(server.signed(admin), server.uaa);
    const id = unique('public');
    const attributes = {
      authorized_grant_types: ['authorization_code', 'refresh_token'],
      scope: ['openid'],
      redirect_uri: [redirectUri],
      autoapprove: ['true'],
      allowpublic: true,
    };
    await clients.add({ id, secret: new Secret('s3cret'), attributes });
    try {
      const { browser } = await createBrowsingUser();
      const authorization = await createAuthorization({
        clientId: id,
        responseType: 'code',
        redirectUri,
      });
      const { code = '' } = inQuery(await browser.visit(query(authorization.parameters)));
      const redeemed = server.grants(id, undefined).authorizationCode({
        ...{ code: new Secret(code), redirectUri, codeVerifier: authorization.codeVerifier },
      });
      if (server.release === '77') {
        const { refreshToken = '', scope } = await redeemed;
        expect(scope).toBe('openid');
        const renewed = await server.grants(id, undefined).refresh(new Secret(refreshToken));
        expect(renewed.scope).toBe('openid');
      } else {
        await expect(redeemed).rejects.toMatchObject({
          kind: 'unauthenticated',
          message: 'Bad credentials',
        });
      }
    } finally {
      await clients.remove(id);
    }
  });
});

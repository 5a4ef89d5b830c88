import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createAuthorization, type Authorization } from '../../src/auth/authorization.js';
import { readClaims } from '../../src/auth/claims.js';
import { createPostedCredentials } from '../../src/auth/posted-credentials.js';
import { systemClock } from '../../src/clock.js';
import { Secret } from '../../src/secret.js';
import { createClients } from '../../src/uaa/clients.js';
import { createUsers } from '../../src/uaa/users.js';
import { expectLifetime } from '../support/lifetime.js';
import { uaaBrowser, type UaaBrowser } from '../support/uaa-browser.js';
import { codeLength, servers, unique, type ContractServer } from './servers.js';

const redirectUri = 'http://localhost:28443/callback';

describe.each(servers)('/oauth/authorize, %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
  }, 60_000);
  afterAll(() => server.stop());

  const query = (fields: Readonly<Record<string, string>>) =>
    `/oauth/authorize?${new URLSearchParams(fields).toString()}`;
  const asked = {
    client_id: 'pks_cli',
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 's',
  };
  const locationOf = (answer: { readonly headers: Readonly<Record<string, string>> }) =>
    new URL(answer.headers['location'] ?? 'nowhere:');
  const inQuery = (answer: { readonly headers: Readonly<Record<string, string>> }) =>
    Object.fromEntries(locationOf(answer).searchParams);
  const inFragment = (answer: { readonly headers: Readonly<Record<string, string>> }) =>
    Object.fromEntries(new URLSearchParams(locationOf(answer).hash.slice(1)));
  const codes = () => new RegExp(`^[A-Za-z\\d]{${String(codeLength(server))}}$`);
  const redeem = (form: Record<string, string>) =>
    server.raw('/oauth/token', {
      form: { grant_type: 'authorization_code', client_id: 'pks_cli', client_secret: '', ...form },
    });

  /** Somebody whom no client has asked for anything yet. */
  async function newPerson(): Promise<{ readonly browser: UaaBrowser; readonly name: string }> {
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
    test('a browser is sent to the login page, and back', async () => {
      const browser = uaaBrowser({ uaa: server.uaa, ca: server.caCert });
      const sent = await browser.visit(query(asked));
      expect(sent.status).toBe(302);
      expect(sent.headers['location']).toMatch(/\/login$/);
      const back = await browser.login('cody');
      expect(locationOf(back).pathname).toBe('/oauth/authorize');
      expect(inQuery(back)).toEqual(asked);
    });

    test('what a browser fetches unasked, an icon, leaves the login alone', async () => {
      const browser = uaaBrowser({ uaa: server.uaa, ca: server.caCert });
      await browser.visit(query(asked));
      await browser.visit('/login');
      const icon = await browser.visit('/favicon.ico');
      expect([icon.status, icon.headers['set-cookie']]).toEqual([404, undefined]);
      const form = { username: 'cody', password: 'cody-password' };
      expect(inQuery(await browser.visit('/login.do', form))).toEqual(asked);
    });

    test.each([
      ['code', 'query'],
      ['token', 'fragment'],
    ])('prompt=none says in the answer that one is wanted: %s', async (type, where) => {
      const target = query({ ...asked, response_type: type, prompt: 'none' });
      const answer = await server.raw(target);
      expect(answer.status).toBe(302);
      expect(answer.headers['location']).toMatch(
        where === 'query' ? `${redirectUri}?` : `${redirectUri}#`,
      );
      expect(where === 'query' ? inQuery(answer) : inFragment(answer)).toEqual({
        error: 'login_required',
        session_state: expect.stringMatching(/^[\da-f]+\.[\da-f]+$/),
      });
    });

    test.each([
      ['an unknown client', { client_id: 'no-such-client' }],
      ['a redirect that is not registered', { redirect_uri: 'http://localhost:9/callback' }],
      ['a free port', { redirect_uri: 'http://localhost:40000/callback' }],
      ['the address in place of the name', { redirect_uri: 'http://127.0.0.1:28443/callback' }],
    ])('prompt=none refuses %s at once, without a word', async (_what, change) => {
      const { status, text } = await server.raw(query({ ...asked, ...change, prompt: 'none' }));
      expect([status, text]).toEqual([400, '']);
    });

    test.each([
      'http://localhost:28444/authcode',
      'http://localhost:28445/callback/x',
      'tpks://callback',
    ])('prompt=none takes %s', async (uri) => {
      const answer = await server.raw(query({ ...asked, redirect_uri: uri, prompt: 'none' }));
      expect(answer.headers['location']).toMatch(`${uri}?error=login_required`);
    });
  });

  describe('a code', () => {
    let person: { readonly browser: UaaBrowser; readonly name: string };
    beforeEach(async () => {
      person = await newPerson();
    });
    const newRequest = (scope?: string) =>
      createAuthorization({ clientId: 'pks_cli', responseType: 'code', redirectUri, scope });

    test('comes for consent, and tpks redeems it', async () => {
      const authorization = await newRequest();
      const answer = await consent(person.browser, authorization, 'openid');
      expect(answer.status).toBe(302);
      expect(inQuery(answer)).toEqual({
        code: expect.stringMatching(codes()),
        state: authorization.state,
      });
      const token = await server.grants('pks_cli', '').authorizationCode({
        code: new Secret(inQuery(answer)['code'] ?? ''),
        redirectUri,
        codeVerifier: authorization.codeVerifier,
      });
      expect(token.scope).toBe('openid');
      expect(token.refreshToken).toEqual(expect.any(String));
      expect(readClaims(token.accessToken)).toMatchObject({
        user_name: person.name,
        grant_type: 'authorization_code',
        nonce: authorization.nonce,
        auth_time: expect.any(Number),
      });
      expect(readClaims(token.idToken ?? '')).toMatchObject({
        nonce: authorization.nonce,
        user_name: person.name,
      });
      const renewed = await server
        .grants('pks_cli', '')
        .refresh(new Secret(token.refreshToken ?? ''));
      expect(readClaims(renewed.accessToken)).toMatchObject({ grant_type: 'authorization_code' });
    });

    test('comes without consent once that was given', async () => {
      await consent(person.browser, await newRequest(), 'openid');
      const again = await newRequest();
      const answer = await person.browser.visit(query(again.parameters));
      expect(inQuery(answer)).toEqual({
        code: expect.stringMatching(codes()),
        state: again.state,
      });
      const silent = await person.browser.visit(query({ ...again.parameters, prompt: 'none' }));
      expect(inQuery(silent)).toHaveProperty('code');
    });

    test('works once', async () => {
      const answer = await approve(person.browser, query(asked), ['openid']);
      const { code = '' } = inQuery(answer);
      expect((await redeem({ code, redirect_uri: redirectUri })).status).toBe(200);
      const { status, json } = await redeem({ code, redirect_uri: redirectUri });
      expect(status).toBe(400);
      expect(json()).toEqual({
        error: 'invalid_grant',
        error_description: `Invalid authorization code: ${code}`,
      });
    });

    test.each<[string, Record<string, string>, number, Record<string, string>]>([
      [
        'another redirect',
        { redirect_uri: 'http://localhost:28444/callback' },
        400,
        { error: 'invalid_grant', error_description: 'Redirect URI mismatch.' },
      ],
      [
        'another client',
        { client_id: 'pks_cluster_client', redirect_uri: redirectUri },
        401,
        { error: 'invalid_client', error_description: 'Client ID mismatch' },
      ],
    ])('is used up by %s', async (_what, change, expected, body) => {
      const answer = await approve(person.browser, query(asked), ['openid']);
      const { code = '' } = inQuery(answer);
      const { status, json } = await redeem({ code, ...change });
      expect([status, json()]).toEqual([expected, body]);
      expect((await redeem({ code, redirect_uri: redirectUri })).json()).toMatchObject({
        error_description: `Invalid authorization code: ${code}`,
      });
    });

    test('that is missing is told', async () => {
      const { status, json } = await redeem({ redirect_uri: redirectUri });
      expect([status, json()]).toEqual([
        400,
        {
          error: 'invalid_request',
          error_description: 'An authorization code must be supplied.',
        },
      ]);
    });

    test('is bound to its verifier where the release knows PKCE, and else to nobody', async () => {
      const authorization = await newRequest();
      await consent(person.browser, authorization, 'openid');
      const redeemWith = async (codeVerifier: string | undefined) => {
        const { code = '' } = inQuery(await person.browser.visit(query(authorization.parameters)));
        return redeem({
          code,
          redirect_uri: redirectUri,
          ...(codeVerifier !== undefined && { code_verifier: codeVerifier }),
        });
      };
      const wrong = 'another-verifier-that-is-long-enough-for-RFC-7636';
      const answers = [
        await redeemWith(authorization.codeVerifier.reveal()),
        await redeemWith(wrong),
        await redeemWith(undefined),
      ];
      expect(answers.map(({ status }) => status)).toEqual(
        server.release === '77' ? [200, 400, 400] : [200, 200, 200],
      );
      if (server.release !== '77') return;
      expect(answers.slice(1).map(({ json }) => json())).toEqual([
        { error: 'invalid_grant', error_description: `Invalid code verifier: ${wrong}` },
        {
          error: 'invalid_grant',
          error_description:
            'PKCE error: Code verifier must be provided for this authorization code.',
        },
      ]);
    });

    test('of which everything was unticked is worth nothing', async () => {
      const answer = await approve(person.browser, query(asked), []);
      const { code = '' } = inQuery(answer);
      const { status, json } = await redeem({ code, redirect_uri: redirectUri });
      expect([status, json()]).toEqual([
        401,
        { error: 'invalid_token', error_description: 'No scopes were granted' },
      ]);
    });
  });

  describe('a person', () => {
    test('may deny, and is asked again', async () => {
      const { browser } = await newPerson();
      await browser.visit(query(asked));
      const answer = await browser.visit('/oauth/authorize', { user_oauth_approval: 'false' });
      expect(answer.status).toBe(302);
      expect(inQuery(answer)).toEqual({
        error: 'access_denied',
        error_description: 'User denied access',
        state: 's',
      });
      expect((await browser.visit(query(asked))).text).toContain('application_authorization');
      const silent = await browser.visit(query({ ...asked, prompt: 'none' }));
      expect(inFragment(silent)).toEqual({ error: 'interaction_required' });
    });

    test('approves what was asked, and nothing that a form adds', async () => {
      const { browser } = await newPerson();
      await browser.visit(query(asked));
      const form = { user_oauth_approval: 'true', 'scope.0': 'scope.uaa.admin' };
      expect(inQuery(await browser.visit('/oauth/authorize', form))).toEqual({
        error: 'invalid_scope',
        error_description:
          'The requested scopes are invalid. Please use valid scope names in the request.',
        state: 's',
      });
    });

    test('approves nothing that was not asked, or not any more', async () => {
      const { browser } = await newPerson();
      await browser.visit(query(asked));
      await browser.visit('/oauth/authorize', { user_oauth_approval: 'false' });
      const answer = await browser.visit('/oauth/authorize', { user_oauth_approval: 'true' });
      expect(answer.status).toBe(400);
    });

    test('approves nothing by a form of somebody else’s', async () => {
      const { browser } = await newPerson();
      await browser.visit(query(asked));
      const form = { user_oauth_approval: 'true', 'X-Uaa-Csrf': 'guessed' };
      expect((await browser.visit('/oauth/authorize', form)).status).toBe(403);
    });
  });

  describe('an error', () => {
    let browser: UaaBrowser;
    beforeAll(async () => {
      ({ browser } = await newPerson());
    });

    test.each<[string, Record<string, string>, Record<string, string>]>([
      [
        'an unknown scope',
        { scope: 'no.such.scope' },
        {
          error: 'invalid_scope',
          error_description:
            'no.such.scope is invalid. Please use a valid scope name in the request',
          state: 's',
        },
      ],
      [
        'a scope that the person lacks',
        { scope: 'pks.clusters.admin' },
        {
          error: 'invalid_scope',
          error_description:
            '[pks.clusters.admin] is invalid. This user is not allowed any of the requested scopes',
          state: 's',
        },
      ],
      [
        'an unknown answer type',
        { response_type: 'foo' },
        {
          error: 'unsupported_response_type',
          error_description: 'Unsupported response types: [foo]',
          state: 's',
        },
      ],
      [
        'no answer type, which forgets the state',
        { response_type: '' },
        {
          error: 'invalid_request',
          error_description: 'Missing response_type in authorization request',
        },
      ],
    ])('goes back to the client: %s', async (_what, change, expected) => {
      const answer = await browser.visit(query({ ...asked, ...change }));
      expect(answer.status).toBe(302);
      expect(locationOf(answer).origin).toBe('http://localhost:28443');
      expect(inQuery(answer)).toEqual(expected);
    });

    test.each<[string, Record<string, string>, number, string]>([
      [
        'a redirect that is not registered',
        { redirect_uri: 'https://evil.example.com/' },
        400,
        'Invalid redirect https://evil.example.com/ did not match one of the registered values',
      ],
      [
        'an unknown client',
        { client_id: 'no-such-client' },
        401,
        'No client with requested id: no-such-client',
      ],
    ])('goes nowhere but to the person: %s', async (_what, change, status, message) => {
      const answer = await browser.visit(query({ ...asked, ...change }));
      expect([answer.status, answer.headers['location']]).toEqual([status, undefined]);
      if (status === 400) expect(answer.text).toContain(message);
    });

    test('of the implicit grant goes back in the fragment', async () => {
      const answer = await browser.visit(
        query({ ...asked, response_type: 'token', scope: 'openid' }),
      );
      // A person is asked first, where the client would not get it anyway.
      const denied =
        answer.status === 302
          ? answer
          : await browser.visit('/oauth/authorize', {
              user_oauth_approval: 'true',
              'scope.0': 'scope.openid',
            });
      expect(inFragment(denied)).toEqual({
        error: 'invalid_client',
        error_description: 'Unauthorized grant type: implicit',
        state: 's',
      });
    });
  });

  describe('the implicit grant', () => {
    test('brings the token in the fragment, without consent for a client that needs none', async () => {
      const { browser, name } = await newPerson();
      const authorization = await createAuthorization({
        clientId: 'cf',
        responseType: 'token',
        redirectUri,
      });
      const answer = await browser.visit(query(authorization.parameters));
      expect(answer.status).toBe(302);
      const given = inFragment(answer);
      expect(given).toEqual({
        token_type: 'bearer',
        access_token: expect.any(String),
        state: authorization.state,
        expires_in: expect.stringMatching(/^\d+$/),
        scope: expect.any(String),
        nonce: authorization.nonce,
        jti: expect.any(String),
      });
      expectLifetime(Number(given['expires_in']), 600);
      expect(readClaims(given['access_token'] ?? '')).toMatchObject({
        user_name: name,
        grant_type: 'implicit',
        nonce: authorization.nonce,
      });
      expect(given['scope']?.split(' ').sort()).toEqual(['openid', 'uaa.user']);
    });

    test('brings an id token too, and an opaque token, where that is asked for', async () => {
      const { browser, name } = await newPerson();
      const { parameters } = await createAuthorization({
        ...{ clientId: 'cf', responseType: 'token', redirectUri },
        ...{ scope: 'openid', tokenFormat: 'opaque' },
      });
      const given = inFragment(await browser.visit(query(parameters)));
      expect(given['access_token']).toMatch(/^[\da-f]{32}$/);
      expect(given).not.toHaveProperty('scope');
      expect(readClaims(given['id_token'] ?? '')).toMatchObject({ user_name: name });
    });
  });

  describe('credentials in the request', () => {
    const posted = (clientId = 'cf') =>
      createPostedCredentials({ send: server.send, uaa: server.uaa, clientId, clock: systemClock });
    const ofCody = (password = 'cody-password') =>
      new Map<string, string | Secret>([
        ['username', 'cody'],
        ['password', new Secret(password)],
      ]);

    test('bring a token at once', async () => {
      const token = await posted().token({ promptValues: ofCody(), redirectUri });
      expect(readClaims(token.accessToken)).toMatchObject({
        user_name: 'cody',
        grant_type: 'implicit',
        client_id: 'cf',
      });
      expect(token).toMatchObject({ refreshToken: undefined });
      expectLifetime(token.lifetimeSeconds, 600);
    });

    test('that are wrong are refused', async () => {
      const answer = posted().token({ promptValues: ofCody('wrong'), redirectUri });
      await expect(answer).rejects.toMatchObject({
        kind: 'unauthenticated',
        status: 401,
        message: 'Bad credentials',
      });
      // A right one, so that nobody is locked out.
      await posted().token({ promptValues: ofCody(), redirectUri });
    });

    test('need a redirect that the client is registered with', async () => {
      const answer = posted().token({
        promptValues: ofCody(),
        redirectUri: 'https://x.example.com',
      });
      await expect(answer).rejects.toMatchObject({ kind: 'failed', status: 400 });
    });

    test('need a client that may have the implicit grant', async () => {
      const answer = posted('no-such-client').token({ promptValues: ofCody(), redirectUri });
      await expect(answer).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: 'No client with requested id: no-such-client',
      });
    });

    test('are no consent', async () => {
      const clients = createClients(server.signed(admin), server.uaa);
      const id = unique('implicit');
      const attributes = {
        authorized_grant_types: ['implicit'],
        scope: ['openid'],
        redirect_uri: [redirectUri],
      };
      await clients.add({ id, attributes });
      try {
        await expect(
          posted(id).token({ promptValues: ofCody(), redirectUri }),
        ).rejects.toMatchObject({
          kind: 'failed',
          message: `The user must approve the client ${id} in a browser`,
        });
      } finally {
        await clients.remove(id);
      }
    });

    test('are for clients that want JSON: a page with a form it is not', async () => {
      const { status, headers } = await server.raw('/oauth/authorize', {
        form: {
          ...{ client_id: 'cf', response_type: 'token', redirect_uri: redirectUri },
          ...{ source: 'credentials', username: 'cody', password: 'cody-password' },
        },
        headers: { accept: 'text/html' },
      });
      expect(status).toBe(302);
      expect(headers['location']).toMatch(/\/login\?error=invalid_login_request$/);
    });
  });

  test('clients without a secret redeem their codes where the release knows PKCE', async () => {
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
      const { browser } = await newPerson();
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
        const again = await server.grants(id, undefined).refresh(new Secret(refreshToken));
        expect(again.scope).toBe('openid');
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

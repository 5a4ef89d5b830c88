import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { redact, Secret } from '../../../../src/base/secret.js';
import {
  validateNonce,
  createAuthorization,
  readResponseValue,
  type Authorization,
  type AuthorizationInput,
} from '../../../../src/domain/auth/authorization-request.js';
import { postCredentials } from '../../../../src/domain/auth/posted-credentials.js';
import type { HttpRequest } from '../../../../src/platform/http/send.js';
import { plain } from '../../../support/checks/plain-tokens.js';
import { toResponse, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const redirectUri = 'http://localhost:28443/authcode';
const input: AuthorizationInput = { clientId: 'pks cli&x', responseType: 'code', redirectUri };

describe('an authorization request', () => {
  test('for a code has an S256 code challenge', async () => {
    const { parameters, codeVerifier, state, nonce } = await createAuthorization(input);
    expect(parameters).toEqual({
      client_id: 'pks cli&x',
      response_type: 'code',
      redirect_uri: redirectUri,
      state,
      nonce,
      code_challenge: createHash('sha256').update(codeVerifier.reveal()).digest('base64url'),
      code_challenge_method: 'S256',
    });
    // RFC 7636: 43 to 128 of these characters.
    expect(codeVerifier.reveal()).toMatch(/^[\w.~-]{43,128}$/);
  });

  test('has random values of 256 bits', async () => {
    const authorizations = await Promise.all(
      Array.from({ length: 50 }, () => createAuthorization(input)),
    );
    const texts = authorizations.flatMap(({ state, nonce, codeVerifier }) => [
      state,
      nonce,
      codeVerifier.reveal(),
    ]);
    expect(new Set(texts).size).toBe(150);
    for (const text of texts) expect(Buffer.from(text, 'base64url')).toHaveLength(32);
  });

  test.each([
    [undefined, 'token'],
    ['uaa.user', 'token'],
    ['uaa.user openid', 'token id_token'],
  ])('for a token with the scope %p asks for %p, without PKCE', async (scope, responseType) => {
    const { parameters } = await createAuthorization({ ...input, responseType: 'token', scope });
    expect(parameters['response_type']).toBe(responseType);
    expect(parameters).not.toHaveProperty('code_challenge');
  });
});

describe('an authorization response', () => {
  let authorization: Authorization;
  let state: string;
  beforeAll(async () => {
    authorization = await createAuthorization(input);
    ({ state } = authorization);
  });
  const readCode = (fields: Record<string, string>) =>
    readResponseValue(new URLSearchParams(fields), 'code', authorization).reveal();

  test.each<[string, Record<string, string>]>([
    ['another state', { state: 'abc', code: 'c' }],
    ['no state', { code: 'c' }],
    ['an empty state', { state: '', code: 'c' }],
    ['an error for another request', { state: 'abc', error: 'access_denied' }],
    ['an error without a state', { error: 'server_error', error_description: 'Call 555-0100' }],
  ])('with %s is rejected', (_name, fields) => {
    expect(() => readCode(fields)).toThrow(
      expect.objectContaining({
        kind: 'unauthenticated',
        message: expect.stringContaining('does not belong to this login'),
      }),
    );
  });

  test.each<[string, Record<string, string>, object]>([
    [
      'the user denies access',
      { error: 'access_denied', error_description: 'User denied access' },
      {
        oauthError: 'access_denied',
        message: 'The login was denied: User denied access',
        hint: expect.stringContaining('Authorize'),
      },
    ],
    [
      'a scope is invalid',
      { error: 'invalid_scope', error_description: 'nosuch is invalid.' },
      { message: 'nosuch is invalid.', hint: expect.stringContaining('--scope') },
    ],
    [
      'the client is not allowed to use the grant',
      {
        error: 'invalid_client',
        error_description: 'Unauthorized grant type: authorization_code',
      },
      { hint: 'an administrator can add the grant type authorization_code to the client' },
    ],
    [
      'a UAA 77 does not allow the client to use the grant',
      { error: 'invalid_client', error_description: 'Unauthorized grant type' },
      { hint: 'an administrator can add the grant type for this login to the client' },
    ],
    [
      'the error code is a member of every object',
      { error: 'constructor' },
      { message: 'constructor' },
    ],
    ['there is no description', { error: 'invalid_request' }, { message: 'invalid_request' }],
  ])('is an error if %s', (_name, fields, expected) => {
    expect(() => readCode({ state, ...fields })).toThrow(
      expect.objectContaining({ kind: 'unauthenticated', ...expected }),
    );
  });

  test.each([{}, { code: '' }])('without a code is rejected: %p', (fields) => {
    expect(() => readCode({ state, ...fields })).toThrow(
      expect.objectContaining({
        kind: 'unauthenticated',
        message: expect.stringContaining('code'),
      }),
    );
  });
});

test('validateNonce rejects the nonce of another request, but accepts a missing one', async () => {
  const authorization = await createAuthorization(input);
  validateNonce(undefined, authorization);
  validateNonce(authorization.nonce, authorization);
  expect(() => validateNonce('another', authorization)).toThrow(
    expect.objectContaining({ kind: 'unauthenticated' }),
  );
});

describe('postCredentials', () => {
  const uaa = 'https://api.example.com:8443';
  const redirectUri = 'https://uaa.cloudfoundry.com/redirect/cf';

  /** @param respond - creates the response from the posted fields. */
  function createPost(respond: (fields: URLSearchParams) => FakeResponse) {
    const requests: HttpRequest[] = [];
    const send = async (request: HttpRequest) => {
      requests.push(request);
      return toResponse(respond(new URLSearchParams(String(request.body))));
    };
    const promptValues = new Map<string, string | Secret>([
      ['username', 'cody'],
      ['password', new Secret('cody-pässword&+')],
    ]);
    return {
      requests,
      token: (scope?: string) =>
        postCredentials(
          { uaa, clientId: 'cf', promptValues, redirectUri, scope },
          { send, clock: fixedClock() },
        ),
    };
  }

  const redirect = (
    fields: URLSearchParams,
    response: Record<string, string>,
    redirectTarget = redirectUri,
  ) => ({
    status: 302,
    headers: {
      location: `${redirectTarget}#${new URLSearchParams({ state: fields.get('state') ?? '', ...response }).toString()}`,
      date: 'Tue, 24 Nov 2026 10:00:30 GMT',
    },
  });
  const access = (nonce: string | null) =>
    jwt({ user_name: 'cody', scope: ['openid', 'x'], nonce });

  test('sends one request with all values in the body', async () => {
    const { requests, token } = createPost((fields) =>
      redirect(fields, { access_token: access(fields.get('nonce')), expires_in: '599' }),
    );
    expect(await token('openid')).toMatchObject({
      lifetimeSeconds: 599,
      scope: 'openid',
      refreshToken: undefined,
      issuedAt: new Date('2026-11-24T10:00:30Z'),
    });
    expect(requests).toHaveLength(1);
    const [{ method, url, headers = {}, body } = requests[0]!] = requests;
    expect({ method, url }).toEqual({ method: 'POST', url: `${uaa}/oauth/authorize` });
    expect(headers['accept']).toBe('application/json');
    expect(Object.fromEntries(new URLSearchParams(String(body)))).toEqual({
      client_id: 'cf',
      response_type: 'token id_token',
      redirect_uri: redirectUri,
      scope: 'openid',
      source: 'credentials',
      username: 'cody',
      password: 'cody-pässword&+',
      state: expect.any(String),
      nonce: expect.any(String),
    });
  });

  test('accepts an opaque token and registers it for redaction', async () => {
    const { token } = createPost((fields) =>
      redirect(fields, { access_token: 'opaque-token-7', scope: 'x', expires_in: '599' }),
    );
    expect(plain(await token())).toMatchObject({ accessToken: 'opaque-token-7', scope: 'x' });
    expect(redact('opaque-token-7')).toBe('•••');
  });

  describe('fails if the response is', () => {
    test.each<[string, FakeResponse, object]>([
      [
        'a rejection of the credentials',
        { status: 401, body: { error: 'unauthorized', error_description: 'Bad credentials' } },
        { kind: 'unauthenticated', message: 'Bad credentials' },
      ],
      [
        'a rejection of the redirect URI',
        {
          status: 400,
          body: {
            error: 'invalid_grant',
            error_description: `Invalid redirect ${redirectUri} did not match one of the registered values`,
          },
        },
        { kind: 'failed', hint: expect.stringContaining('--redirect-uri') },
      ],
      [
        'a rejection of the client',
        {
          status: 401,
          body: { error: 'invalid_client', error_description: 'No client with requested id: cf' },
        },
        { kind: 'unauthenticated', message: 'No client with requested id: cf' },
      ],
      [
        'a request for approval',
        { status: 200, body: { auth_request: { requestParameters: { password: 'x' } } } },
        { kind: 'failed', hint: expect.stringContaining('tpks uaa token implicit get -c cf') },
      ],
      ['a server error', { status: 503, body: {} }, { kind: 'unavailable' }],
      [
        'a redirect to the login page',
        { status: 302, headers: { location: '/login' } },
        { kind: 'unavailable' },
      ],
      ['an HTML page', { status: 200, body: '<html>' }, { kind: 'unavailable' }],
    ])('%s', async (_name, response, expected) => {
      await expect(createPost(() => response).token()).rejects.toMatchObject(expected);
    });

    test('an error in the fragment, with the message of the UAA', async () => {
      const { token } = createPost((fields) =>
        redirect(fields, {
          error: 'invalid_client',
          error_description: 'Unauthorized grant type: implicit',
        }),
      );
      await expect(token()).rejects.toMatchObject({
        kind: 'unauthenticated',
        message: 'Unauthorized grant type: implicit',
      });
    });

    test('a token for another redirect URI, without repeating the token', async () => {
      const { token } = createPost((fields) =>
        redirect(fields, { access_token: 'misdirected-token-7' }, 'https://evil.example.com/'),
      );
      const error: unknown = await token().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind: 'unavailable' });
      expect(JSON.stringify(error) + String(error)).not.toContain('misdirected-token-7');
    });
  });
});

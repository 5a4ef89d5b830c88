import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  authorizationUrl,
  validateNonce,
  createAuthorization,
  readResponseValue,
  type Authorization,
  type AuthorizationInput,
} from '../../../src/auth/authorization.js';

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

  test('has a URL that does not contain the code verifier', async () => {
    const authorization = await createAuthorization({ ...input, scope: 'openid x' });
    const url = new URL(authorizationUrl('https://uaa.example.com/uaa', authorization));
    expect(url.origin + url.pathname).toBe('https://uaa.example.com/uaa/oauth/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual(authorization.parameters);
    expect(url.href).not.toContain(authorization.codeVerifier.reveal());
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

  test('names the token format only for the response type token', async () => {
    const opaque = { ...input, tokenFormat: 'opaque' } as const;
    expect((await createAuthorization(opaque)).parameters).not.toHaveProperty('token_format');
    const implicit = await createAuthorization({ ...opaque, responseType: 'token' });
    expect(implicit.parameters['token_format']).toBe('opaque');
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

  test('with the state of the request is accepted', () => {
    expect(readCode({ state, code: 'q7f2XaoBfo' })).toBe('q7f2XaoBfo');
  });

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

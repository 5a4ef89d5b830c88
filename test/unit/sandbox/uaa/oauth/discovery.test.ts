import { beforeAll, describe, expect, test } from '@jest/globals';
import { compactVerify, importJWK, importSPKI } from 'jose';
import { basic, createHarness, issuer, start, type Harness } from '../harness.js';

let uaa: Harness;
beforeAll(async () => {
  uaa = await createHarness();
});

test('/info and /login as JSON describe the server', async () => {
  const { status, json } = await uaa.call('GET', '/info');
  expect(status).toBe(200);
  expect(json).toMatchObject({
    app: { version: '4.30.0' },
    links: { uaa: issuer, login: issuer },
    zone_name: 'uaa',
    prompts: { username: ['text', 'Email'], password: ['password', 'Password'] },
  });
  expect((await uaa.call('GET', '/login')).json).toEqual(json);
});

test('/healthz returns ok in the requested content type', async () => {
  expect(await uaa.call('GET', '/healthz', { headers: { accept: '*/*' } })).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain;charset=ISO-8859-1' },
    body: 'ok\n',
  });
});

test.each(['', '/oauth/token'])(
  'the discovery document under the path %j contains the issuer and the endpoints',
  async (prefix) => {
    const { json } = await uaa.call('GET', `${prefix}/.well-known/openid-configuration`);
    expect(json).toMatchObject({
      issuer: `${issuer}/oauth/token`,
      token_endpoint: `${issuer}/oauth/token`,
      jwks_uri: `${issuer}/token_keys`,
      userinfo_endpoint: `${issuer}/userinfo`,
    });
  },
);

describe('the signing key', () => {
  test('verifies tokens, both as a JWK and as PEM', async () => {
    const { json } = await uaa.call('GET', '/token_key');
    expect(json).toMatchObject({ kty: 'RSA', e: 'AQAB', use: 'sig', alg: 'RS256' });
    const token = String((await uaa.login('cody')).json['access_token']);
    // UAA before 75.5 adds a zero byte before the modulus.
    const n = Buffer.from(String(json['n']), 'base64url');
    expect(n[0]).toBe(0);
    const fixed = { kty: 'RSA', e: String(json['e']), n: n.subarray(1).toString('base64url') };
    const { protectedHeader } = await compactVerify(token, await importJWK(fixed, 'RS256'));
    expect(protectedHeader).toEqual({
      alg: 'RS256',
      jku: `${issuer}/token_keys`,
      kid: json['kid'],
      typ: 'JWT',
    });
    await compactVerify(token, await importSPKI(String(json['value']), 'RS256'));
    expect((await uaa.call('GET', '/token_keys')).json).toEqual({ keys: [json] });
  });

  test('is not sent again to a client that has the current version', async () => {
    const etag = `"${String(start)}"`;
    expect((await uaa.call('GET', '/token_keys')).headers['etag']).toBe(etag);
    for (const known of [etag, String(start)]) {
      const headers = { 'if-none-match': known };
      expect(await uaa.call('GET', '/token_keys', { headers })).toMatchObject({
        status: 304,
        body: '',
      });
    }
  });

  test('is public, but a wrong client secret is rejected', async () => {
    const headers = { authorization: basic('pks_client', 'no') };
    expect(await uaa.call('GET', '/token_key', { headers })).toMatchObject({
      status: 401,
      json: { error: 'unauthorized', error_description: 'Bad credentials' },
    });
  });
});

test('/userinfo returns the user of a token with the openid scope', async () => {
  const first = await uaa.login('naomi');
  const read = (token: unknown) => uaa.call('GET', '/userinfo', { token: String(token) });
  const { json } = await read(first.json['access_token']);
  expect(json).toEqual({
    user_id: json['sub'],
    sub: expect.any(String),
    user_name: 'naomi',
    name: 'Naomi Example',
    given_name: 'Naomi',
    family_name: 'Example',
    email: 'naomi@example.com',
    email_verified: true,
    previous_logon_time: null,
  });
  const second = await uaa.login('naomi');
  expect((await read(second.json['access_token'])).json['previous_logon_time']).toBe(start);
  expect(await read(await uaa.clientToken())).toMatchObject({
    status: 403,
    json: {
      error: 'access_denied',
      error_description: 'Invalid token does not contain resource id (openid)',
    },
  });
});

describe('a response', () => {
  test('in JSON is replaced by a 406 if the client does not accept JSON', async () => {
    for (const accept of ['text/html', 'application/xml']) {
      expect(await uaa.call('GET', '/info', { headers: { accept } })).toMatchObject({
        status: 406,
        headers: { 'content-type': expect.stringMatching(/^text\/html/) },
      });
    }
    for (const accept of ['*/*', 'text/html, */*;q=0.1', 'application/*']) {
      expect((await uaa.call('GET', '/info', { headers: { accept } })).status).toBe(200);
    }
  });

  test('has headers that forbid storing, sniffing and framing', async () => {
    expect((await uaa.call('GET', '/userinfo')).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });

  test('to an unknown path redirects to the login, and a trailing slash is ignored', async () => {
    expect(await uaa.call('GET', '/nothing')).toMatchObject({
      status: 302,
      headers: { location: `${issuer}/login` },
    });
    expect((await uaa.call('GET', '/Users/')).status).toBe(401);
    expect(await uaa.call('PUT', '/token_keys')).toMatchObject({
      status: 405,
      headers: { allow: 'GET' },
      body: '{}',
    });
  });
});

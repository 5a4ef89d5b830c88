import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  addFragment,
  addQuery,
  formatResponse,
  replaceFragment,
  resolveRedirectUri,
} from '../../../../../src/sandbox/uaa/browser/redirect-uri.js';
import {
  asPksCli,
  claimsOf,
  createHarness,
  type HarnessResponse,
  type Harness,
} from '../harness.js';

const redirectUri = 'http://localhost:28443/callback';
const authorizeQuery = new URLSearchParams({
  ...{ client_id: 'pks_cli', response_type: 'code', redirect_uri: redirectUri, state: 's' },
}).toString();

let uaa: Harness;
beforeEach(async () => {
  uaa = await createHarness();
});

/** Logs in as cody and returns a function that sends requests like a browser, with cookies. */
async function logInWithBrowser(harness = uaa) {
  const jar = new Map<string, string>();
  let csrf = '';
  const visit = async (method: string, target: string, form?: Record<string, string>) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie };
    const response: HarnessResponse =
      form === undefined
        ? await harness.call(method, target, { headers })
        : await harness.form(target, { 'X-Uaa-Csrf': csrf, ...form }, headers);
    const cookies = response.headers['set-cookie'] ?? [];
    for (const each of typeof cookies === 'string' ? [cookies] : cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      jar.set(name, value);
    }
    csrf = /name="X-Uaa-Csrf"[^>]*value="([^"]+)"/.exec(response.body)?.[1] ?? csrf;
    return response;
  };
  await visit('GET', '/login');
  await visit('POST', '/login.do', { username: 'cody', password: 'cody-password' });
  return visit;
}

const approval = {
  user_oauth_approval: 'true',
  'scope.0': 'scope.openid',
  'scope.1': 'scope.pks.clusters.manage',
};
const codeIn = ({ headers }: HarnessResponse) =>
  new URL(String(headers['location'])).searchParams.get('code') ?? '';
const redeem = (code: string, more = {}) =>
  uaa.form('/oauth/token', {
    ...asPksCli,
    ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...more },
  });

test('a code expires after five minutes', async () => {
  const visit = await logInWithBrowser();
  await visit('GET', `/oauth/authorize?${authorizeQuery}`);
  const code = codeIn(await visit('POST', '/oauth/authorize', approval));
  uaa.passSeconds(300);
  expect((await redeem(code)).json).toEqual({
    error: 'invalid_grant',
    error_description: `Invalid authorization code: ${code}`,
  });
});

test('a user is asked for approval once a month', async () => {
  const first = await logInWithBrowser();
  await first('GET', `/oauth/authorize?${authorizeQuery}`);
  await first('POST', '/oauth/authorize', approval);
  const days = 86_400;
  uaa.passSeconds(29 * days);
  expect(
    (await (await logInWithBrowser())('GET', `/oauth/authorize?${authorizeQuery}`)).status,
  ).toBe(302);
  uaa.passSeconds(days);
  const secondResponse = await (
    await logInWithBrowser()
  )('GET', `/oauth/authorize?${authorizeQuery}`);
  expect(secondResponse.body).toContain('application_authorization');
});

test('an expired approval prevents the renewal of the token', async () => {
  const sixtyDays = 60 * 86_400;
  uaa = await createHarness({ refreshSeconds: sixtyDays });
  const visit = await logInWithBrowser();
  await visit('GET', `/oauth/authorize?${authorizeQuery}`);
  const { json } = await redeem(codeIn(await visit('POST', '/oauth/authorize', approval)));
  expect(claimsOf(json['access_token'])['scope']).toEqual(['pks.clusters.manage', 'openid']);
  const refresh = () =>
    uaa.form('/oauth/token', {
      ...asPksCli,
      grant_type: 'refresh_token',
      refresh_token: String(json['refresh_token']),
    });
  expect((await refresh()).status).toBe(200);
  uaa.passSeconds(sixtyDays / 2);
  expect(await refresh()).toMatchObject({
    status: 401,
    json: {
      error: 'invalid_token',
      error_description:
        'Invalid token (some requested scopes are not approved): [pks.clusters.manage, openid]',
    },
  });
});

test('the approval page shows the client, the redirect URI and the scopes, and escapes all values', async () => {
  const visit = await logInWithBrowser();
  const query = new URLSearchParams(authorizeQuery);
  query.set('state', `"><script>alert(1)</script>`);
  const { body } = await visit('GET', `/oauth/authorize?${query.toString()}`);
  expect(body).not.toContain('<script>');
  expect(body).toContain('<h2>pks_cli</h2>');
  expect(body).toContain(redirectUri);
  expect(body).toContain('View and change own clusters');
});

test('a client that accepts JSON gets the approval request as JSON', async () => {
  const response = await uaa.form('/oauth/authorize', {
    ...{ client_id: 'pks_cli', response_type: 'token', redirect_uri: redirectUri },
    ...{ source: 'credentials', username: 'cody', password: 'cody-password' },
  });
  expect(response.status).toBe(200);
  expect(response.json).toMatchObject({
    auth_request: { clientId: 'pks_cli', redirectUri },
    undecided_scopes: expect.arrayContaining([
      { code: 'scope.pks.clusters.manage', text: 'View and change own clusters' },
    ]),
    options: { confirm: { key: 'user_oauth_approval', value: 'true' } },
  });
});

describe('PKCE', () => {
  const verifier = 'a-verifier-of-43-letters-or-more-as-the-RFC-wants';
  const authorize = async (challenge: Record<string, string>) => {
    uaa = await createHarness({ behaviour: '77' });
    const visit = await logInWithBrowser();
    const target = new URLSearchParams({
      ...Object.fromEntries(new URLSearchParams(authorizeQuery)),
      ...challenge,
    });
    const page = await visit('GET', `/oauth/authorize?${target.toString()}`);
    return page.status === 302 ? page : visit('POST', '/oauth/authorize', approval);
  };

  test('accepts a plain challenge, which equals the verifier', async () => {
    const code = codeIn(await authorize({ code_challenge: verifier }));
    expect((await redeem(code, { code_verifier: verifier })).status).toBe(200);
  });

  test.each([
    [{ code_challenge: 'short' }, 'Code challenge length must between 43 and 128'],
    [
      { code_challenge: verifier, code_challenge_method: 'S512' },
      'Unsupported code challenge method. Supported: [S256, plain]',
    ],
  ])('rejects %j', async (challenge, message) => {
    const location = new URL(String((await authorize(challenge)).headers['location']));
    expect(location.searchParams.get('error')).toBe('invalid_request');
    expect(location.searchParams.get('error_description')).toContain(message);
  });

  test('rejects a verifier without a challenge, and a malformed verifier without using up the code', async () => {
    const code = codeIn(await authorize({}));
    expect((await redeem(code, { code_verifier: 'short' })).json).toMatchObject({
      error: 'invalid_request',
    });
    expect((await redeem(code, { code_verifier: verifier })).json).toEqual({
      error: 'invalid_grant',
      error_description: 'PKCE error: Code verifier not required for this authorization code.',
    });
  });
});

describe('a redirect URI', () => {
  const withRedirects = (...redirectUris: string[]) => ({
    redirectUris,
    grants: ['authorization_code'],
  });

  test.each([
    ['http://localhost:28443', 'http://localhost:28443/callback', true],
    ['http://localhost:28443', 'http://sub.localhost:28443/x', true],
    ['http://localhost:28443', 'http://localhost:28444/', false],
    ['http://localhost:28443', 'https://localhost:28443/', false],
    ['http://localhost:28443', 'http://evillocalhost:28443/', false],
    ['https://x.example.com/a', 'https://x.example.com/ab?c=d', true],
    ['https://x.example.com/a', 'https://x.example.com/b', false],
    ['https://x.example.com', 'https://x.example.com:443/', true],
    ['https://*.example.com/**', 'https://x.example.com/a/b', true],
    ['https://*.example.com/*', 'https://x.example.com/a/b', false],
    ['https://*.example.com/**', 'https://x.y.evil.com/', false],
    ['tpks://callback', 'tpks://callback', true],
    ['tpks://callback', 'tpks://callback/x', false],
    ['http://localhost', 'no URL', false],
  ])('registered as %s and requested as %s: allowed = %p', (registered, requested, isAllowed) => {
    const resolve = () => resolveRedirectUri(requested, withRedirects(registered));
    if (isAllowed) expect(resolve()).toBe(requested);
    else expect(resolve).toThrow(`Invalid redirect ${requested}`);
  });

  test('can be omitted if only one is registered', () => {
    expect(resolveRedirectUri(null, withRedirects('https://a'))).toBe('https://a');
    const two = withRedirects('https://a', 'https://b');
    expect(() => resolveRedirectUri(null, two)).toThrow('Invalid redirect null');
  });

  test('keeps its query and fragment when response parameters are added', () => {
    const response = formatResponse({ error: 'a b', state: '&=/?:' });
    expect(addQuery('http://x/?y=1', response)).toBe('http://x/?y=1&error=a%20b&state=%26%3D/?:');
    expect(addQuery('http://x/#f', 'a=b')).toBe('http://x/?a=b#f');
    expect(addFragment('http://x/#f', 'a=b')).toBe('http://x/#f&a=b');
    expect(replaceFragment('http://x/#f', 'a=b')).toBe('http://x/#a=b');
  });
});

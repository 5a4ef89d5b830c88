import { beforeEach, expect, test } from '@jest/globals';
import {
  asPksCli,
  createHarness,
  issuer,
  type Harness,
  type HarnessResponse,
} from './uaa-harness.js';

const redirectUri = 'http://localhost:28443/callback';
const authorizePath = `/oauth/authorize?${new URLSearchParams({
  client_id: 'pks_cli',
  response_type: 'code',
  redirect_uri: redirectUri,
  state: 's',
}).toString()}`;
const days = 86_400;

let uaa: Harness;
let browser: ReturnType<typeof createBrowser>;
beforeEach(async () => {
  uaa = await createHarness({ refreshSeconds: 60 * days });
  browser = createBrowser(uaa);
  await browser.visit('/passcode');
});

/** Sends requests like a browser: accepts HTML, keeps cookies, and fills in the CSRF token. */
function createBrowser(harness: Harness) {
  const jar = new Map<string, string>();
  let csrf = '';
  const visit = async (path: string, form?: Record<string, string>): Promise<HarnessResponse> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', cookie };
    const response = form
      ? await harness.form(path, { 'X-Uaa-Csrf': csrf, ...form }, headers)
      : await harness.call('GET', path, { headers });
    for (const header of [response.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      jar.set(name, value);
    }
    csrf = /name="X-Uaa-Csrf" value="([^"]+)"/.exec(response.body)?.[1] ?? csrf;
    return response;
  };
  const logIn = async () => {
    await visit('/login');
    return visit('/login.do', { username: 'cody', password: 'cody-password' });
  };
  return { jar, visit, logIn };
}

test('a session gets a new id at the login, and ends after half an hour without requests', async () => {
  const oldId = browser.jar.get('JSESSIONID') ?? '';
  expect(oldId).toMatch(/^[\dA-F]{32}$/);
  await browser.logIn();
  const newId = browser.jar.get('JSESSIONID') ?? '';
  uaa.passSeconds(1799);
  expect((await browser.visit('/passcode')).status).toBe(200);
  browser.jar.set('JSESSIONID', oldId);
  expect((await browser.visit('/passcode')).status).toBe(302);
  browser.jar.set('JSESSIONID', newId);
  uaa.passSeconds(1800);
  expect((await browser.visit('/passcode')).status).toBe(302);
});

test('a session ends when the password of the user changes', async () => {
  await browser.logIn();
  uaa.passSeconds(2);
  const token = await uaa.clientToken();
  const users = await uaa.call('GET', '/Users?filter=userName+eq+"cody"', { token });
  const [{ id }] = users.json['resources'] as [{ id: string }];
  const json = { password: 'new-password' };
  expect((await uaa.call('PUT', `/Users/${id}/password`, { token, json })).status).toBe(200);
  expect((await browser.visit('/passcode')).headers['location']).toBe(`${issuer}/login`);
});

test('a session that is older than max_age requires a new login', async () => {
  await browser.logIn();
  uaa.passSeconds(100);
  const path = `${authorizePath}&max_age=`;
  expect((await browser.visit(`${path}101`)).status).toBe(200);
  expect(await browser.visit(`${path}99`)).toMatchObject({
    status: 302,
    headers: { location: expect.stringMatching(/\/oauth\/authorize\?(?!.*max_age)/) },
  });
  expect((await browser.visit(authorizePath)).headers['location']).toBe(`${issuer}/login`);
});

test('a forged CSRF token is rejected, even with prompt=none', async () => {
  await browser.logIn();
  await browser.visit(authorizePath);
  const forged = { 'X-Uaa-Csrf': 'guessed', user_oauth_approval: 'true', prompt: 'none' };
  expect((await browser.visit('/oauth/authorize', forged)).status).toBe(403);
});

test('pages escape user input', async () => {
  expect((await browser.visit('/login?error=%3Cscript%3E')).body).not.toContain('<script>');
  await browser.logIn();
  const redirect = encodeURIComponent(`${redirectUri}?"><script>`);
  const path = `/oauth/authorize?client_id=pks_cli&response_type=code&redirect_uri=${redirect}`;
  const { status, body } = await browser.visit(path);
  expect(status).toBe(400);
  expect(body).not.toContain('<script>');
});

test('a passcode expires after five minutes', async () => {
  await browser.logIn();
  const redeem = async (waitSeconds: number) => {
    const { body } = await browser.visit('/passcode');
    const passcode = /<h2 class="code">(\w+)<\/h2>/.exec(body)?.[1] ?? '';
    uaa.passSeconds(waitSeconds);
    return uaa.form('/oauth/token', { ...asPksCli, grant_type: 'password', passcode });
  };
  expect((await redeem(299)).status).toBe(200);
  expect((await redeem(300)).status).toBe(401);
});

test('an approval expires after a month, and then also prevents the renewal of the token', async () => {
  await browser.logIn();
  await browser.visit(authorizePath);
  const { headers } = await browser.visit('/oauth/authorize', {
    user_oauth_approval: 'true',
    'scope.0': 'scope.openid',
    'scope.1': 'scope.pks.clusters.manage',
  });
  const code = new URL(String(headers['location'])).searchParams.get('code') ?? '';
  const grant = (fields: Record<string, string>) =>
    uaa.form('/oauth/token', { ...asPksCli, ...fields });
  const { json } = await grant({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
  });
  expect(String(json['scope']).split(' ').sort()).toEqual(['openid', 'pks.clusters.manage']);
  const refreshGrant = {
    grant_type: 'refresh_token',
    refresh_token: String(json['refresh_token']),
  };
  uaa.passSeconds(29 * days);
  await browser.logIn();
  expect((await browser.visit(authorizePath)).status).toBe(302);
  expect((await grant(refreshGrant)).status).toBe(200);
  uaa.passSeconds(days);
  await browser.logIn();
  expect((await browser.visit(authorizePath)).body).toContain('application_authorization');
  expect(await grant(refreshGrant)).toMatchObject({
    status: 401,
    json: { error: 'invalid_token' },
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/base/secret.js';
import { readClaims } from '../../src/domain/auth/claims.js';
import { badCredentials, codeLength, mainServers, type ContractServer } from './servers.js';

describe.each(mainServers)('passcodes on %s', (_name, start) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  const redeem = (passcode: string, headers: Record<string, string> = {}) =>
    server.raw('/oauth/token', {
      form: { grant_type: 'password', client_id: 'pks_cli', client_secret: '', passcode },
      headers,
    });

  test('a logged-in browser gets a passcode, which can be exchanged for a token', async () => {
    const browser = await createLoggedInBrowser(server, 'naomi');
    const passcode = await browser.passcode();
    const token = await server.grants('pks_cli', '').passcode({ passcode: new Secret(passcode) });
    expect(token.scope.split(' ').sort()).toEqual(['openid', 'pks.clusters.admin.read']);
    expect(token.refreshToken).toEqual(expect.any(String));
    const claims = readClaims(token.accessToken);
    expect(claims).toMatchObject({ user_name: 'naomi', grant_type: 'password' });
    expect(claims).not.toHaveProperty('auth_time');
  });

  test('a passcode can be exchanged for an ID token for kubectl', async () => {
    const passcode = await (await createLoggedInBrowser(server, 'naomi')).passcode();
    const client = { client_id: 'pks_cluster_client', client_secret: '' };
    const fields = { grant_type: 'password', response_type: 'id_token', passcode };
    const { status, json } = await server.raw('/oauth/token', { form: { ...client, ...fields } });
    expect(status).toBe(200);
    expect(readClaims(String(json()['id_token']))).toMatchObject({
      aud: ['pks_cluster_client'],
      user_name: 'naomi',
    });
  });

  test('a passcode can be used only once', async () => {
    const passcode = await (await createLoggedInBrowser(server, 'naomi')).passcode();
    expect((await redeem(passcode)).status).toBe(200);
    const { status, json } = await redeem(passcode);
    expect(status).toBe(401);
    expect(json()).toEqual({ error: 'unauthorized', error_description: 'Invalid passcode' });
  });

  test('a new passcode invalidates the previous one', async () => {
    const browser = await createLoggedInBrowser(server, 'naomi');
    const [first, second] = [await browser.passcode(), await browser.passcode()];
    expect((await redeem(first)).status).toBe(401);
    expect((await redeem(second)).status).toBe(200);
  });

  test('a request that accepts any content type uses the password grant, and does not use up the passcode', async () => {
    const passcode = await (await createLoggedInBrowser(server, 'naomi')).passcode();
    const { status, json } = await redeem(passcode, { accept: '*/*' });
    expect(status).toBe(401);
    const { error } = badCredentials(server);
    expect(json()).toEqual({ error, error_description: 'No password supplied' });
    expect((await redeem(passcode)).status).toBe(200);
  });

  test.each([
    ['unknown', 'no-such-code', 'Invalid passcode'],
    ['empty', '', 'Passcode information is missing.'],
  ])('an %s passcode is rejected', async (_what, passcode, message) => {
    const { status, json } = await redeem(passcode);
    expect(status).toBe(401);
    expect(json()).toEqual({ error: 'unauthorized', error_description: message });
    await expect(
      server.grants('pks_cli', '').passcode({ passcode: new Secret(passcode) }),
    ).rejects.toMatchObject({ kind: 'unauthenticated', oauthError: 'unauthorized', message });
  });

  test('/passcode redirects to the login page without a session', async () => {
    const { status, headers } = await server.raw('/passcode', { headers: { accept: 'text/html' } });
    expect(status).toBe(302);
    expect(headers['location']).toMatch(/\/login$/);
  });

  test('a wrong password redirects back to the login page', async () => {
    const { headers } = await logIn(server, 'naomi', 'wrong');
    expect(headers['location']).toMatch(/\/login\?error=login_failure$/);
  });
});

/** Logs in like a browser. */
async function createLoggedInBrowser(
  server: ContractServer,
  username: string,
): Promise<{ readonly passcode: () => Promise<string> }> {
  const { headers } = await logIn(server, username, `${username}-password`);
  const cookie = readCookies(headers['set-cookie']);
  return {
    passcode: async () => {
      const { status, text } = await server.raw('/passcode', {
        headers: { cookie, accept: 'application/json' },
      });
      expect(status).toBe(200);
      expect(text).toMatch(new RegExp(`^"[A-Za-z\\d]{${String(codeLength(server))}}"$`));
      return text.slice(1, -1);
    },
  };
}

async function logIn(server: ContractServer, username: string, password: string) {
  const page = await server.raw('/login', { headers: { accept: 'text/html' } });
  const csrf = /name="X-Uaa-Csrf"[^>]*value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const response = await server.raw('/login.do', {
    form: { username, password, 'X-Uaa-Csrf': csrf },
    headers: { cookie: readCookies(page.headers['set-cookie']), accept: 'text/html' },
  });
  expect(response.status).toBe(302);
  return response;
}

/** The names and values of the cookies, without attributes; the last value of a name wins. */
function readCookies(setCookie = ''): string {
  const pairs = [...setCookie.matchAll(/(?:^|, )([\w-]+)=([^;,]*)/g)]
    .filter(([, name = '']) => !/^(expires|path|max-age)$/i.test(name))
    .map(([, name = '', value = '']) => [name, value] as const);
  return [...new Map(pairs)].map(([name, value]) => `${name}=${value}`).join('; ');
}

import { beforeEach, describe, expect, test } from '@jest/globals';
import { asPksCli, claimsOf, createHarness, issuer } from '../harness.js';
import type { HarnessResponse, Harness } from '../harness.js';

let uaa: Harness;
let jar: Map<string, string>;
beforeEach(async () => {
  uaa = await createHarness();
  jar = new Map();
});

/** Sends a request like a browser: accepts HTML and keeps cookies. */
async function browse(method: string, path: string, fields?: Record<string, string>) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const headers = { accept: 'text/html', cookie };
  const response = fields
    ? await uaa.form(path, fields, headers)
    : await uaa.call(method, path, { headers });
  for (const header of [response.headers['set-cookie'] ?? []].flat()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
    if (header.includes('Max-Age=0')) jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}

async function signIn(
  username = 'cody',
  password = `${username}-password`,
): Promise<HarnessResponse> {
  const { body } = await browse('GET', '/login');
  const csrf = /name="X-Uaa-Csrf" value="([^"]+)"/.exec(body)?.[1] ?? '';
  return browse('POST', '/login.do', { username, password, 'X-Uaa-Csrf': csrf });
}

async function createPasscode(): Promise<string> {
  return /<h2 class="code">(\w{10})<\/h2>/.exec((await browse('GET', '/passcode')).body)?.[1] ?? '';
}

const usePasscode = (passcode: string, headers: Record<string, string> = {}, more = {}) =>
  uaa.form('/oauth/token', { ...asPksCli, grant_type: 'password', passcode, ...more }, headers);

const invalidPasscode = { error: 'unauthorized', error_description: 'Invalid passcode' };

describe('the login form', () => {
  test('starts a session and redirects to the requested page', async () => {
    expect(await browse('GET', '/passcode')).toMatchObject({
      status: 302,
      headers: { location: `${issuer}/login` },
    });
    expect(await signIn()).toMatchObject({
      status: 302,
      headers: { location: `${issuer}/passcode` },
    });
    expect((await browse('GET', '/passcode')).body).toContain('Temporary Authentication Code');
    expect((await browse('GET', '/login')).headers['location']).toBe(`${issuer}/home`);
  });

  test('rejects a wrong password and shows an error', async () => {
    const response = await signIn('cody', 'no');
    expect(response.headers['location']).toBe(`${issuer}/login?error=login_failure`);
    expect((await browse('GET', '/login?error=login_failure')).body).toContain(
      'Unable to verify email or password.',
    );
    expect((await browse('GET', '/passcode')).status).toBe(302);
  });

  test('rejects a form without a valid CSRF token', async () => {
    await browse('GET', '/login');
    const fields = { username: 'cody', password: 'cody-password', 'X-Uaa-Csrf': 'forged' };
    expect((await browse('POST', '/login.do', fields)).headers['location']).toBe(
      `${issuer}/login?error=invalid_login_request`,
    );
    expect(await uaa.form('/login.do', fields)).toMatchObject({
      status: 403,
      json: {
        error: 'Could not verify the provided CSRF token because your session was not found.',
      },
    });
  });

  test('escapes user input', async () => {
    const { body } = await browse('GET', '/login?error=%3Cscript%3E');
    expect(body).not.toContain('<script>');
  });

  test('ends the session on logout and after half an hour without requests', async () => {
    await signIn();
    expect((await browse('GET', '/passcode')).status).toBe(200);
    expect((await browse('GET', '/logout.do')).headers['location']).toBe(`${issuer}/login`);
    expect((await browse('GET', '/passcode')).status).toBe(302);
    await signIn();
    uaa.passSeconds(1799);
    expect((await browse('GET', '/passcode')).status).toBe(200);
    uaa.passSeconds(1800);
    expect((await browse('GET', '/passcode')).status).toBe(302);
  });
});

describe('a passcode', () => {
  beforeEach(async () => {
    await signIn();
  });

  test('can be used once, and the token has no login time', async () => {
    const code = await createPasscode();
    const { status, json } = await usePasscode(code);
    expect(status).toBe(200);
    const claims = claimsOf(json['access_token']);
    expect(claims).toMatchObject({ user_name: 'cody', grant_type: 'password' });
    expect(claims).not.toHaveProperty('auth_time');
    expect(claimsOf(json['refresh_token'])).not.toHaveProperty('amr');
    const secondResponse = await usePasscode(code);
    expect(secondResponse).toMatchObject({ status: 401, json: invalidPasscode });
    expect(secondResponse.headers['www-authenticate']).toBe(
      'Bearer realm="oauth", error="unauthorized", error_description="Invalid passcode"',
    );
  });

  test('is a JSON string for a client that accepts JSON', async () => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const { parsed } = await uaa.call('GET', '/passcode', { headers: { cookie } });
    expect(parsed).toMatch(/^\w{10}$/);
    expect((await usePasscode(String(parsed))).status).toBe(200);
  });

  test('expires after 300 seconds', async () => {
    const early = await createPasscode();
    uaa.passSeconds(299);
    expect((await usePasscode(early)).status).toBe(200);
    const late = await createPasscode();
    uaa.passSeconds(300);
    expect((await usePasscode(late)).json).toEqual(invalidPasscode);
  });

  test('invalidates the previous passcode', async () => {
    const first = await createPasscode();
    const second = await createPasscode();
    expect((await usePasscode(first)).json).toEqual(invalidPasscode);
    expect((await usePasscode(second)).status).toBe(200);
  });

  test('is ignored and not used up by a request that does not prefer JSON', async () => {
    const code = await createPasscode();
    expect((await usePasscode(code, { accept: '*/*' })).json).toEqual({
      error: 'unauthorized',
      error_description: 'No password supplied',
    });
    expect((await usePasscode(code, { accept: 'text/plain, application/json' })).status).toBe(401);
    expect((await usePasscode(code, { accept: 'application/json, text/plain' })).status).toBe(200);
  });

  test('is used up by a request that only accepts a form, although the response is 406', async () => {
    const code = await createPasscode();
    expect((await usePasscode(code, { accept: 'application/x-www-form-urlencoded' })).status).toBe(
      406,
    );
    expect((await usePasscode(code)).json).toEqual(invalidPasscode);
  });

  test('is not used up if the client authentication fails', async () => {
    const code = await createPasscode();
    expect((await usePasscode(code, {}, { client_secret: 'x' })).json['error_description']).toBe(
      'Bad credentials',
    );
    expect((await usePasscode(code)).status).toBe(200);
  });

  test('must be sent by POST and must not be empty', async () => {
    const query = new URLSearchParams({ ...asPksCli, grant_type: 'password', passcode: 'x' });
    const got = await uaa.call('GET', `/oauth/token?${query.toString()}`);
    expect(got.json['error_description']).toBe(
      'Credentials must be sent by (one of methods): [POST]',
    );
    expect((await usePasscode('')).json['error_description']).toBe(
      'Passcode information is missing.',
    );
  });
});

import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';

/**
 * The accounts of the real UAA are those the sandbox promises. Plain HTTP on purpose: when a
 * contract suite fails, this one tells whether the server or the client under test is to blame.
 */
const uaa = process.env['TPKS_CONTRACT_UAA'] ?? '';
const caPath = process.env['TPKS_CONTRACT_UAA_CA'] ?? '';
let ca = '';

beforeAll(() => {
  if (!uaa || !caPath) throw new Error('Run these through: npm run test:real');
  ca = readFileSync(caPath, 'utf8');
});

const asPksCli = { client_id: 'pks_cli', client_secret: '' };

describe('people', () => {
  test.each([
    ['alana', 'openid pks.clusters.admin'],
    ['cody', 'openid pks.clusters.manage'],
    ['naomi', 'openid pks.clusters.admin.read'],
    ['dana', 'openid'],
  ])('%s gets the scope %s through pks_cli', async (username, scope) => {
    const { status, body } = await token({ ...asPksCli, ...passwordOf(username) });
    expect(status).toBe(200);
    expect(words(body['scope'])).toEqual(scope.split(' '));
    expect(body['expires_in']).toBeGreaterThan(590);
    expect(body['expires_in']).toBeLessThanOrEqual(600);
  });

  test('a wrong password is refused', async () => {
    const { status } = await token({
      ...asPksCli,
      ...passwordOf('alana'),
      password: 'cody-password',
    });
    expect(status).toBe(401);
  });

  test('there is nobody else', async () => {
    const { body: admin } = await clientCredentials('admin', 'adminsecret');
    const { body } = await call('/Users?attributes=userName', {
      headers: { authorization: `Bearer ${String(admin['access_token'])}` },
    });
    const names = (body['resources'] as { userName: string }[]).map((user) => user.userName);
    expect(names.sort()).toEqual(['alana', 'cody', 'dana', 'naomi']);
  });
});

describe('clients', () => {
  test('admin may do all that tpks needs, by client credentials', async () => {
    const { body } = await clientCredentials('admin', 'adminsecret');
    expect(words(body['scope'])).toEqual([
      'clients.admin',
      'clients.read',
      'clients.secret',
      'clients.write',
      'password.write',
      'pks.clusters.admin',
      'pks.clusters.admin.read',
      'pks.clusters.manage',
      'scim.read',
      'scim.write',
      'uaa.admin',
    ]);
  });

  test('pks_cluster_client gives people an id token', async () => {
    const { body } = await token({
      client_id: 'pks_cluster_client',
      client_secret: '',
      ...passwordOf('cody'),
    });
    expect(body['id_token']).toEqual(expect.stringMatching(/^eyJ/));
  });

  test('pks_client may ask what a token is worth', async () => {
    const { body: cody } = await token({ ...asPksCli, ...passwordOf('cody') });
    const basic = Buffer.from('pks_client:pks_client-secret').toString('base64');
    const { status, body } = await call('/check_token', {
      headers: { authorization: `Basic ${basic}` },
      form: { token: String(cody['access_token']) },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ user_name: 'cody', client_id: 'pks_cli' });
  });

  test('what short_lived gives really expires', async () => {
    const asShortLived = { client_id: 'short_lived', client_secret: '' };
    const { body } = await token({ ...asShortLived, ...passwordOf('naomi') });
    const refresh = () =>
      token({
        ...asShortLived,
        grant_type: 'refresh_token',
        refresh_token: String(body['refresh_token']),
      });
    const userinfo = () =>
      call('/userinfo', { headers: { authorization: `Bearer ${String(body['access_token'])}` } });
    expect((await userinfo()).status).toBe(200);

    await sleep(2500);
    expect((await userinfo()).status).toBe(401);
    expect((await refresh()).status).toBe(200);

    await sleep(2500);
    expect(await refresh()).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
  }, 20_000);
});

function passwordOf(username: string): Record<string, string> {
  return { grant_type: 'password', username, password: `${username}-password` };
}

function clientCredentials(id: string, secret: string): Promise<Answer> {
  return token({ client_id: id, client_secret: secret, grant_type: 'client_credentials' });
}

function token(form: Record<string, string>): Promise<Answer> {
  return call('/oauth/token', { form });
}

function words(scope: unknown): string[] {
  return String(scope).split(' ').sort();
}

interface Answer {
  status: number | undefined;
  body: Record<string, unknown>;
}

function call(
  path: string,
  options: { headers?: Record<string, string>; form?: Record<string, string> },
): Promise<Answer> {
  const form = options.form && new URLSearchParams(options.form).toString();
  const headers = { accept: 'application/json', ...options.headers };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${uaa}${path}`,
      {
        ca,
        agent: false,
        method: form === undefined ? 'GET' : 'POST',
        headers:
          form === undefined
            ? headers
            : { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode, body: JSON.parse(text) as Answer['body'] });
        });
      },
    );
    sent.on('error', reject);
    sent.end(form);
  });
}

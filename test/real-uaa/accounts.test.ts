import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { expectLifetime } from '../support/checks/lifetime.js';

/**
 * Checks that the real UAA has the same accounts as the sandbox. The requests do not use the code of
 * tpks, so if a contract suite fails, this suite shows whether the server or tpks is the cause.
 */
const uaa = process.env['TPKS_CONTRACT_UAA'] ?? '';
const caPath = process.env['TPKS_CONTRACT_UAA_CA'] ?? '';
let ca = '';

beforeAll(() => {
  if (!uaa || !caPath) throw new Error('Run these through: npm run test:real');
  ca = readFileSync(caPath, 'utf8');
});

const asPksCli = { client_id: 'pks_cli', client_secret: '' };

describe('users', () => {
  test.each([
    ['alana', 'openid pks.clusters.admin'],
    ['cody', 'openid pks.clusters.manage'],
    ['naomi', 'openid pks.clusters.admin.read'],
    ['dana', 'openid'],
  ])('%s gets the scope %s through pks_cli', async (username, scope) => {
    const { status, body } = await token({ ...asPksCli, ...passwordOf(username) });
    expect(status).toBe(200);
    expect(text(body, 'scope').split(' ').sort()).toEqual(scope.split(' '));
    expectLifetime(body['expires_in'], 600);
  });

  // Five failures within 20 minutes lock a user. The other suites hardly use dana.
  test('a wrong password is rejected', async () => {
    const wrong = { ...passwordOf('dana'), password: 'cody-password' };
    expect(await token({ ...asPksCli, ...wrong })).toMatchObject({ status: 401 });
  });

  test('the default users of the UAA do not exist', async () => {
    const marissa = { username: 'marissa', password: 'koala' };
    expect(await token({ ...asPksCli, grant_type: 'password', ...marissa })).toMatchObject({
      status: 401,
    });
  });
});

describe('clients', () => {
  test('admin gets all scopes that tpks needs', async () => {
    const { body } = await clientCredentials('admin', 'adminsecret');
    expect(text(body, 'scope').split(' ').sort()).toEqual([
      'clients.admin',
      'clients.read',
      'clients.secret',
      'clients.write',
      'password.write',
      'pks.clusters.admin',
      'pks.clusters.admin.read',
      'pks.clusters.manage',
      'scim.read',
      'scim.userids',
      'scim.write',
      'tokens.list',
      'tokens.revoke',
      'uaa.admin',
    ]);
  });

  test('pks_cluster_client issues id tokens for users', async () => {
    const { body } = await token({
      client_id: 'pks_cluster_client',
      client_secret: '',
      ...passwordOf('cody'),
    });
    expect(body['id_token']).toEqual(expect.stringMatching(/^eyJ/));
  });

  test('pks_client may check tokens', async () => {
    const { body: cody } = await token({ ...asPksCli, ...passwordOf('cody') });
    const basic = Buffer.from('pks_client:pks_client-secret').toString('base64');
    const { status, body } = await call('/check_token', {
      headers: { authorization: `Basic ${basic}` },
      form: { token: text(cody, 'access_token') },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ user_name: 'cody', client_id: 'pks_cli' });
  });

  test('tokens of short_lived expire', async () => {
    const asShortLived = { client_id: 'short_lived', client_secret: '' };
    const { body } = await token({ ...asShortLived, ...passwordOf('naomi') });
    const refresh = () =>
      token({
        ...asShortLived,
        grant_type: 'refresh_token',
        refresh_token: text(body, 'refresh_token'),
      });
    const userinfo = () =>
      call('/userinfo', { headers: { authorization: `Bearer ${text(body, 'access_token')}` } });
    expect((await userinfo()).status).toBe(200);

    // The access token expires after 4 s, the refresh token after 12 s.
    await sleep(4500);
    expect((await userinfo()).status).toBe(401);
    expect((await refresh()).status).toBe(200);

    await sleep(8000);
    expect(await refresh()).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
  }, 40_000);
});

function passwordOf(username: string): Record<string, string> {
  return { grant_type: 'password', username, password: `${username}-password` };
}

function clientCredentials(id: string, secret: string): Promise<UaaResponse> {
  return token({ client_id: id, client_secret: secret, grant_type: 'client_credentials' });
}

function token(form: Record<string, string>): Promise<UaaResponse> {
  return call('/oauth/token', { form });
}

function text(body: UaaResponse['body'], field: string): string {
  const value = body[field];
  if (typeof value !== 'string') throw new Error(`${field} is missing: ${JSON.stringify(body)}`);
  return value;
}

interface UaaResponse {
  readonly status: number | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

function call(
  path: string,
  options: { headers?: Record<string, string>; form?: Record<string, string> },
): Promise<UaaResponse> {
  const form = options.form && new URLSearchParams(options.form).toString();
  const headers = {
    accept: 'application/json',
    ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...options.headers,
  };
  const method = form === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const outgoing = request(`${uaa}${path}`, { ca, agent: false, method, headers }, (response) => {
      response
        .toArray()
        .then((chunks) => {
          const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
          if (typeof body !== 'object' || body === null)
            throw new Error(`${path}: the response is not an object`);
          resolve({ status: response.statusCode, body: { ...body } });
        })
        .catch(reject);
    });
    outgoing.on('error', reject);
    outgoing.end(form);
  });
}

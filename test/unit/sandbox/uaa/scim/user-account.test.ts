import { beforeEach, describe, expect, test } from '@jest/globals';
import { createHarness, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
let id: string;
beforeEach(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
  const filter = encodeURIComponent('userName eq "cody"');
  const { json } = await uaa.call('GET', `/Users?filter=${filter}&attributes=id`, { token });
  id = /"id":"([^"]+)"/.exec(JSON.stringify(json))?.[1] ?? '';
});

describe('the status of a user', () => {
  const patch = (json: unknown) => uaa.call('PATCH', `/Users/${id}/status`, { token, json });

  test('can be unlocked after five wrong passwords', async () => {
    for (let i = 0; i < 5; i += 1) await uaa.login('cody', { password: 'no' });
    expect((await uaa.login('cody')).status).toBe(401);
    expect(await patch({ locked: false })).toMatchObject({ status: 200, json: { locked: false } });
    expect((await uaa.login('cody')).status).toBe(200);
  });

  test('cannot be set to locked', async () => {
    expect(await patch({ locked: true })).toMatchObject({
      status: 400,
      json: {
        error: 'scim',
        message:
          'Cannot set user account to locked. User accounts only become locked through ' +
          'exceeding the allowed failed login attempts.',
      },
    });
  });

  test('can require a password change, which setting a new password completes', async () => {
    expect((await patch({ passwordChangeRequired: true })).json).toEqual({
      passwordChangeRequired: true,
    });
    expect((await uaa.login('cody')).json['error_description']).toBe('password change required');
    expect((await patch({ passwordChangeRequired: false })).status).toBe(400);
    await uaa.call('PUT', `/Users/${id}/password`, { token, json: { password: 'new' } });
    expect((await uaa.login('cody', { password: 'new' })).status).toBe(200);
  });

  test('of an unknown user returns 404', async () => {
    const response = await uaa.call('PATCH', '/Users/unknown-user/status', { token, json: {} });
    expect(response).toMatchObject({ status: 404, json: { error: 'scim_resource_not_found' } });
  });
});

describe('the password of a user', () => {
  const put = (json: unknown, clientToken = token) =>
    uaa.call('PUT', `/Users/${id}/password`, { token: clientToken, json });

  test('can be set by a client without the old one, which invalidates older tokens', async () => {
    const { json } = await uaa.login('cody');
    expect(await put({ password: 'new' })).toMatchObject({
      status: 200,
      json: { status: 'ok', message: 'password updated' },
    });
    expect((await uaa.login('cody', { password: 'new' })).status).toBe(200);
    expect((await uaa.login('cody')).status).toBe(401);
    const used = await uaa.call('GET', '/userinfo', { token: String(json['access_token']) });
    expect(used.json['error_description']).toBe('revocable signature mismatch');
  });

  test.each([
    [
      { password: 'cody-password' },
      422,
      'Your new password cannot be the same as the old password.',
    ],
    [{ password: '' }, 400, 'Password must be at least 1 characters in length.'],
    [{ password: 'x', oldPassword: 'no' }, 401, 'Old password is incorrect'],
  ])('cannot be set with %j', async (json, status, description) => {
    expect(await put(json)).toMatchObject({ status, json: { error_description: description } });
  });

  test('requires password.write, and uaa.admin is not sufficient', async () => {
    const response = await put(
      { password: 'x' },
      await uaa.clientToken('admin', 'adminsecret', 'uaa.admin'),
    );
    expect(response).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': 'Bearer realm="UAA/oauth"' },
      json: {
        error: 'access_denied',
        error_description: 'Invalid token does not contain resource id (password)',
      },
    });
  });

  test('of an unknown user returns 401 bad_credentials', async () => {
    const response = await uaa.call('PUT', '/Users/unknown-user/password', {
      token,
      json: { password: 'x' },
    });
    expect(response).toMatchObject({
      status: 401,
      json: { error: 'bad_credentials', message: 'Invalid password change request' },
    });
  });

  test('cannot be set with invalid JSON, which is rejected without an error message', async () => {
    const headers = { 'content-type': 'application/json' };
    const path = `/Users/${id}/password`;
    expect(await uaa.call('PUT', path, { token, body: '{', headers })).toMatchObject({
      status: 400,
      body: '{}',
    });
  });
});

test('verifying a user sets verified to true', async () => {
  const json = {
    userName: 'v',
    emails: [{ value: 'v@x' }],
    password: 'p',
    name: {},
    verified: false,
  };
  const created = await uaa.call('POST', '/Users', { token, json });
  const path = `/Users/${String(created.json['id'])}/verify`;
  expect(await uaa.call('GET', path, { token })).toMatchObject({
    status: 200,
    json: { verified: true },
  });
  expect((await uaa.login('v', { password: 'p' })).status).toBe(200);
});

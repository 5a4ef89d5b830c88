import { beforeAll, describe, expect, test } from '@jest/globals';
import { claimsOf, createHarness, start } from '../harness.js';
import type { HarnessResponse, Call, Harness } from '../harness.js';

let uaa: Harness;
let token: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
});

const userBody = (userName: string, more: Record<string, unknown> = {}) => ({
  userName,
  emails: [{ value: `${userName}@example.com` }],
  password: 'p',
  name: { givenName: 'Given', familyName: 'Family' },
  ...more,
});

const admin = (method: string, target: string, options: Call = {}) =>
  uaa.call(method, target, { token, ...options });

const create = async (userName: string, more: Record<string, unknown> = {}) => {
  const { json } = await admin('POST', '/Users', { json: userBody(userName, more) });
  return String(json['id']);
};

const scimError = (message: string, error = 'scim', extra: Record<string, unknown> = {}) => ({
  error,
  message,
  error_description: message,
  ...extra,
});

const anyVersion = { 'if-match': '*' };

describe('creating a user', () => {
  test('returns the stored user with all default groups', async () => {
    const sent = userBody('new.user', {
      externalId: 'e1',
      phoneNumbers: [{ value: '555' }],
      title: 'x',
    });
    const { status, json, headers } = await admin('POST', '/Users', { json: sent });
    expect(status).toBe(201);
    expect(headers).toMatchObject({
      etag: '"0"',
      'content-type': 'application/json;charset=UTF-8',
    });
    const now = new Date(start).toISOString();
    expect(json).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      externalId: 'e1',
      meta: { version: 0, created: now, lastModified: now },
      userName: 'new.user',
      name: { familyName: 'Family', givenName: 'Given' },
      emails: [{ value: 'new.user@example.com', primary: false }],
      phoneNumbers: [{ value: '555' }],
      approvals: [],
      active: true,
      verified: true,
      origin: 'uaa',
      zoneId: 'uaa',
      passwordLastModified: now,
      schemas: ['urn:scim:schemas:core:1.0'],
    });
    expect(json['groups']).toContainEqual({
      value: expect.any(String),
      display: 'openid',
      type: 'DIRECT',
    });
    expect(json).not.toHaveProperty('password');
    expect(json).not.toHaveProperty('title');
  });

  test('lets the user log in', async () => {
    await create('can.login');
    expect((await uaa.login('can.login', { password: 'p' })).status).toBe(200);
  });

  test('rejects the login of an unverified or inactive user', async () => {
    await create('unverified', { verified: false });
    expect(await uaa.login('unverified', { password: 'p' })).toMatchObject({
      status: 403,
      json: { error: 'access_denied', error_description: 'Account not verified' },
    });
    await create('inactive', { active: false });
    expect((await uaa.login('inactive', { password: 'p' })).status).toBe(401);
  });

  test('is rejected if the name exists, regardless of case', async () => {
    const id = await create('taken');
    const response = await admin('POST', '/Users', { json: userBody('TAKEN') });
    expect(response.status).toBe(409);
    expect(response.headers['content-type']).toBe('application/json;charset=ISO-8859-1');
    expect(response.json).toEqual(
      scimError('Username already in use: taken', 'scim_resource_already_exists', {
        active: true,
        verified: true,
        user_id: id,
      }),
    );
    expect(
      (await admin('POST', '/Users', { json: userBody('taken', { origin: 'ldap' }) })).status,
    ).toBe(201);
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    [
      'an empty username',
      { userName: '' },
      'invalid_scim_resource',
      'A username must be provided.',
    ],
    [
      'a space in the username',
      { userName: 'a b' },
      'invalid_scim_resource',
      "Username must match pattern: [\\p{L}+0-9+\\-_.@'!]+",
    ],
    ['no email', { emails: [] }, 'invalid_scim_resource', 'Exactly one email must be provided.'],
    ['an empty email', { emails: [{}] }, 'invalid_scim_resource', 'An email must be provided.'],
    [
      'an empty password',
      { password: '' },
      'invalid_password',
      'Password must be at least 1 characters in length.',
    ],
    [
      'a password that is too long',
      { password: 'x'.repeat(256) },
      'invalid_password',
      'Password must be no more than 255 characters in length.',
    ],
    [
      'an unknown schema',
      { schemas: ['x'] },
      'scim',
      "Only schema 'urn:scim:schemas:core:1.0' is currently supported",
    ],
  ])('is rejected with %s', async (_case, more, error, message) => {
    const response = await admin('POST', '/Users', { json: userBody('bad', more) });
    expect(response).toMatchObject({ status: 400, json: scimError(message, error) });
  });

  test('is rejected with an unknown field, invalid JSON or another content type', async () => {
    const jsonType = { 'content-type': 'application/json' };
    const post = (options: Call) => admin('POST', '/Users', options);
    for (const response of [
      await post({ json: userBody('x', { foo: 1 }) }),
      await post({ body: '{', headers: jsonType }),
      await post({ json: [] }),
      await post({ body: '', headers: jsonType }),
      await post({ json: userBody('x', { name: 'y' }) }),
      await post({ json: userBody('x', { active: 'yes' }) }),
    ]) {
      expect(response).toMatchObject({ status: 400, json: { error: 'scim' } });
    }
    const headers = { 'content-type': 'text/plain' };
    expect(await post({ body: '{}', headers })).toMatchObject({
      status: 400,
      json: scimError("Content type 'text/plain' not supported"),
    });
  });
});

describe('updating a user', () => {
  test('requires the current version with PUT', async () => {
    const path = `/Users/${await create('versions')}`;
    const put = (version: string | undefined) =>
      admin('PUT', path, {
        json: userBody('versions'),
        ...(version !== undefined && { headers: { 'if-match': version } }),
      });
    expect(await put(undefined)).toMatchObject({
      status: 400,
      json: scimError('Missing If-Match for PUT'),
    });
    expect(await put('abc')).toMatchObject({
      status: 400,
      json: scimError('Invalid version match header (should be a version number): abc'),
    });
    expect(await put('0')).toMatchObject({ status: 200, headers: { etag: '"1"' } });
    expect(await put('"1"')).toMatchObject({ status: 200, json: { meta: { version: 2 } } });
    expect(await put('*')).toMatchObject({ status: 200, json: { meta: { version: 3 } } });
    expect(await put('1')).toMatchObject({
      status: 409,
      json: {
        error: 'scim_resource_conflict',
        message: `Attempt to update a user (${path.slice(7)}) with wrong version: expected=3 but found=1`,
      },
    });
  });

  test('replaces all fields except the password with PUT', async () => {
    const id = await create('put', { externalId: 'x', phoneNumbers: [{ value: '1' }] });
    const json = { userName: 'put2', emails: [{ value: 'a@b' }], name: {}, password: 'ignored' };
    const response = await admin('PUT', `/Users/${id}`, { json, headers: anyVersion });
    expect(response.json).toMatchObject({ userName: 'put2', name: {}, emails: [{ value: 'a@b' }] });
    expect(response.json).not.toHaveProperty('externalId');
    expect(response.json).not.toHaveProperty('phoneNumbers');
    expect((await uaa.login('put2', { password: 'p' })).status).toBe(200);
  });

  test('merges with PATCH, sets active and verified, and replaces the email only with a primary one', async () => {
    const id = await create('patch', { phoneNumbers: [{ value: '1' }], verified: false });
    const patch = async (json: unknown) =>
      (await admin('PATCH', `/Users/${id}`, { json, headers: anyVersion })).json;
    expect(await patch({ name: { givenName: 'New' }, emails: [{ value: 'b@c' }] })).toMatchObject({
      name: { givenName: 'New', familyName: 'Family' },
      emails: [{ value: 'patch@example.com' }],
      phoneNumbers: [{ value: '1' }],
      verified: true,
    });
    expect(await patch({ emails: [{ value: 'b@c', primary: true }], active: false })).toMatchObject(
      {
        emails: [{ value: 'b@c', primary: false }],
        active: false,
      },
    );
    expect(await patch({ meta: { attributes: ['phoneNumbers', 'name.givenName'] } })).toMatchObject(
      {
        active: true,
        name: { familyName: 'Family' },
      },
    );
    expect(await patch({ meta: { attributes: ['id'] } })).toEqual(
      scimError('Attribute id cannot be removed using "Meta.attributes"', 'invalid_scim_resource'),
    );
    expect(await patch({ meta: { attributes: ['userName'] } })).toEqual(
      scimError('Can not drop username, field is required.', 'invalid_scim_resource'),
    );
  });

  test('allows users to change only their own name', async () => {
    const { json } = await uaa.login('dana');
    const own = String(json['access_token']);
    const self = { token: own, headers: anyVersion };
    const id = String(claimsOf(own)['user_id']);
    const path = `/Users/${id}`;
    expect((await uaa.call('GET', path, { token: own })).status).toBe(200);
    expect(
      (await uaa.call('PATCH', path, { ...self, json: { name: { givenName: 'D' } } })).json,
    ).toMatchObject({ name: { givenName: 'D' } });
    expect(
      await uaa.call('PATCH', path, { ...self, json: { emails: [{ value: 'x', primary: true }] } }),
    ).toMatchObject({ status: 403, json: { error: 'invalid_self_edit' } });
    expect((await uaa.call('DELETE', path, self)).json).toMatchObject({
      error: 'insufficient_scope',
      scope: 'uaa.admin scim.write zones.uaa.admin',
    });
  });

  test('returns 404 for an unknown user', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const response = await admin(method, '/Users/unknown-user', {
        json: userBody('x'),
        headers: anyVersion,
      });
      expect(response).toMatchObject({
        status: 404,
        json: scimError('User unknown-user does not exist', 'scim_resource_not_found'),
      });
    }
  });
});

test('deleting a user returns the user and invalidates the tokens', async () => {
  const id = await create('gone');
  const { json } = await uaa.login('gone', { password: 'p' });
  expect(await admin('DELETE', `/Users/${id}`, { headers: { 'if-match': '7' } })).toMatchObject({
    status: 500,
    json: scimError('Unexpected error'),
  });
  expect((await admin('DELETE', `/Users/${id}`)).json).toMatchObject({ userName: 'gone' });
  expect((await admin('GET', `/Users/${id}`)).status).toBe(404);
  const response = await uaa.call('GET', '/userinfo', { token: String(json['access_token']) });
  expect(response).toMatchObject({
    status: 401,
    json: {
      error: 'invalid_token',
      error_description: `Token bears a non-existent user ID: ${id}`,
    },
  });
});

describe('the access token of a request', () => {
  const challenge = 'Bearer realm="UAA/oauth", error=';
  test.each<[string, Call, number, string, string]>([
    ['missing', {}, 401, 'unauthorized', 'Full authentication is required to access this resource'],
    [
      'unknown',
      { token: 'x' },
      401,
      'invalid_token',
      'The token expired, was revoked, or the token ID is incorrect.',
    ],
    [
      'not a valid JWT',
      { token: 'a.b.c' },
      401,
      'invalid_token',
      'Invalid token (could not decode): a.b.c',
    ],
  ])('is rejected if it is %s', async (_case, options, status, error, description) => {
    const response = await uaa.call('GET', '/Users', options);
    expect(response).toMatchObject({ status, json: { error, error_description: description } });
    expect(response.headers['www-authenticate']).toBe(
      `${challenge}"${error}", error_description="${description}"`,
    );
  });

  test('is read from the header, with a scheme in any case, or from the query', async () => {
    const headers = { authorization: `bearer ${token}` };
    expect((await uaa.call('GET', '/Users', { headers })).status).toBe(200);
    expect((await uaa.call('GET', `/Users?access_token=${token}`)).status).toBe(200);
  });

  test('is rejected without a suitable scope, and the error lists all of them', async () => {
    const { json } = await uaa.login('cody');
    const response = await uaa.call('POST', '/Users', { token: String(json['access_token']) });
    const scope = 'uaa.admin scim.write scim.create zones.uaa.admin';
    const description = 'Insufficient scope for this resource';
    expect(response).toMatchObject({
      status: 403,
      json: { error: 'insufficient_scope', error_description: description, scope },
    });
    expect(response.headers['www-authenticate']).toBe(
      `Bearer error="insufficient_scope", error_description="${description}", scope="${scope}"`,
    );
  });

  test('is rejected with the time at which it expired', async () => {
    const short = await createHarness({ tokenSeconds: 5 });
    const old = await short.clientToken();
    short.passSeconds(6);
    const response: HarnessResponse = await short.call('GET', '/Users', { token: old });
    expect(response.json['error_description']).toBe(
      'Invalid access token: expired at Thu Mar 14 23:34:28 UTC 2019',
    );
  });
});

test('a token cannot inject headers through its key id', async () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = `${part({ alg: 'RS256', kid: 'a\r\nX: y日' })}.${part({})}.x`;
  const { headers } = await uaa.call('GET', '/Users', { token: forged });
  expect(headers['www-authenticate']).toMatch(/signing key : \[a\?\?X: y\?\]"$/);
});

test('other methods are denied, and unknown subpaths are not found', async () => {
  expect(await admin('PUT', '/Users')).toMatchObject({
    status: 403,
    json: { error: 'access_denied', error_description: 'Access is denied' },
  });
  expect((await admin('GET', '/Users/a/b')).status).toBe(404);
  expect((await uaa.call('GET', '/Users/a/b')).status).toBe(401);
});

import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHarness, type Call, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
});

const admin = (method: string, target: string, options: Call = {}) =>
  uaa.call(method, target, { token, ...options });
const clientBody = (id: string, more: Record<string, unknown> = {}) => ({
  client_id: id,
  client_secret: 'secret',
  authorized_grant_types: ['client_credentials'],
  ...more,
});
const create = (id: string, more?: Record<string, unknown>) =>
  admin('POST', '/oauth/clients', { json: clientBody(id, more) });
const put = (id: string, json: Record<string, unknown>) =>
  admin('PUT', `/oauth/clients/${id}`, { json: { client_id: id, ...json } });
const invalidClient = (description: string, status = 400) => ({
  status,
  json: { error: 'invalid_client', error_description: description },
});

describe('a client', () => {
  test('is created with the default values, and its secret is not returned', async () => {
    expect(await create('plain')).toMatchObject({ status: 201 });
    expect((await admin('GET', '/oauth/clients/plain')).json).toEqual({
      client_id: 'plain',
      scope: ['uaa.none'],
      authorities: ['uaa.none'],
      resource_ids: ['none'],
      authorized_grant_types: ['client_credentials'],
      autoapprove: [],
      lastModified: expect.any(Number),
      required_user_groups: [],
    });
  });

  test('accepts lists and numbers as strings, and keeps unknown fields', async () => {
    const { json } = await create('texts', {
      scope: 'x.a,x.b y.c',
      redirect_uri: 'https://a/b,https://c/d',
      access_token_validity: '60',
      refresh_token_validity: 120.7,
      autoapprove: 'true',
      foo: { a: 1 },
    });
    expect(json).toMatchObject({
      scope: ['x.a', 'x.b', 'y.c'],
      redirect_uri: ['https://a/b', 'https://c/d'],
      access_token_validity: 60,
      refresh_token_validity: 120,
      autoapprove: ['true'],
      foo: { a: 1 },
    });
  });

  test('with an unknown id returns 404 with an empty body', async () => {
    for (const method of ['GET', 'DELETE']) {
      expect(await admin(method, '/oauth/clients/unknown-user')).toMatchObject({
        status: 404,
        body: '',
      });
    }
    const json = { authorized_grant_types: ['password'] };
    expect(await put('unknown-user', json)).toMatchObject({ status: 404, body: '' });
  });

  test('that already exists returns a conflict', async () => {
    await create('twice');
    expect(await create('twice')).toMatchObject(invalidClient('Client already exists: twice', 409));
  });

  test('is deleted together with its tokens', async () => {
    await create('leaver');
    const own = await uaa.clientToken('leaver', 'secret');
    expect((await admin('DELETE', '/oauth/clients/leaver')).json['client_id']).toBe('leaver');
    const { status, json } = await uaa.call('GET', '/oauth/clients/admin/meta', { token: own });
    expect([status, json['error']]).toEqual([401, 'invalid_token']);
  });
});

describe('client validation', () => {
  const grants =
    'Must be one of: [implicit, refresh_token, urn:ietf:params:oauth:grant-type:saml2-bearer, ' +
    'password, client_credentials, authorization_code, user_token, ' +
    'urn:ietf:params:oauth:grant-type:jwt-bearer]';
  const redirect = ['https://x'];
  const jwt = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  test.each<[string, Record<string, unknown>, string]>([
    ['a reserved id', { client_id: 'uaa' }, 'Not allowed: uaa is a reserved client_id'],
    [
      'no grant type',
      { authorized_grant_types: [] },
      `An authorized grant type must be provided. ${grants}`,
    ],
    [
      'an unknown grant type',
      { authorized_grant_types: ['PASSWORD'] },
      `PASSWORD is not an allowed grant type. ${grants}`,
    ],
    [
      'a missing redirect URI, which is reported before the missing secret',
      { authorized_grant_types: ['authorization_code'], client_secret: '' },
      'authorization_code grant type requires at least one redirect URL.',
    ],
    [
      'an invalid redirect URI, which is reported before the unexpected secret',
      { authorized_grant_types: ['implicit'], redirect_uri: ['http://localhost:*/cb'] },
      'One of the redirect_uri is invalid: http://localhost:*/cb',
    ],
    [
      'an implicit client with a secret',
      { authorized_grant_types: ['implicit'], redirect_uri: redirect },
      'Implicit grant should not have a client_secret',
    ],
    [
      'no secret',
      { client_secret: ' ' },
      'Client secret is required for client_credentials and authorization_code grant types',
    ],
    [
      'a secret that is too long',
      { client_secret: 'x'.repeat(256) },
      'Client Secret must be no more than 255 characters in length.',
    ],
    [
      'jwt-bearer without a scope',
      { authorized_grant_types: [jwt] },
      `Scope cannot be empty for grant_type ${jwt}`,
    ],
    [
      'jwt-bearer without a secret',
      { authorized_grant_types: [jwt], scope: ['a'], client_secret: '' },
      `Client secret is required for grant type ${jwt}`,
    ],
  ])('rejects %s', async (_case, more, description) => {
    expect(await create('bad', more)).toMatchObject(invalidClient(description));
    expect((await admin('GET', '/oauth/clients/bad')).status).toBe(404);
  });

  test.each([
    ['https://*.x.com/**', 201],
    ['tpks://callback', 201],
    ['http*://x', 201],
    ['http://user:pw@x:8080/a?b#c', 201],
    ['http://*', 400],
    ['foo', 400],
    ['http://[::1]/', 400],
    ['urn:x:y', 400],
    ['http://x y', 400],
  ])('a client with the redirect URI %s returns %i', async (uri, status) => {
    const grant = { authorized_grant_types: ['authorization_code'] };
    expect((await create('redirecting', { ...grant, redirect_uri: [uri] })).status).toBe(status);
    await admin('DELETE', '/oauth/clients/redirecting');
  });

  test.each<[string, Call, number]>([
    ['broken JSON', { body: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['a list', { json: [] }, 400],
    ['null', { json: null }, 400],
    ['plain text', { body: 'a=b', headers: { 'content-type': 'text/plain' } }, 415],
    ['an object instead of a list', { json: clientBody('odd', { scope: { a: 1 } }) }, 400],
    ['null as grant types', { json: clientBody('odd', { authorized_grant_types: null }) }, 400],
    [
      'a token validity above 31 bits',
      { json: clientBody('odd', { access_token_validity: 3e9 }) },
      400,
    ],
    [
      'a token validity that is not a number',
      { json: clientBody('odd', { access_token_validity: 'x' }) },
      400,
    ],
    [
      'a string instead of the list of user groups',
      { json: clientBody('odd', { required_user_groups: 'g' }) },
      500,
    ],
    ['no id', { json: { authorized_grant_types: ['password'] } }, 500],
    ['an id longer than its column', { json: clientBody('x'.repeat(256)) }, 500],
  ])('rejects %s without an error message', async (_case, call, status) => {
    expect(await admin('POST', '/oauth/clients', call)).toMatchObject({ status, body: '{}' });
  });
});

describe('updating a client', () => {
  const completeClient = {
    name: 'Whole',
    scope: ['x.a', 'x.b'],
    authorities: ['y.a'],
    redirect_uri: ['https://a/b'],
    access_token_validity: 60,
    autoapprove: ['x.a'],
    allowedproviders: ['uaa'],
    required_user_groups: ['g'],
    foo: 1,
  };
  const recreate = async (id: string) => {
    await admin('DELETE', `/oauth/clients/${id}`);
    return (await create(id, completeClient)).json;
  };

  test('keeps the fields that are missing or empty in the request', async () => {
    const before = await recreate('keeper');
    const empty = { scope: [], authorities: [], redirect_uri: '', access_token_validity: null };
    expect((await put('keeper', { name: '', ...empty })).json).toEqual({
      ...before,
      name: '',
      lastModified: expect.any(Number),
    });
    expect((await put('keeper', { autoapprove: false, required_user_groups: [] })).json).toEqual({
      ...before,
      name: '',
      autoapprove: [],
      required_user_groups: [],
      lastModified: expect.any(Number),
    });
  });

  test('with a single empty string clears a list', async () => {
    await recreate('emptied');
    expect((await put('emptied', { redirect_uri: [''] })).json).not.toHaveProperty('redirect_uri');
  });

  test('with a null field removes all fields that the request does not contain', async () => {
    await recreate('nulled');
    const json = { authorized_grant_types: ['client_credentials'], allowedproviders: null };
    expect((await put('nulled', json)).json).toEqual({
      client_id: 'nulled',
      scope: ['uaa.none'],
      authorities: ['uaa.none'],
      resource_ids: ['none'],
      authorized_grant_types: ['client_credentials'],
      autoapprove: [],
      allowedproviders: null,
      lastModified: expect.any(Number),
      required_user_groups: [],
    });
  });

  test.each([
    [true, ['true']],
    [['x.*'], ['x.a', 'x.b']],
    ['x.a,zzz', ['x.a']],
    ['false', []],
    [['.*'], ['true']],
  ])('with autoapprove %j stores %j', async (autoapprove, expected) => {
    await recreate('approver');
    expect((await put('approver', { autoapprove })).json['autoapprove']).toEqual(expected);
  });

  test('fails if autoapprove is not a regular expression', async () => {
    await recreate('approver');
    expect(await put('approver', { autoapprove: ['['] })).toMatchObject({
      status: 500,
      body: '{}',
    });
  });

  test('removes a null field if a Java hash map lists it last', async () => {
    await recreate('nulled');
    const { json } = await put('nulled', { unknown: null });
    expect(json).toMatchObject({ name: 'Whole', foo: 1 });
    expect(json).not.toHaveProperty('unknown');
  });

  test('fails if the id in the body differs from the path', async () => {
    await recreate('one');
    const json = { client_id: 'other' };
    expect(await admin('PUT', '/oauth/clients/one', { json })).toMatchObject({
      status: 500,
      body: '{}',
    });
  });

  test('does not change the secret', async () => {
    await recreate('secretive');
    await put('secretive', { client_secret: 'new' });
    expect(await uaa.clientToken('secretive', 'secret')).toMatch(/^eyJ/);
  });
});

describe('a caller with only clients.write', () => {
  let writer: string;
  beforeAll(async () => {
    await create('writer', { authorities: ['clients.write'], scope: ['sc.a'] });
    writer = await uaa.clientToken('writer', 'secret');
  });
  const add = (more: Record<string, unknown>) =>
    uaa.call('POST', '/oauth/clients', { token: writer, json: clientBody('theirs', more) });

  test.each<[Record<string, unknown>, string]>([
    [
      { authorized_grant_types: ['password'] },
      'password is not an allowed grant type for non-admin caller.',
    ],
    [
      {
        authorized_grant_types: ['implicit', 'authorization_code'],
        redirect_uri: ['https://x'],
      },
      'Not allowed: implicit grant type is not allowed together with authorization_code',
    ],
    [
      { scope: ['other.x'] },
      'other.x is not an allowed scope for caller=writer. Must have prefix in [writer.,theirs.] ' +
        'or be one of: [sc.a]',
    ],
    [
      { authorities: ['scim.read'] },
      'scim.read is not an allowed authority for caller=writer. ' +
        'Must be one of: [uaa.resource, uaa.none]',
    ],
  ])('may not create a client with %j', async (more, description) => {
    expect(await add(more)).toMatchObject(invalidClient(description));
  });

  test('may grant its own scopes and scopes with the prefix of either client', async () => {
    const scope = ['sc.a', 'writer.x', 'theirs.y'];
    expect(await add({ scope, authorities: ['uaa.resource'] })).toMatchObject({ status: 201 });
  });

  test('may not list clients', async () => {
    const { status, json } = await uaa.call('GET', '/oauth/clients', { token: writer });
    expect([status, json['scope']]).toEqual([
      403,
      'uaa.admin clients.read clients.admin zones.uaa.admin',
    ]);
  });
});

describe('listing clients', () => {
  beforeAll(async () => {
    for (const id of ['L-b', 'L-a', 'L-c']) {
      await create(id, { scope: [`${id}.scope`], access_token_validity: id.charCodeAt(2) });
    }
  });
  const list = async (parameters: Record<string, string>) => {
    const query = new URLSearchParams(parameters).toString();
    const { status, json } = await admin('GET', `/oauth/clients?${query}`);
    const found = Array.isArray(json['resources']) ? (json['resources'] as unknown[]) : [];
    return { status, json, found };
  };
  const ids = async (parameters: Record<string, string>) =>
    (await list({ filter: 'client_id sw "l-"', ...parameters })).found.map((client) =>
      String((client as { client_id?: unknown }).client_id).slice(2),
    );

  test('returns them in the order of their ids, without the user groups', async () => {
    expect(await ids({})).toEqual(['a', 'b', 'c']);
    const { json, found } = await list({ filter: 'client_id eq "L-A"' });
    expect(json).toMatchObject({
      startIndex: 1,
      itemsPerPage: 1,
      totalResults: 1,
      schemas: ['http://cloudfoundry.org/schema/scim/oauth-clients-1.0'],
    });
    expect(found[0]).not.toHaveProperty('required_user_groups');
  });

  test('supports filters, sorting and pages', async () => {
    expect(await ids({ sortOrder: 'descending' })).toEqual(['c', 'b', 'a']);
    expect(await ids({ sortBy: 'access_token_validity', sortOrder: 'x' })).toEqual(['c', 'b', 'a']);
    expect(await ids({ startIndex: '2', count: '1' })).toEqual(['b']);
    expect(await ids({ startIndex: '9' })).toEqual([]);
    expect(await ids({ filter: 'scope eq "L-a.scope"' })).toEqual(['a']);
    expect(await ids({ filter: 'access_token_validity gt 97 and scope co "L-"' })).toEqual([
      'b',
      'c',
    ]);
  });

  test.each([
    [{ filter: 'nonsense' }, 500],
    [{ filter: 'authorities co "x"' }, 500],
    [{ filter: 'access_token_validity eq "97"' }, 500],
    [{ sortBy: 'scope' }, 500],
    [{ startIndex: '0' }, 500],
    [{ count: 'abc' }, 400],
    [{ attributes: 'client id' }, 500],
  ])('rejects %j without an error message', async (parameters, status) => {
    expect(await list(parameters)).toMatchObject({ status, json: {} });
  });

  test('returns null for most of the requested attributes', async () => {
    const { found } = await list({ filter: 'client_id eq "L-a"', attributes: 'client_id,scope,x' });
    expect(found).toEqual([{ client_id: null, scope: ['L-a.scope'], x: null }]);
  });
});

describe('client metadata', () => {
  test('can be read with any valid token, and changing it changes the client name', async () => {
    await create('described', { name: 'First' });
    const json = { clientName: 'N', appLaunchUrl: 'http://x', showOnHomePage: true };
    expect((await admin('GET', '/oauth/clients/described/meta')).json).toEqual({
      clientId: 'described',
      clientName: 'First',
      showOnHomePage: true,
    });
    const changed = {
      clientId: 'described',
      clientName: 'N',
      showOnHomePage: true,
      appLaunchUrl: 'http://x',
      appIcon: '',
    };
    expect((await admin('PUT', '/oauth/clients/described/meta', { json })).json).toEqual(changed);
    const { json: login } = await uaa.login('dana');
    const dana = { token: String(login['access_token']) };
    expect((await uaa.call('GET', '/oauth/clients/described/meta', dana)).json).toEqual(changed);
    expect((await admin('GET', '/oauth/clients/described')).json['name']).toBe('N');
    const { parsed } = await admin('GET', '/oauth/clients/meta');
    expect(parsed).toContainEqual(changed);
  });

  test.each([
    ['GET', 'unknown-user', undefined, 404, 'No client metadata found for unknown-user'],
    ['PUT', 'unknown-user', {}, 404, 'No client with ID unknown-user'],
    [
      'PUT',
      'admin',
      { clientId: 'other' },
      400,
      'Client ID in body {other} does not match URL path {admin}',
    ],
  ])('%s for %s with %j returns %i', async (method, id, json, status, message) => {
    const call = json === undefined ? {} : { json };
    expect(await admin(method, `/oauth/clients/${id}/meta`, call)).toMatchObject({
      status,
      json: { error: 'client_metadata', message },
    });
  });
});

describe('client transactions', () => {
  const batch = (method: string, path: string, json: readonly unknown[]) =>
    admin(method, `/oauth/clients/tx${path}`, { json });
  const exists = async (id: string) =>
    (await uaa.call('GET', `/oauth/clients/${id}/meta`, { token })).status === 200;

  test('create and delete either all clients or none', async () => {
    expect((await batch('POST', '', [clientBody('t1'), clientBody('t1')])).status).toBe(409);
    expect(await exists('t1')).toBe(false);
    expect((await batch('POST', '', [clientBody('t1'), clientBody('t2')])).status).toBe(201);
    expect(
      (await batch('POST', '/delete', [{ client_id: 't1' }, { client_id: 'no' }])).status,
    ).toBe(404);
    expect(await exists('t1')).toBe(true);
    const { parsed } = await batch('POST', '/delete', [{ client_id: 't1' }, { client_id: 't2' }]);
    expect(parsed).toMatchObject([{ client_id: 't1', approvals_deleted: true }, {}]);
    expect(await exists('t1')).toBe(false);
  });

  test('merge with PUT, and replace with the action update', async () => {
    await create('whole', { name: 'N', scope: ['a'], access_token_validity: 60, foo: 1 });
    await batch('PUT', '', [{ client_id: 'whole', name: 'M' }]);
    const { json: merged } = await admin('GET', '/oauth/clients/whole');
    expect(merged).toMatchObject({ name: 'M', scope: ['a'], foo: 1 });
    const next = { client_id: 'whole', authorized_grant_types: ['client_credentials'], foo: 2 };
    const { parsed } = await batch('POST', '/modify', [{ ...next, action: 'update' }]);
    expect(parsed).toMatchObject([{ action: 'update', name: 'M', scope: ['a'] }]);
    const { json } = await admin('GET', '/oauth/clients/whole');
    expect(json).toMatchObject({ foo: 2, scope: ['uaa.none'] });
    expect(json).not.toHaveProperty('name');
    expect(json).not.toHaveProperty('access_token_validity');
    expect(await uaa.clientToken('whole', 'secret')).toMatch(/^eyJ/);
  });

  test('reject an unknown action', async () => {
    expect(await batch('POST', '/modify', [{ client_id: 'admin', action: 'bogus' }])).toMatchObject(
      invalidClient('Invalid action.'),
    );
  });
});

describe('unknown client routes', () => {
  test.each([
    ['PUT', '/clientjwt', 405],
    ['GET', '/clientjwt', 404],
    ['GET', '/secret', 405],
    ['PATCH', '', 403],
    ['POST', '', 405],
  ])('%s for the path suffix %j returns %i', async (method, suffix, status) => {
    expect((await admin(method, `/oauth/clients/admin${suffix}`)).status).toBe(status);
  });

  test('require the same scope as the known routes', async () => {
    const { json: login } = await uaa.login('dana');
    const dana = { token: String(login['access_token']) };
    const { json } = await uaa.call('PUT', '/oauth/clients/admin/clientjwt', dana);
    expect(json['scope']).toBe('uaa.admin clients.write clients.admin zones.uaa.admin');
  });

  test.each([
    ['we%2Fx', 400],
    ['b%5Cx', 400],
    ['%zz', 400],
    ['p%25x', 500],
    ['s%3Bx', 500],
    ['q%3Fx', 404],
    ['%C3%BC', 404],
  ])('the client id %s returns %i', async (id, status) => {
    expect((await admin('GET', `/oauth/clients/${id}`)).status).toBe(status);
  });
});

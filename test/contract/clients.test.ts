import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type ClientCredentials,
  createClientCredentials,
} from '../../src/api/uaa/client-secrets-and-keys.js';
import { createClients, type Client, type Clients } from '../../src/api/uaa/clients.js';
import { withZone } from '../../src/api/uaa/uaa-api.js';
import { Secret } from '../../src/base/secret.js';
import { servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('clients on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let clients: Clients;
  let secrets: ClientCredentials;
  const created: string[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    clients = createClients(server.signed(admin), server.uaa);
    secrets = createClientCredentials(server.signed(admin), server.uaa);
  }, 60_000);
  afterEach(async () => {
    for (const id of created.splice(0)) {
      await server.raw('/oauth/clients/tx/delete', { bearer: admin, json: [{ client_id: id }] });
    }
  });
  afterAll(() => server.stop());

  const machine = { authorized_grant_types: ['client_credentials'] };
  const add = (attributes: Record<string, unknown> = {}, secret = 'one'): Promise<Client> => {
    const id = unique('robot');
    created.push(id);
    const all = { ...machine, ...attributes };
    return clients.add({ id, secret: new Secret(secret), attributes: all });
  };
  const token = (id: string, secret: string) => server.grants(id, secret).clientCredentials();
  const canLogIn = async (id: string, secret: string): Promise<boolean> =>
    token(id, secret).then(
      () => true,
      () => false,
    );
  const isTokenValid = async (bearer: string): Promise<boolean> =>
    (await server.raw('/oauth/clients/admin/meta', { bearer })).status === 200;
  const idsOf = async (items: Promise<Client[]>): Promise<string[]> =>
    (await items).map(({ client_id: id }) => id);
  const sorted = (client: Client): unknown =>
    Object.fromEntries(
      Object.entries(client).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(String).sort() : value,
      ]),
    );

  /** All attributes, and one that is unknown to the UAA. */
  const allAttributes = {
    name: 'The Robot',
    scope: ['x.a', 'x.b'],
    authorities: ['y.a'],
    redirect_uri: ['https://a/b', 'https://c/d'],
    access_token_validity: 60,
    refresh_token_validity: 120,
    autoapprove: ['x.a'],
    allowpublic: true,
    allowedproviders: ['uaa'],
    signup_redirect_url: 'https://s',
    required_user_groups: ['g'],
    foo: { a: 1 },
  };

  describe('a new client', () => {
    test('has the default attributes, and its secret is never returned', async () => {
      const { client_id: id } = await add();
      expect(await clients.get(id)).toEqual({
        client_id: id,
        scope: ['uaa.none'],
        authorities: ['uaa.none'],
        resource_ids: ['none'],
        authorized_grant_types: ['client_credentials'],
        autoapprove: [],
        lastModified: expect.any(Number),
        required_user_groups: [],
      });
      expect(await canLogIn(id, 'one')).toBe(true);
    });

    test('causes a conflict if the id exists', async () => {
      const { client_id: id } = await add();
      await expect(
        clients.add({ id, secret: new Secret('s'), attributes: machine }),
      ).rejects.toMatchObject({
        kind: 'conflict',
        status: 409,
        oauthError: 'invalid_client',
        message: `Client already exists: ${id}`,
        hint: `update the client: tpks uaa client update ${id}\nadd --if-missing to accept the existing client`,
      });
    });

    test('may have an empty secret or none if its grant types allow it', async () => {
      const attributes = { authorized_grant_types: ['password'], scope: ['openid'] };
      const asDana = { username: 'dana', password: new Secret('dana-password') };
      const logIn = async (secret: Secret | undefined) => {
        const id = unique('password-client');
        created.push(id);
        await clients.add({ id, secret, attributes });
        return server.grants(id, '').password(asDana);
      };
      expect((await logIn(new Secret(''))).scope).toBe('openid');
      // A client that was created without a secret can log in with an empty one only before 77.
      const withoutSecret = logIn(undefined);
      if (server.release === '77') await expect(withoutSecret).rejects.toThrow();
      else expect((await withoutSecret).scope).toBe('openid');
    });
  });

  describe('ids', () => {
    test.each([['q?x'], ['ü x'], ['a.b'], ['a.json'], ['plus+x'], ['a&b=c#d'], ["o'x"], ['日本']])(
      'a client whose id contains %j has its own URL',
      async (stem) => {
        const id = `${unique('id')}${stem}`;
        created.push(id);
        await clients.add({ id, secret: new Secret('s'), attributes: machine });
        expect((await clients.get(id)).client_id).toBe(id);
        expect(await clients.update(id, { name: 'N' })).toMatchObject({ client_id: id, name: 'N' });
        await secrets.set(id, new Secret('t'));
        expect((await clients.remove(id)).client_id).toBe(id);
      },
    );

    test.each([['we/x'], ['p%x'], ['s;x'], ['b\\x']])(
      'a client whose id contains %j is found and deleted, although it has no usable URL',
      async (stem) => {
        const id = `${unique('id')}${stem}`;
        created.push(id);
        const json = { client_id: id, client_secret: 's', ...machine };
        const { status } = await server.raw('/oauth/clients', { bearer: admin, json });
        const isRejected = server.release === '77' && /[\\/]/.test(id);
        expect(status).toBe(isRejected ? 400 : 201);
        if (isRejected) return;
        const path = `/oauth/clients/${encodeURIComponent(id)}`;
        expect((await server.raw(path, { bearer: admin })).status).toBeGreaterThanOrEqual(400);
        expect((await clients.get(id)).client_id).toBe(id);
        expect((await clients.remove(id)).client_id).toBe(id);
        await expect(clients.remove(id)).rejects.toMatchObject({ kind: 'notFound' });
      },
    );
  });

  describe('an update', () => {
    const change = async (changes: Record<string, unknown>): Promise<unknown> => {
      const { client_id: id } = await add(allAttributes);
      const updated = await clients.update(id, changes);
      expect(updated.client_id).toBe(id);
      expect(sorted(await clients.get(id))).toEqual(sorted(updated));
      expect(await canLogIn(id, 'one')).toBe(true);
      return sorted({ ...updated, client_id: '' });
    };
    const expected = (more: Record<string, unknown>): unknown => ({
      ...allAttributes,
      client_id: '',
      resource_ids: ['none'],
      authorized_grant_types: ['client_credentials'],
      lastModified: expect.any(Number),
      ...more,
    });

    test('changes the given attributes and keeps the others', async () => {
      expect(
        await change({ name: 'New', access_token_validity: 90, redirect_uri: ['https://z'] }),
      ).toEqual(expected({ name: 'New', access_token_validity: 90, redirect_uri: ['https://z'] }));
    });

    test.each<[string, Record<string, unknown>]>([
      ['scope', { scope: ['uaa.none'], autoapprove: [] }],
      ['authorities', { authorities: ['uaa.none'] }],
      ['access_token_validity', {}],
      ['name', {}],
      ['foo', {}],
      ['autoapprove', { autoapprove: [] }],
      ['required_user_groups', { required_user_groups: [] }],
    ])('removes only %s', async (name, defaults) => {
      const { [name]: removed, ...others } = allAttributes as Record<string, unknown>;
      expect(removed).toBeDefined();
      const result = { ...(expected({}) as object), ...others, ...defaults };
      if (!(name in defaults)) Reflect.deleteProperty(result, name);
      expect(await change({ [name]: null })).toEqual(result);
    });

    test('empties a list and changes another attribute in one update', async () => {
      const remaining = { ...(expected({ name: 'New' }) as Record<string, unknown>) };
      delete remaining['redirect_uri'];
      expect(await change({ redirect_uri: [], name: 'New' })).toEqual(remaining);
    });

    test('keeps both secrets and all tokens', async () => {
      const { client_id: id } = await add(allAttributes);
      await secrets.add(id, new Secret('two'));
      const { accessToken } = await token(id, 'one');
      await clients.update(id, { foo: null });
      expect([
        await canLogIn(id, 'one'),
        await canLogIn(id, 'two'),
        await isTokenValid(accessToken),
      ]).toEqual([true, true, true]);
    });

    test('is rejected without changes if the client would be invalid', async () => {
      const { client_id: id } = await add(allAttributes);
      await expect(clients.update(id, { authorized_grant_types: ['foo'] })).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
      });
      await expect(
        clients.update(id, { authorized_grant_types: ['implicit'], redirect_uri: null }),
      ).rejects.toMatchObject({
        message: 'implicit grant type requires at least one redirect URL.',
      });
      expect(await clients.get(id)).toMatchObject({
        name: allAttributes.name,
        foo: allAttributes.foo,
      });
    });

    test('fails with notFound for an unknown client', async () => {
      const changes = { authorized_grant_types: ['password'] };
      await expect(clients.update('no-such', changes)).rejects.toMatchObject({
        kind: 'notFound',
        message: 'Client no-such not found',
      });
      await expect(clients.update('no-such', { name: null })).rejects.toMatchObject({
        kind: 'notFound',
      });
    });
  });

  describe('a deleted client', () => {
    test('loses its tokens', async () => {
      const { client_id: id } = await add();
      const { accessToken } = await token(id, 'one');
      expect((await clients.remove(id)).client_id).toBe(id);
      expect(await isTokenValid(accessToken)).toBe(false);
      for (const call of [clients.get, clients.remove]) {
        await expect(call(id)).rejects.toMatchObject({
          kind: 'notFound',
          status: 404,
          message: `Client ${id} not found`,
        });
      }
    });
  });

  describe('a list', () => {
    test('can be filtered, sorted and paged', async () => {
      const stem = unique('list');
      for (const [tail, seconds] of [
        ['b', 3],
        ['a', 2],
        ['c', 1],
      ] as const) {
        const id = `${stem}.${tail}`;
        created.push(id);
        const attributes = { ...machine, access_token_validity: seconds };
        await clients.add({ id, secret: new Secret('s'), attributes });
      }
      const tails = async (query: Parameters<Clients['list']>[0]) =>
        (await idsOf(clients.list({ filter: `client_id sw "${stem}"`, ...query }))).map((id) =>
          id.slice(-1),
        );
      expect(await tails({})).toEqual(['a', 'b', 'c']);
      expect(await tails({ descending: true })).toEqual(['c', 'b', 'a']);
      expect(await tails({ sortBy: 'access_token_validity' })).toEqual(['c', 'a', 'b']);
      expect(await tails({ start: 2, limit: 1 })).toEqual(['b']);
      expect(
        await tails({ filter: `client_id sw "${stem}" and access_token_validity gt 1` }),
      ).toEqual(['a', 'b']);
    });

    test('contains all requested fields, with null for fields that the UAA omits', async () => {
      const attributes = ['client_id', 'authorized_grant_types', 'none'];
      expect(await clients.select({ filter: 'client_id eq "admin"', attributes })).toEqual([
        { client_id: 'admin', authorized_grant_types: ['client_credentials'], none: null },
      ]);
    });

    test.each([{ filter: 'nonsense' }, { filter: 'authorities co "uaa"' }, { sortBy: 'scope' }])(
      'with %j is rejected with a message of tpks, because the UAA returns none',
      async (query) => {
        await expect(idsOf(clients.list(query))).rejects.toMatchObject({
          kind: 'failed',
          status: 500,
          message: 'The UAA rejected the filter or the column',
          hint: expect.stringMatching(/^example filter: client_id .*\ncolumns to filter and sort/),
        });
      },
    );

    test('escapes a quotation mark in an id', async () => {
      await expect(clients.get('x/" or client_id eq "admin')).rejects.toMatchObject({
        kind: 'notFound',
      });
    });
  });

  describe('secrets', () => {
    test('setting a new secret invalidates the old secret and its tokens', async () => {
      const { client_id: id } = await add();
      const { accessToken } = await token(id, 'one');
      expect(await secrets.set(id, new Secret('two'))).toMatchObject({
        status: 'ok',
        message: 'secret updated',
      });
      expect([
        await canLogIn(id, 'one'),
        await canLogIn(id, 'two'),
        await isTokenValid(accessToken),
      ]).toEqual([false, true, false]);
    });

    test('a client can have two secrets at the same time during a rotation', async () => {
      const { client_id: id } = await add();
      const before = await token(id, 'one');
      expect((await secrets.add(id, new Secret('two'))).message).toBe('Secret is added');
      expect([await canLogIn(id, 'one'), await canLogIn(id, 'two')]).toEqual([true, true]);
      expect(await isTokenValid(before.accessToken)).toBe(true);
      const since = await token(id, 'one');
      await expect(secrets.add(id, new Secret('three'))).rejects.toMatchObject({
        message: 'client secret is either empty or client already has two secrets.',
      });
      expect((await secrets.removeOlder(id)).message).toBe('Secret is deleted');
      expect([await canLogIn(id, 'one'), await canLogIn(id, 'two')]).toEqual([false, true]);
      expect([
        await isTokenValid(before.accessToken),
        await isTokenValid(since.accessToken),
      ]).toEqual([false, true]);
      await expect(secrets.removeOlder(id)).rejects.toMatchObject({
        message: 'client secret is either empty or client has only one secret.',
      });
    });

    test('an empty secret is rejected, except by later releases', async () => {
      const { client_id: id } = await add();
      const change = secrets.set(id, new Secret(''));
      if (server.release === '77') {
        expect((await change).message).toBe('secret updated');
        expect(await canLogIn(id, '')).toBe(true);
        return;
      }
      await expect(change).rejects.toMatchObject({
        message: 'Client Secret must be at least 1 characters in length.',
      });
    });

    test('a client can change its own secret with the old one, but not the secret of another client', async () => {
      const { client_id: id } = await add({ authorities: ['clients.secret'] });
      const asClient = async (secret: string) =>
        createClientCredentials(server.signed((await token(id, secret)).accessToken), server.uaa);
      const ownSecrets = await asClient('one');
      await expect(ownSecrets.set(id, new Secret('two'), new Secret('bad'))).rejects.toMatchObject({
        message: 'Previous secret is required and must be valid',
      });
      await expect(
        ownSecrets.set('admin', new Secret('two'), new Secret('one')),
      ).rejects.toMatchObject({
        message: "Bad request. Not permitted to change another client's secret",
      });
      await ownSecrets.set(id, new Secret('two'), new Secret('one'));
      expect(await canLogIn(id, 'two')).toBe(true);
      await (await asClient('two')).add(id, new Secret('three'), new Secret('two'));
      expect(await canLogIn(id, 'three')).toBe(true);
    });

    test('an unknown client is not found', async () => {
      await expect(secrets.set('no-such', new Secret('s'))).rejects.toMatchObject({
        kind: 'notFound',
      });
    });
  });

  test('metadata contains the name of a client', async () => {
    const { client_id: id } = await add({ name: 'N' });
    expect(await clients.getMetadata(id)).toEqual({
      clientId: id,
      clientName: 'N',
      showOnHomePage: true,
    });
    await expect(clients.getMetadata('no-such')).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('JWT authentication is supported only by later releases', async () => {
    const jwts = createClientCredentials(server.signed(admin), server.uaa);
    if (server.release === '77') {
      const id = unique('jwt');
      await clients.add({ id, secret: new Secret('s'), attributes: machine });
      const added = await jwts.changeJwtTrust(id, 'ADD', {
        jwks_uri: 'https://x.example.com/keys',
      });
      expect(added.message).toBe('Client jwt configuration is added');
      const removed = await jwts.changeJwtTrust(id, 'DELETE', { jwks_uri: '*' });
      expect(removed.message).toBe('Client jwt configuration is deleted');
      const unchanged = await jwts.changeJwtTrust(id, 'DELETE', { kid: 'k1' });
      expect(unchanged.message).toBe('No key deleted');
      const key = JSON.stringify({ kty: 'RSA', kid: 'k1', e: 'AQAB', n: 'AQAB' });
      expect((await jwts.changeJwtTrust(id, 'UPDATE', { jwks: key })).message).toBe(
        'Client jwt configuration updated',
      );
      await expect(jwts.changeJwtTrust(id, 'ADD', { jwks: 'x' })).rejects.toMatchObject({
        message: 'Client jwt configuration cannot be parsed',
      });
      const { client_id: trusting } = await add({ authorities: ['clients.trust'] });
      const { accessToken } = await token(trusting, 'one');
      const own = createClientCredentials(server.signed(accessToken), server.uaa);
      await expect(own.changeJwtTrust(trusting, 'ADD', { jwks: key })).rejects.toMatchObject({
        status: 400,
        message: 'Previous secret is required and must be valid',
      });
      await clients.remove(id);
      return;
    }
    await expect(
      jwts.changeJwtTrust('pks_cli', 'ADD', { jwks_uri: 'https://x' }),
    ).rejects.toMatchObject({
      kind: 'failed',
      status: 405,
    });
  });

  describe('permissions', () => {
    test('names the missing scope', async () => {
      const { accessToken } = await server
        .grants('pks_cli', '')
        .password({ username: 'cody', password: new Secret('cody-password') });
      const limitedClients = createClients(server.signed(accessToken), server.uaa);
      await expect(limitedClients.get('admin')).rejects.toMatchObject({
        kind: 'forbidden',
        message: 'Your token lacks the required scope clients.read',
      });
      await expect(limitedClients.remove('admin')).rejects.toMatchObject({
        message: 'Your token lacks the required scope clients.write',
      });
    });

    test('with only clients.write, a client cannot grant authorities that it does not have', async () => {
      const { client_id: writer } = await add({ authorities: ['clients.write'] });
      const { accessToken } = await token(writer, 'one');
      const limitedClients = createClients(server.signed(accessToken), server.uaa);
      const id = unique('granted');
      created.push(id);
      const secret = new Secret('s');
      await expect(
        limitedClients.add({ id, secret, attributes: { ...machine, authorities: ['scim.read'] } }),
      ).rejects.toMatchObject({
        message:
          `scim.read is not an allowed authority for caller=${writer}. ` +
          'Must be one of: [uaa.resource, uaa.none]',
      });
      await limitedClients.add({
        id,
        secret,
        attributes: { ...machine, authorities: ['uaa.resource'] },
      });
      expect(await canLogIn(id, 's')).toBe(true);
    });
  });

  describe('in an identity zone', () => {
    test.each([
      [{ subdomain: 'no-such' }, 404],
      [{ subdomain: 'uaa' }, 404],
      [{ id: 'no-such' }, 404],
      [{ id: 'uaa' }, 200],
    ])('a request for the zone %j returns %i', async (zone, status) => {
      const signed = withZone(
        (request) =>
          server.send({
            ...request,
            headers: { ...request.headers, authorization: `Bearer ${admin}` },
          }),
        zone,
      );
      const response = await signed({
        method: 'GET',
        url: `${server.uaa}/oauth/clients?count=1`,
        headers: { accept: 'application/json' },
      });
      expect(response.status).toBe(status);
      if (status === 404) expect(await response.text()).toBe('{}');
    });
  });
});

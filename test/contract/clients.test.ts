import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/secret.js';
import { createClientJwts } from '../../src/uaa/client-jwts.js';
import { createClientSecrets, type ClientSecrets } from '../../src/uaa/client-secrets.js';
import { createClients, type Client, type Clients } from '../../src/uaa/clients.js';
import { withZone } from '../../src/uaa/zone.js';
import { servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('clients, %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let clients: Clients;
  let secrets: ClientSecrets;
  const made: string[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    clients = createClients(server.signed(admin), server.uaa);
    secrets = createClientSecrets(server.signed(admin), server.uaa);
  }, 60_000);
  afterEach(async () => {
    for (const id of made.splice(0)) {
      await server.raw('/oauth/clients/tx/delete', { bearer: admin, json: [{ client_id: id }] });
    }
  });
  afterAll(() => server.stop());

  const machine = { authorized_grant_types: ['client_credentials'] };
  const add = (attributes: Record<string, unknown> = {}, secret = 'one'): Promise<Client> => {
    const id = unique('robot');
    made.push(id);
    const all = { ...machine, ...attributes };
    return clients.add({ id, secret: new Secret(secret), attributes: all });
  };
  const token = (id: string, secret: string) => server.grants(id, secret).clientCredentials();
  const works = async (id: string, secret: string): Promise<boolean> =>
    token(id, secret).then(
      () => true,
      () => false,
    );
  const isGood = async (bearer: string): Promise<boolean> =>
    (await server.raw('/oauth/clients/admin/meta', { bearer })).status === 200;
  const all = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
    const found: Item[] = [];
    for await (const item of items) found.push(item);
    return found;
  };
  const idsOf = async (items: AsyncIterable<Client>): Promise<string[]> =>
    (await all(items)).map(({ client_id: id }) => id);
  const sorted = (client: Client): unknown =>
    Object.fromEntries(
      Object.entries(client).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(String).sort() : value,
      ]),
    );

  /** Every attribute, and one that nobody knows. */
  const whole = {
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
    test('has what every client has, and never shows its secret', async () => {
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
      expect(await works(id, 'one')).toBe(true);
    });

    test('has all attributes as they were given, validities as numbers', async () => {
      const added = await add(whole);
      expect(sorted(added)).toEqual({
        ...whole,
        client_id: added.client_id,
        resource_ids: ['none'],
        authorized_grant_types: ['client_credentials'],
        lastModified: expect.any(Number),
      });
      expect(sorted(await clients.get(added.client_id))).toEqual(sorted(added));
    });

    test('is a conflict where its id exists', async () => {
      const { client_id: id } = await add();
      await expect(
        clients.add({ id, secret: new Secret('s'), attributes: machine }),
      ).rejects.toMatchObject({
        kind: 'conflict',
        status: 409,
        oauthError: 'invalid_client',
        message: `Client already exists: ${id}`,
        hint: `tpks uaa client get ${id}`,
      });
    });

    test('may have an empty secret, or none, where its grant types allow it', async () => {
      for (const secret of [new Secret(''), undefined]) {
        const id = unique('people');
        made.push(id);
        const attributes = { authorized_grant_types: ['password'], scope: ['openid'] };
        await clients.add({ id, secret, attributes });
        const asDana = { username: 'dana', password: new Secret('dana-password') };
        expect((await server.grants(id, '').password(asDana)).scope).toBe('openid');
      }
    });

    test.each<[string, Record<string, unknown>, string, string]>([
      [
        'no grant type',
        { authorized_grant_types: [] },
        's',
        'An authorized grant type must be provided. Must be one of: [',
      ],
      [
        'an unknown grant type',
        { authorized_grant_types: ['foo'] },
        's',
        'foo is not an allowed grant type. Must be one of: [',
      ],
      [
        'no redirect',
        { authorized_grant_types: ['authorization_code'] },
        '',
        'authorization_code grant type requires at least one redirect URL.',
      ],
      [
        'a bad redirect',
        { authorized_grant_types: ['implicit'], redirect_uri: ['http://localhost:*/cb'] },
        's',
        'One of the redirect_uri is invalid: http://localhost:*/cb',
      ],
      [
        'a secret for implicit',
        { authorized_grant_types: ['implicit'], redirect_uri: ['https://x'] },
        's',
        'Implicit grant should not have a client_secret',
      ],
      [
        'no secret',
        {},
        '',
        'Client secret is required for client_credentials and authorization_code grant types',
      ],
      [
        'a secret too long',
        {},
        'x'.repeat(256),
        'Client Secret must be no more than 255 characters in length.',
      ],
    ])('%s is refused', async (_what, attributes, secret, message) => {
      await expect(add(attributes, secret)).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
        oauthError: 'invalid_client',
        message: expect.stringContaining(message),
      });
    });
  });

  describe('ids', () => {
    test.each([['q?x'], ['ü x'], ['a.b'], ['a.json'], ['plus+x'], ['a&b=c#d'], ["o'x"], ['日本']])(
      '%j is reached by its own address',
      async (stem) => {
        const id = `${unique('id')}${stem}`;
        made.push(id);
        await clients.add({ id, secret: new Secret('s'), attributes: machine });
        expect((await clients.get(id)).client_id).toBe(id);
        expect(await clients.update(id, { name: 'N' })).toMatchObject({ client_id: id, name: 'N' });
        await secrets.set(id, new Secret('t'));
        expect((await clients.remove(id)).client_id).toBe(id);
      },
    );

    test.each([['we/x'], ['p%x'], ['s;x'], ['b\\x']])(
      '%j, which others made, is found and deleted all the same',
      async (stem) => {
        const id = `${unique('id')}${stem}`;
        made.push(id);
        const json = { client_id: id, client_secret: 's', ...machine };
        expect((await server.raw('/oauth/clients', { bearer: admin, json })).status).toBe(201);
        const path = `/oauth/clients/${encodeURIComponent(id)}`;
        expect((await server.raw(path, { bearer: admin })).status).toBeGreaterThanOrEqual(400);
        expect((await clients.get(id)).client_id).toBe(id);
        expect((await clients.remove(id)).client_id).toBe(id);
        await expect(clients.remove(id)).rejects.toMatchObject({ kind: 'notFound' });
      },
    );

    test('differ by case', async () => {
      const { client_id: id } = await add();
      await expect(clients.get(id.toUpperCase())).rejects.toMatchObject({
        kind: 'notFound',
        message: `Client ${id.toUpperCase()} not found`,
      });
    });
  });

  describe('an update', () => {
    const change = async (changes: Record<string, unknown>): Promise<unknown> => {
      const { client_id: id } = await add(whole);
      const updated = await clients.update(id, changes);
      expect(updated.client_id).toBe(id);
      expect(sorted(await clients.get(id))).toEqual(sorted(updated));
      expect(await works(id, 'one')).toBe(true);
      return sorted({ ...updated, client_id: '' });
    };
    const expected = (more: Record<string, unknown>): unknown => ({
      ...whole,
      client_id: '',
      resource_ids: ['none'],
      authorized_grant_types: ['client_credentials'],
      lastModified: expect.any(Number),
      ...more,
    });

    test('changes what it names and loses nothing', async () => {
      expect(
        await change({ name: 'New', access_token_validity: 90, redirect_uri: ['https://z'] }),
      ).toEqual(expected({ name: 'New', access_token_validity: 90, redirect_uri: ['https://z'] }));
    });

    test.each<[Record<string, unknown>, Record<string, unknown>]>([
      [{ autoapprove: true }, { autoapprove: ['true'] }],
      [{ autoapprove: false }, { autoapprove: [] }],
      [{ autoapprove: ['x.b', 'other'] }, { autoapprove: ['x.b'] }],
      [{ required_user_groups: [] }, { required_user_groups: [] }],
      [{ name: '' }, { name: '' }],
      [{ allowedproviders: [] }, { allowedproviders: [] }],
    ])('of %j gives %j', async (changes, result) => {
      expect(await change(changes)).toEqual(expected(result));
    });

    test.each<[string, Record<string, unknown>]>([
      ['scope', { scope: ['uaa.none'], autoapprove: [] }],
      ['authorities', { authorities: ['uaa.none'] }],
      ['redirect_uri', {}],
      ['access_token_validity', {}],
      ['refresh_token_validity', {}],
      ['allowpublic', {}],
      ['allowedproviders', {}],
      ['signup_redirect_url', {}],
      ['name', {}],
      ['foo', {}],
      ['autoapprove', { autoapprove: [] }],
      ['required_user_groups', { required_user_groups: [] }],
    ])('takes %s away and nothing else', async (name, left) => {
      const { [name]: gone, ...others } = whole as Record<string, unknown>;
      expect(gone).toBeDefined();
      const result = { ...(expected({}) as object), ...others, ...left };
      if (!(name in left)) Reflect.deleteProperty(result, name);
      expect(await change({ [name]: null })).toEqual(result);
    });

    test('empties a list and changes the rest in one go', async () => {
      const left = { ...(expected({ name: 'New' }) as Record<string, unknown>) };
      delete left['redirect_uri'];
      expect(await change({ redirect_uri: [], name: 'New' })).toEqual(left);
    });

    test('keeps both secrets and the tokens', async () => {
      const { client_id: id } = await add(whole);
      await secrets.add(id, new Secret('two'));
      const { accessToken } = await token(id, 'one');
      await clients.update(id, { foo: null });
      expect([await works(id, 'one'), await works(id, 'two'), await isGood(accessToken)]).toEqual([
        true,
        true,
        true,
      ]);
    });

    test('that makes no good client is refused, and nothing has changed', async () => {
      const { client_id: id } = await add(whole);
      await expect(clients.update(id, { authorized_grant_types: ['foo'] })).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
      });
      await expect(
        clients.update(id, { authorized_grant_types: ['implicit'], redirect_uri: null }),
      ).rejects.toMatchObject({
        message: 'implicit grant type requires at least one redirect URL.',
      });
      expect(await clients.get(id)).toMatchObject({ name: whole.name, foo: whole.foo });
    });

    test('of nobody is notFound', async () => {
      const changes = { authorized_grant_types: ['password'] };
      await expect(clients.update('no-such', changes)).rejects.toMatchObject({
        kind: 'notFound',
        message: 'Client no-such not found',
      });
      await expect(clients.update('no-such', { name: null })).rejects.toMatchObject({
        kind: 'notFound',
      });
    });

    test('by a PUT with null would lose everything that it does not name', async () => {
      const { client_id: id } = await add(whole);
      const json = { client_id: id, ...machine, allowedproviders: null };
      const path = `/oauth/clients/${id}`;
      expect((await server.raw(path, { method: 'PUT', bearer: admin, json })).status).toBe(200);
      const left = await clients.get(id);
      expect(left.scope).toEqual(['uaa.none']);
      expect(left).not.toHaveProperty('foo');
    });
  });

  describe('a client that goes', () => {
    test('takes its tokens with it', async () => {
      const { client_id: id } = await add();
      const { accessToken } = await token(id, 'one');
      expect((await clients.remove(id)).client_id).toBe(id);
      expect(await isGood(accessToken)).toBe(false);
      for (const act of [clients.get, clients.remove]) {
        await expect(act(id)).rejects.toMatchObject({
          kind: 'notFound',
          status: 404,
          message: `Client ${id} not found`,
        });
      }
    });

    test('that nobody knows is answered without a word', async () => {
      const { status, text } = await server.raw('/oauth/clients/no-such', { bearer: admin });
      expect([status, text]).toEqual([404, '']);
    });
  });

  describe('a list', () => {
    test('can be filtered, sorted, and taken in part', async () => {
      const stem = unique('list');
      for (const [tail, seconds] of [
        ['b', 3],
        ['a', 2],
        ['c', 1],
      ] as const) {
        const id = `${stem}.${tail}`;
        made.push(id);
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

    test('has the clients of PKS in it, without the groups that each wants', async () => {
      const found = await all(clients.list({ filter: 'client_id eq "pks_cli"' }));
      expect(found).toMatchObject([{ client_id: 'pks_cli', access_token_validity: 600 }]);
      expect(found[0]).not.toHaveProperty('required_user_groups');
    });

    test('of some fields has them all, whatever the UAA would leave out', async () => {
      const attributes = ['client_id', 'authorized_grant_types', 'none'];
      expect(await all(clients.select({ filter: 'client_id eq "admin"', attributes }))).toEqual([
        { client_id: 'admin', authorized_grant_types: ['client_credentials'], none: null },
      ]);
    });

    test.each([
      [{ filter: 'nonsense' }, 'filter'],
      [{ filter: 'authorities co "uaa"' }, 'filter'],
      [{ sortBy: 'scope' }, 'column'],
    ])('with %j is refused in words of ours: the UAA has none', async (query, what) => {
      await expect(idsOf(clients.list(query))).rejects.toMatchObject({
        kind: 'failed',
        status: 500,
        message: `The UAA rejected this ${what}`,
      });
    });

    test('a quote in an id cannot break out of a filter', async () => {
      await expect(clients.get('x/" or client_id eq "admin')).rejects.toMatchObject({
        kind: 'notFound',
      });
    });
  });

  describe('secrets', () => {
    test('a new one ends the old one and its tokens', async () => {
      const { client_id: id } = await add();
      const { accessToken } = await token(id, 'one');
      expect(await secrets.set(id, new Secret('two'))).toMatchObject({
        status: 'ok',
        message: 'secret updated',
      });
      expect([await works(id, 'one'), await works(id, 'two'), await isGood(accessToken)]).toEqual([
        false,
        true,
        false,
      ]);
    });

    test('two live side by side, so that a new one can be spread first', async () => {
      const { client_id: id } = await add();
      const before = await token(id, 'one');
      expect((await secrets.add(id, new Secret('two'))).message).toBe('Secret is added');
      expect([await works(id, 'one'), await works(id, 'two')]).toEqual([true, true]);
      expect(await isGood(before.accessToken)).toBe(true);
      const since = await token(id, 'one');
      await expect(secrets.add(id, new Secret('three'))).rejects.toMatchObject({
        message: 'client secret is either empty or client already has two secrets.',
      });
      expect((await secrets.removeOlder(id)).message).toBe('Secret is deleted');
      expect([await works(id, 'one'), await works(id, 'two')]).toEqual([false, true]);
      expect([await isGood(before.accessToken), await isGood(since.accessToken)]).toEqual([
        false,
        true,
      ]);
      await expect(secrets.removeOlder(id)).rejects.toMatchObject({
        message: 'client secret is either empty or client has only one secret.',
      });
    });

    test('an empty one is refused', async () => {
      const { client_id: id } = await add();
      await expect(secrets.set(id, new Secret(''))).rejects.toMatchObject({
        message: 'Client Secret must be at least 1 characters in length.',
      });
    });

    test('a client changes its own if it knows the old one, and no other’s', async () => {
      const { client_id: id } = await add({ authorities: ['clients.secret'] });
      const own = async (secret: string) =>
        createClientSecrets(server.signed((await token(id, secret)).accessToken), server.uaa);
      const mine = await own('one');
      await expect(mine.set(id, new Secret('two'), new Secret('bad'))).rejects.toMatchObject({
        message: 'Previous secret is required and must be valid',
      });
      await expect(mine.set('admin', new Secret('two'), new Secret('one'))).rejects.toMatchObject({
        message: "Bad request. Not permitted to change another client's secret",
      });
      await mine.set(id, new Secret('two'), new Secret('one'));
      expect(await works(id, 'two')).toBe(true);
      await (await own('two')).add(id, new Secret('three'), new Secret('two'));
      expect(await works(id, 'three')).toBe(true);
    });

    test('of nobody', async () => {
      await expect(secrets.set('no-such', new Secret('s'))).rejects.toMatchObject({
        kind: 'notFound',
      });
    });
  });

  test('metadata tells who made a client', async () => {
    const { client_id: id } = await add({ name: 'N' });
    expect(await clients.getMetadata(id)).toEqual({
      clientId: id,
      clientName: 'N',
      showOnHomePage: true,
    });
    await expect(clients.getMetadata('no-such')).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('JWTs in place of secrets are for later releases', async () => {
    const jwts = createClientJwts(server.signed(admin), server.uaa);
    if (server.release === '77') {
      const id = unique('jwt');
      await clients.add({ id, secret: new Secret('s'), attributes: machine });
      const added = await jwts.change(id, 'ADD', { jwksUri: 'https://x.example.com/keys' });
      expect(added.message).toBe('Client jwt configuration is added');
      const gone = await jwts.change(id, 'DELETE', { jwksUri: '*' });
      expect(gone.message).toBe('Client jwt configuration is deleted');
      await clients.remove(id);
      return;
    }
    await expect(jwts.change('pks_cli', 'ADD', { jwksUri: 'https://x' })).rejects.toMatchObject({
      kind: 'failed',
      status: 405,
    });
  });

  describe('who may', () => {
    test('nobody without a scope for it, which is named', async () => {
      const { accessToken } = await server
        .grants('pks_cli', '')
        .password({ username: 'cody', password: new Secret('cody-password') });
      const theirs = createClients(server.signed(accessToken), server.uaa);
      await expect(theirs.get('admin')).rejects.toMatchObject({
        kind: 'forbidden',
        message: 'Your token lacks the required scope clients.read',
      });
      await expect(theirs.remove('admin')).rejects.toMatchObject({
        message: 'Your token lacks the required scope clients.write',
      });
    });

    test('with clients.write alone no rights can be given that are not one’s own', async () => {
      const { client_id: writer } = await add({ authorities: ['clients.write'] });
      const { accessToken } = await token(writer, 'one');
      const theirs = createClients(server.signed(accessToken), server.uaa);
      const id = unique('theirs');
      made.push(id);
      const secret = new Secret('s');
      await expect(
        theirs.add({ id, secret, attributes: { ...machine, authorities: ['scim.read'] } }),
      ).rejects.toMatchObject({
        message:
          `scim.read is not an allowed authority for caller=${writer}. ` +
          'Must be one of: [uaa.resource, uaa.none]',
      });
      await theirs.add({ id, secret, attributes: { ...machine, authorities: ['uaa.resource'] } });
      expect(await works(id, 's')).toBe(true);
    });
  });

  describe('in an identity zone', () => {
    test.each([
      [{ subdomain: 'no-such' }, 404],
      [{ subdomain: 'uaa' }, 404],
      [{ id: 'no-such' }, 404],
      [{ id: 'uaa' }, 200],
    ])('%j: %i', async (zone, status) => {
      const signed = withZone(
        (request) =>
          server.send({
            ...request,
            headers: { ...request.headers, authorization: `Bearer ${admin}` },
          }),
        zone,
      );
      const answer = await signed({
        method: 'GET',
        url: `${server.uaa}/oauth/clients?count=1`,
        headers: { accept: 'application/json' },
      });
      expect(answer.status).toBe(status);
      if (status === 404) expect(await answer.text()).toBe('{}');
    });
  });
});

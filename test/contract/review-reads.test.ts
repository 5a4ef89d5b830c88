import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mainServers, unique, type ContractServer } from './servers.js';

type Fields = Readonly<Record<string, unknown>>;

interface Group {
  readonly id: string;
  readonly displayName: string;
}

/** Reads everything that an access review needs, and the required scopes. */
describe.each(mainServers)('what a review can read from %s', (_name, start) => {
  let server: ContractServer;
  let bearer: string;
  let user: { readonly id: string; readonly userName: string };
  /** A client with all scopes that a review can need. */
  let reviewer: string;
  const created: string[] = [];

  const create = async (path: string, json: Fields): Promise<Fields> => {
    const response = await server.raw(path, { bearer, json });
    expect([path, response.status, response.text]).toEqual([path, 201, expect.anything()]);
    return response.json();
  };
  const createUser = async () => {
    const userName = unique('rae');
    const emails = [{ value: 'rae@example.com' }];
    const { id } = await create('/Users', { userName, emails, password: 'a-password' });
    created.push(`/Users/${String(id)}`);
    return { id: String(id), userName };
  };
  const createGroup = async (stem: string): Promise<Group> => {
    const displayName = unique(stem);
    const { id } = await create('/Groups', { displayName });
    created.push(`/Groups/${String(id)}`);
    return { id: String(id), displayName };
  };
  const addMember = (group: { id: string }, type: 'USER' | 'GROUP', value: string) =>
    create(`/Groups/${group.id}/members`, { type, value, origin: 'uaa' });
  const createClient = async (fields: Fields): Promise<string> => {
    const id = unique('reviewed');
    await create('/oauth/clients', { client_id: id, client_secret: 'a-secret', ...fields });
    created.push(`/oauth/clients/${id}`);
    return id;
  };
  const readList = async (path: string): Promise<readonly Fields[]> =>
    (await server.raw(path, { bearer })).json()['resources'] as Fields[];
  const readUser = async (query = ''): Promise<Fields | undefined> => {
    const filter = encodeURIComponent(`id eq "${user.id}"`);
    return (await readList(`/Users?count=1&filter=${filter}${query}`))[0];
  };
  const requestToken = (form: Readonly<Record<string, string>>) =>
    server.raw('/oauth/token', { form });
  const login = async (form: Readonly<Record<string, string>> = {}): Promise<Fields> => {
    const response = await requestToken({
      ...{ grant_type: 'password', client_id: 'pks_cli', client_secret: '' },
      ...{ username: user.userName, password: 'a-password', ...form },
    });
    return response.json();
  };

  beforeAll(async () => {
    server = await start();
    bearer = await server.adminToken();
    user = await createUser();
    reviewer = await createClient({
      authorized_grant_types: ['client_credentials'],
      authorities: [
        ...['uaa.admin', 'scim.read', 'scim.write', 'clients.read', 'clients.admin'],
        ...['idps.read', 'zones.read', 'tokens.list'],
      ],
    });
  }, 60_000);
  afterAll(async () => {
    for (const path of created.reverse()) await server.raw(path, { method: 'DELETE', bearer });
    await server.stop();
  });

  test('the time of a login is null or absent before the first one', async () => {
    const { id, userName } = user;
    expect(await readUser('&attributes=id,userName,origin,emails,active,lastLogonTime')).toEqual({
      ...{ id, userName, origin: 'uaa', active: true, lastLogonTime: null },
      emails: [{ value: 'rae@example.com', primary: false }],
    });
    expect(await readUser()).not.toHaveProperty('lastLogonTime');
  });

  test('a login sets the time, but a refresh, using a token and a wrong password do not', async () => {
    const readTimes = async () => {
      const { lastLogonTime, previousLogonTime } = (await readUser()) ?? {};
      return { lastLogonTime, previousLogonTime };
    };
    await login();
    const first = await readTimes();
    expect(first).toEqual({ lastLogonTime: expect.any(Number), previousLogonTime: undefined });
    expect(Math.abs(Number(first.lastLogonTime) - Date.now())).toBeLessThan(600_000);
    const { access_token: access, refresh_token: refresh } = await login();
    const second = await readTimes();
    expect(second.previousLogonTime).toBe(first.lastLogonTime);
    expect(second.lastLogonTime).toBeGreaterThan(Number(first.lastLogonTime));
    const refreshForm = { grant_type: 'refresh_token', refresh_token: String(refresh) };
    const client = { client_id: 'pks_cli', client_secret: '' };
    expect((await requestToken({ ...client, ...refreshForm })).status).toBe(200);
    const own = await server.raw(`/Users/${user.id}`, { bearer: String(access) });
    expect(own.status).toBe(200);
    expect(await login({ password: 'wrong' })).not.toHaveProperty('access_token');
    expect(await readTimes()).toEqual(second);
  });

  test('a login in the browser sets the time', async () => {
    const { lastLogonTime: before } = (await readUser()) ?? {};
    const page = await server.raw('/login', { headers: { accept: 'text/html' } });
    const cookies = (page.headers['set-cookie'] ?? '').matchAll(/(?:^|, )([\w-]+=[^;,]*)/g);
    const csrf = /name="X-Uaa-Csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const { status } = await server.raw('/login.do', {
      headers: { cookie: [...cookies].map(([, cookie]) => cookie).join('; ') },
      form: { username: user.userName, password: 'a-password', 'X-Uaa-Csrf': csrf },
    });
    expect(status).toBe(302);
    const { lastLogonTime: after } = (await readUser()) ?? {};
    expect([after, after === before]).toEqual([expect.any(Number), false]);
  });

  test('groups of a user include nested ones at any depth, and their names are scopes', async () => {
    const names = ['team', 'division', 'company', 'group'];
    const groups = [];
    for (const name of names) groups.push(await createGroup(name));
    const [team, division, company, top] = groups as [Group, Group, Group, Group];
    await addMember(team, 'USER', user.id);
    await addMember(division, 'GROUP', team.id);
    await addMember(company, 'GROUP', division.id);
    await addMember(top, 'GROUP', company.id);
    const readGroups = async () => (await readUser())?.['groups'] as Fields[];
    expect(await readGroups()).toEqual(
      expect.arrayContaining([
        { value: team.id, display: team.displayName, type: 'DIRECT' },
        ...[division, company, top].map(({ id, displayName }) => ({
          ...{ value: id, display: displayName, type: 'INDIRECT' },
        })),
        expect.objectContaining({ display: 'openid', type: 'DIRECT' }),
      ]),
    );
    const scope = groups.map(({ displayName }) => displayName);
    const client = await createClient({
      ...{ authorized_grant_types: ['password'], scope, access_token_validity: 600 },
    });
    const form = { client_id: client, client_secret: 'a-secret' };
    const { scope: granted } = await login(form);
    expect(String(granted).split(' ').sort()).toEqual(scope.toSorted());

    // A cycle.
    await addMember(team, 'GROUP', company.id);
    expect(
      String((await login(form))['scope'])
        .split(' ')
        .sort(),
    ).toEqual(scope.toSorted());
    expect(await readGroups()).toContainEqual({
      ...{ value: team.id, display: team.displayName, type: 'DIRECT' },
    });
  });

  test('a list of groups contains the members with their origin', async () => {
    const group = await createGroup('crew');
    const nested = await createGroup('nested');
    await addMember(group, 'GROUP', nested.id);
    await create(`/Groups/${group.id}/members`, { type: 'USER', value: user.id, origin: 'ldap' });
    const filter = encodeURIComponent(`displayName eq "${group.displayName}"`);
    const query = `attributes=id,displayName,members&count=500&sortBy=id&filter=${filter}`;
    const [found] = await readList(`/Groups?${query}`);
    expect(found).toEqual({ ...group, members: expect.any(Array) });
    expect(found?.['members']).toHaveLength(2);
    expect(found?.['members']).toEqual(
      expect.arrayContaining([
        { type: 'USER', value: user.id, origin: 'ldap' },
        { type: 'GROUP', value: nested.id, origin: 'uaa' },
      ]),
    );
  });

  const scim = ['/Users', '/Groups', '/Groups/External'];
  const clients = ['/oauth/clients'];
  const providers = ['/identity-providers?rawConfig=true'];
  const zones = ['/identity-zones'];
  const all = () => [
    ...scim,
    ...clients,
    ...providers,
    ...zones,
    `/oauth/token/list/user/${user.id}`,
  ];
  test.each<[string, () => readonly string[]]>([
    ['uaa.admin', all],
    ['scim.read', () => scim],
    ['scim.write', () => []],
    ['clients.read', () => clients],
    ['clients.admin', () => clients],
    ['idps.read', () => providers],
    ['zones.read', () => zones],
    ['tokens.list', () => [`/oauth/token/list/user/${user.id}`]],
  ])('%s allows reading what it is for, and nothing else', async (scope, expected) => {
    const grant = { grant_type: 'client_credentials', scope };
    const client = { client_id: reviewer, client_secret: 'a-secret' };
    const token = (await requestToken({ ...grant, ...client })).json()['access_token'];
    const allowed = [];
    for (const path of all()) {
      const { status } = await server.raw(path, { bearer: String(token) });
      expect([path, [200, 403].includes(status)]).toEqual([path, true]);
      if (status === 200) allowed.push(path);
    }
    expect(allowed).toEqual(expected());
    expect((await server.raw('/oauth/clients/meta', { bearer: String(token) })).status).toBe(200);
  });

  test('the list of client metadata contains clients with a launch URL or an icon', async () => {
    const id = await createClient({
      ...{ authorized_grant_types: ['client_credentials'], authorities: ['uaa.none'] },
    });
    const list = async () =>
      JSON.parse((await server.raw('/oauth/clients/meta', { bearer })).text) as Fields[];
    const isListed = ({ clientId }: Fields) => clientId === id;
    expect((await list()).some(isListed)).toBe(false);
    const json = { clientId: id, appLaunchUrl: 'https://app.example.com/', showOnHomePage: true };
    const path = `/oauth/clients/${id}/meta`;
    expect((await server.raw(path, { method: 'PUT', bearer, json })).status).toBe(200);
    const metadata = (await server.raw(path, { bearer })).json();
    expect((await list()).find(isListed)).toEqual(metadata);
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { servers, unique, type ContractServer } from '../contract/servers.js';
import { createUser } from '../support/program/cli.js';
import { startOidcIssuer, type OidcIssuer } from '../support/servers/oidc-issuer.js';

/**
 * Checks which memberships of users of an identity provider survive a login, and what tpks shows.
 */
const audience = 'tpks-test';
const origin = unique('idp');
const [team, mapped] = [unique('team'), unique('mapped')];
const clientId = unique('ci');
const externalGroup = 'developers';
const operator = createUser();

let server: ContractServer;
let issuer: OidcIssuer;
let admin: string;
let providerId: string;
const groupIds = new Map<string, string>();

beforeAll(async () => {
  const [, start] = servers.find(([name]) => name === 'the real UAA') ?? [];
  if (start === undefined) throw new Error('Run these through: npm run test:real');
  server = await start();
  admin = await server.adminToken();
  const uaaCa = process.env['TPKS_CONTRACT_UAA_CA'] ?? '';
  await run('target', server.uaa, '--ca-cert', uaaCa);
  const token = ['uaa', 'token', 'client', 'get', 'admin', '--secret-file', '-'];
  const env = { TPKS_STORE: 'file' };
  expect((await operator.tpks(token, { stdin: 'adminsecret', env })).code).toBe(0);

  issuer = await startOidcIssuer(audience);
  providerId = await create('/identity-providers?rawConfig=true', {
    ...{ type: 'oidc1.0', name: origin, originKey: origin },
    config: {
      ...{ issuer: issuer.url, tokenKey: issuer.publicKey, showLinkText: false },
      ...{ authUrl: issuer.url, tokenUrl: issuer.url, addShadowUserOnLogin: false },
      ...{ relyingPartyId: audience, relyingPartySecret: 'unused' },
      attributeMappings: { user_name: 'sub', external_groups: 'groups' },
    },
  });
  for (const displayName of [team, mapped]) {
    groupIds.set(displayName, await create('/Groups', { displayName }));
  }
  await create('/oauth/clients', {
    ...{ client_id: clientId, client_secret: 'ci-secret', autoapprove: true },
    authorized_grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
    ...{ scope: ['openid', team, mapped], authorities: ['uaa.none'] },
  });
}, 60_000);

afterAll(async () => {
  const paths = [
    ...[...groupIds.values()].map((id) => `/Groups/${id}`),
    ...[`/oauth/clients/${clientId}`, `/identity-providers/${providerId}`],
  ];
  for (const path of paths) await server.raw(path, { method: 'DELETE', bearer: admin });
  await issuer.close();
});

/** @returns the id of the new object. */
async function create(path: string, json: Readonly<Record<string, unknown>>): Promise<string> {
  const { status, text, ...response } = await server.raw(path, { bearer: admin, json });
  if (status !== 201) throw new Error(`${path}: ${String(status)} ${text}`);
  return String(response.json()['id']);
}

/** Runs `tpks uaa`, which must succeed. */
async function run(...words: string[]) {
  const { code, stdout, stderr } = await operator.tpks(['uaa', ...words]);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
  return { stdout, stderr };
}

/** Creates a user of the identity provider. */
async function createProviderUser() {
  const name = unique('erin');
  const emails = [{ value: 'erin@example.com' }];
  return { name, id: await create('/Users', { userName: name, origin, emails }) };
}

/** Logs in with a token of the issuer. @returns the scopes of the access token. */
async function login(name: string, groups: readonly string[] = []): Promise<readonly string[]> {
  const { status, text, ...response } = await server.raw('/oauth/token', {
    form: {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await issuer.sign({ sub: name, groups }),
      client_id: clientId,
      client_secret: 'ci-secret',
    },
  });
  if (status !== 200) throw new Error(text);
  return String(response.json()['scope']).split(' ');
}

const memberPath = (group: string) => `/Groups/${groupIds.get(group) ?? ''}/members`;

/** Adds a member with the origin of the user, as tpks did before. */
const addWithOrigin = (group: string, id: string) =>
  create(memberPath(group), { origin, type: 'USER', value: id });

/** @returns the origin of a membership; `undefined` if there is none. */
async function readOrigin(group: string, id: string): Promise<unknown> {
  const { status, ...response } = await server.raw(`${memberPath(group)}/${id}`, { bearer: admin });
  return status === 404 ? undefined : response.json()['origin'];
}

test('a member added by tpks keeps the scope after logins', async () => {
  const { name, id } = await createProviderUser();
  await run('member', 'add', team, name);
  expect(await login(name)).toContain(team);
  expect(await login(name)).toContain(team);
  expect(await readOrigin(team, id)).toBe('uaa');
});

test('the UAA deletes a membership with the origin of the user at the login', async () => {
  const { name, id } = await createProviderUser();
  await addWithOrigin(team, id);
  expect(await login(name)).not.toContain(team);
  expect(await readOrigin(team, id)).toBeUndefined();
});

test('a membership that the next login would delete is marked, and member add repairs it', async () => {
  const { name, id } = await createProviderUser();
  await addWithOrigin(team, id);
  const { stdout } = await run('members', team);
  expect(stdout).toMatch(
    new RegExp(`^${name} .* no mapping: may be deleted at the next login`, 'm'),
  );
  expect((await run('member', 'add', team, name)).stdout).toBe(
    `${name}: already a member of ${team}; ` +
      `changed the origin of the membership from ${origin} to uaa\nsuccess\n`,
  );
  expect(await login(name)).toContain(team);
  expect((await run('members', team)).stdout).toMatch(new RegExp(`^${name} .* added `, 'm'));
});

test('a membership that a mapping creates is not part of access files', async () => {
  const { name, id } = await createProviderUser();
  await run('group', 'map', externalGroup, '--name', mapped, '--origin', origin);
  expect(await login(name, [externalGroup])).toContain(mapped);
  expect(await readOrigin(mapped, id)).toBe(origin);
  expect((await run('members', mapped)).stdout).toContain(' mapping ');

  const exported = await run('export');
  const { groups } = parse(exported.stdout) as { groups: Record<string, unknown> };
  expect(groups[mapped]).toMatchObject({ members: [], external: [{ origin }] });
  expect(exported.stderr).not.toContain(name);
  const file = JSON.stringify({ groups: { [mapped]: groups[mapped] } });
  const apply = ['uaa', 'apply', '-f', '-', '--prune', '--yes'];
  expect(await operator.tpks(apply, { stdin: file })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^No changes: /),
  });
  expect(await readOrigin(mapped, id)).toBe(origin);

  // The user leaves the external group.
  expect(await login(name)).not.toContain(mapped);
});

/** The last test, because it deletes the identity provider. */
test('members of a deleted identity provider are named and can be removed', async () => {
  const { name, id } = await createProviderUser();
  await run('member', 'add', team, name, 'cody');
  await server.raw(`/identity-providers/${providerId}`, { method: 'DELETE', bearer: admin });

  const { stdout, stderr } = await run('members', team);
  expect(stdout).toMatch(/^cody /m);
  expect(stdout).toContain(id);
  expect(stderr).toContain(` --id ${id}`);
  const [, command = ''] = /: tpks uaa (member delete .*)$/m.exec(stderr) ?? [];
  await run(...command.split(' '), '--yes');
  expect((await run('members', team)).stderr).toBe('');
});

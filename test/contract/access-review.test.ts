import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createClients } from '../../src/api/uaa/clients.js';
import { createGroups } from '../../src/api/uaa/groups.js';
import { createMappings } from '../../src/api/uaa/mappings.js';
import { createMembers } from '../../src/api/uaa/members.js';
import { createUsers } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { readReviewContent } from '../../src/domain/access-review/content.js';
import { findEmptySecrets } from '../../src/domain/access-review/empty-secrets.js';
import { createReview, type Review } from '../../src/domain/access-review/review.js';
import { mainServers, unique, type ContractServer } from './servers.js';

const day = 24 * 3600;

describe.each(mainServers)('access review of %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let resources: ReturnType<typeof createResources>;
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    resources = createResources(server, admin);
  }, 60_000);
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup().catch(() => undefined);
    await server.stop();
  }, 60_000);

  const remove = (path: string) => server.raw(path, { method: 'DELETE', bearer: admin });
  const send = async (path: string, json: object): Promise<Readonly<Record<string, unknown>>> => {
    const response = await server.raw(path, { bearer: admin, json });
    expect({ path, status: response.status, text: response.text }).toMatchObject({ status: 201 });
    return response.json();
  };
  const addUser = async (userName: string, origin?: string, email = `${userName}@example.com`) => {
    const password = origin === undefined ? new Secret('a-password') : undefined;
    const user = await resources.users.add({
      ...{ userName, password, origin, emails: [email], phoneNumbers: [] },
    });
    cleanups.push(() => remove(`/Users/${user.id}`));
    return user;
  };
  const addGroup = async (displayName: string) => {
    const group = await resources.groups.add({ displayName });
    cleanups.push(() => remove(`/Groups/${group.id}`));
    return group;
  };
  const addClient = async (id: string, attributes: object, secret?: string) => {
    await resources.clients.add({
      ...{ id, secret: new Secret(secret ?? 'client-secret'), attributes: { ...attributes } },
    });
    cleanups.push(() => remove(`/oauth/clients/${id}`));
  };
  const addProvider = async (originKey: string, config: object, active = true) => {
    const { id } = await send('/identity-providers?rawConfig=true', {
      ...{ type: 'oidc1.0', originKey, name: originKey, active },
      config: {
        ...{ issuer: `https://${originKey}.example.com`, relyingPartyId: originKey },
        ...{ authUrl: 'https://idp.example.com/a', tokenUrl: 'https://idp.example.com/t' },
        ...{
          relyingPartySecret: 'unused',
          tokenKeyUrl: 'https://idp.example.com/k',
          showLinkText: false,
          addShadowUserOnLogin: false,
          ...config,
        },
      },
    });
    const deleteProvider = () => remove(`/identity-providers/${String(id)}`);
    cleanups.push(deleteProvider);
    return deleteProvider;
  };
  const review = async (changes: { now?: Date; emptySecrets?: ReadonlySet<string> } = {}) =>
    createReview({
      ...{ installation: server.uaa, now: new Date(), staleSeconds: 90 * day, baseline: [] },
      content: await readReviewContent(server.signed(admin), server.uaa),
      ...changes,
    });

  test('permissions are the scopes of the tokens that users get', async () => {
    const scenario = fc.record({
      groups: fc.array(fc.array(fc.nat(99), { maxLength: 3 }), { minLength: 12, maxLength: 12 }),
      users: fc.array(fc.uniqueArray(fc.nat(11), { maxLength: 4 }), {
        ...{ minLength: 50, maxLength: 50 },
      }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ groups: parents, users }) => {
        const tag = unique('review');
        const groups = await Promise.all(
          parents.map((_, index) => addGroup(`${tag}.${String(index)}`)),
        );
        for (const [index, group] of groups.entries()) {
          // Only later groups contain earlier ones: a real UAA does not expect cycles.
          const later = groups.slice(index + 1);
          const chosen = new Set(
            (parents[index] ?? []).flatMap((choice) => later[choice % later.length] ?? []),
          );
          for (const parent of chosen)
            await resources.members.add(parent.id, { id: group.id, type: 'GROUP' });
        }
        const names = await Promise.all(
          users.map(async (memberOf, index) => {
            const name = `${tag}-${String(index)}`;
            const { id } = await addUser(name);
            for (const group of memberOf)
              await resources.members.add(groups[group]?.id ?? '', { id });
            return name;
          }),
        );
        const scopes = (await resources.groups.list({})).map(({ displayName }) => displayName);
        await addClient(tag, { scope: scopes, authorized_grant_types: ['password'] });
        const { identities, defaults } = await review();
        const tokens = server.grants(tag, 'client-secret');
        for (const name of names) {
          const found = identities.find((identity) => identity.name === name);
          const reported = [...(found?.permissions ?? []), ...defaults].map(({ scope }) => scope);
          const token = await tokens.password({
            username: name,
            password: new Secret('a-password'),
          });
          expect([name, ...reported.sort()]).toEqual([name, ...token.scope.split(' ').sort()]);
        }
      }),
      { numRuns: 1, endOnFailure: true },
    );
  }, 120_000);

  test('reports each finding once', async () => {
    const tag = unique('risky');
    const name = (suffix: string) => `${tag}-${suffix}`;
    const team = await addGroup(name('team'));
    const nested = await addGroup(name('nested'));
    const { id: adminGroup } = await resources.groups.get('uaa.admin');
    await resources.members.add(adminGroup, { id: nested.id, type: 'GROUP' });
    cleanups.push(() => remove(`/Groups/${adminGroup}/members/${nested.id}`));

    await addProvider(name('idp'), {});
    await addProvider(name('inactive'), {}, false);
    await addProvider(name('insecure'), { skipSslValidation: true });
    await addProvider(name('public'), {
      ...{ issuer: 'https://accounts.google.com', addShadowUserOnLogin: true },
    });
    // UAA 4.30 has no such setting for OIDC providers.
    const hasGroupNames = server.release === '77';
    if (hasGroupNames) await addProvider(name('names'), { groupMappingMode: 'AS_SCOPES' });
    const deleteProvider = await addProvider(name('deleted'), {});

    const join = async (user: { readonly id: string }) => resources.members.add(team.id, user);
    const logIn = (username: string) =>
      server.grants('pks_cli', '').password({ username, password: new Secret('a-password') });
    await join(await addUser(name('never')));
    await join(await addUser(name('stale')));
    await logIn(name('stale'));
    const inactive = await addUser(name('off'));
    await join(inactive);
    await resources.users.update({ id: inactive.id }, { active: false });
    await addUser(name('lost'), name('no-provider'));
    const shared = `${name('shared')}@example.com`;
    const [one] = [
      await addUser(name('one'), undefined, shared),
      await addUser(name('two'), name('idp'), shared),
    ];
    await join(one);
    await logIn(name('one'));
    const temporary = await addUser(name('temporary'), name('idp'));
    await send(`/Groups/${team.id}/members`, {
      origin: name('idp'),
      type: 'USER',
      value: temporary.id,
    });
    const dead = await addUser(name('dead'), name('deleted'));
    await join(dead);
    await deleteProvider();
    await send('/Groups/External', {
      ...{ groupId: team.id, externalGroup: 'cn=x', origin: name('no-provider') },
    });

    const credentials = { authorized_grant_types: ['client_credentials'] };
    await addClient(name('admin'), { ...credentials, authorities: ['clients.admin'] });
    await addClient(
      name('password'),
      { authorized_grant_types: ['password'], scope: ['openid'] },
      '',
    );
    await addClient(
      name('implicit'),
      {
        ...{ authorized_grant_types: ['implicit'], scope: ['openid'] },
        redirect_uri: ['https://app.example.com/callback'],
      },
      '',
    );
    await addClient(name('redirect'), {
      ...{ authorized_grant_types: ['authorization_code'], scope: ['openid'] },
      redirect_uri: ['http://app.example.com/callback', 'http://localhost:8080'],
    });
    await addClient(name('approve'), {
      ...{
        authorized_grant_types: ['authorization_code'],
        redirect_uri: ['https://a.example.com'],
      },
      ...{ scope: ['pks.clusters.admin'], autoapprove: true },
    });
    await addClient(name('access'), {
      ...{ ...credentials, authorities: ['uaa.resource'], access_token_validity: 43_201 },
    });
    await addClient(name('refresh'), {
      ...{ authorized_grant_types: ['authorization_code', 'refresh_token'], scope: ['openid'] },
      ...{ redirect_uri: ['https://a.example.com'], refresh_token_validity: 31 * day },
    });
    await addClient(name('any'), {
      authorized_grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
      scope: ['openid'],
    });

    const { clients = [] } = await readReviewContent(server.signed(admin), server.uaa);
    const own = clients.filter(({ client_id: id }) => id.startsWith(tag));
    const emptySecrets = await findEmptySecrets(own, server.send, server.uaa);
    expect([...emptySecrets]).toEqual([name('password')]);

    const now = new Date(Date.now() + 91 * day * 1000);
    const result = await review({ now, emptySecrets });
    expect(listOwn(result, tag)).toEqual([
      `client-admin-authority ${name('admin')}`,
      `client-any-provider ${name('any')}`,
      `client-redirect-uri ${name('redirect')}`,
      `group-nested-admin ${name('nested')}`,
      ...(hasGroupNames ? [`provider-group-names-as-scopes ${name('names')}`] : []),
      `provider-public-issuer ${name('public')}`,
      `provider-skips-tls-verification ${name('insecure')}`,
      `client-autoapprove ${name('approve')}`,
      `client-implicit-grant ${name('implicit')}`,
      `client-long-access-token ${name('access')}`,
      `client-long-refresh-token ${name('refresh')}`,
      `client-password-grant ${name('password')}`,
      `group-missing-member ${team.displayName}`,
      `group-temporary-membership ${name('temporary')}`,
      `group-unknown-mapping-origin ${team.displayName}`,
      `user-duplicate-email ${shared}`,
      `user-no-recent-login ${name('one')}`,
      `user-no-recent-login ${name('stale')}`,
      `user-unknown-origin ${name('lost')}`,
      `client-empty-secret ${name('password')}`,
      `provider-inactive ${name('inactive')}`,
      `user-inactive ${name('off')}`,
      `user-never-logged-in ${name('never')}`,
      `user-never-logged-in ${name('temporary')}`,
    ]);
  }, 60_000);

  test('reads what the token is allowed to read, and lists what it is not', async () => {
    const { accessToken } = await server
      .grants('admin', 'adminsecret')
      .clientCredentials({ scope: 'scim.read' });
    const content = await readReviewContent(server.signed(accessToken), server.uaa);
    const result = createReview({
      ...{ installation: server.uaa, content, baseline: [], now: new Date(), staleSeconds: day },
    });
    expect(result.notRead).toEqual([
      { what: 'clients', scope: 'clients.read' },
      { what: 'identity providers', scope: 'idps.read' },
    ]);
    expect(result.defaults.map(({ scope }) => scope)).toContain('uaa.user');
  });
});

function listOwn({ findings }: Review, tag: string): readonly string[] {
  return findings
    .filter(({ identity }) => identity.startsWith(tag))
    .map(({ id, identity }) => `${id} ${identity}`);
}

function createResources({ signed, uaa }: ContractServer, token: string) {
  const send = signed(token);
  return {
    users: createUsers(send, uaa),
    groups: createGroups(send, uaa),
    members: createMembers(send, uaa),
    mappings: createMappings(send, uaa),
    clients: createClients(send, uaa),
  };
}

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createClients, type Clients } from '../../src/api/uaa/clients.js';
import {
  createIdentityProviders,
  type IdentityProviders,
} from '../../src/api/uaa/identity-providers.js';
import { createGroups } from '../../src/api/uaa/groups.js';
import { createMembers } from '../../src/api/uaa/members.js';
import { trustMark } from '../../src/api/uaa/trust-marks.js';
import { createUsers } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import type { TrustRequest } from '../../src/domain/ci-trust/request.js';
import { createTrusts, type Trusts } from '../../src/domain/ci-trust/trusts.js';
import type { Send } from '../../src/platform/http/send.js';
import { startOidcIssuer, type OidcIssuer } from '../support/servers/oidc-issuer.js';
import { mainServers, unique, type ContractServer } from './servers.js';

describe.each(mainServers)('CI trusts on %s', (_name, start) => {
  let server: ContractServer;
  let issuer: OidcIssuer;
  let send: Send;
  let trusts: Trusts;
  let clients: Clients;
  let providers: IdentityProviders;
  const added = new Set<string>();
  const clientId = unique('tpks_ci');

  beforeAll(async () => {
    server = await start();
    issuer = await startOidcIssuer(server.uaa);
    send = server.signed(await server.adminToken());
    trusts = createTrusts(send, server.uaa);
    clients = createClients(send, server.uaa);
    providers = createIdentityProviders(send, server.uaa);
  }, 60_000);
  afterEach(async () => {
    for (const name of added) await trusts.remove(name).catch(() => undefined);
    added.clear();
  });
  afterAll(async () => {
    await issuer.close();
    await server.stop();
  });

  const createRequest = (subject: string, changes: Partial<TrustRequest> = {}): TrustRequest => {
    const name = unique('app');
    added.add(name);
    return {
      ...{ name, subject, clientId, system: undefined, issuer: issuer.url, userClaim: 'sub' },
      ...{ audience: server.uaa, scopes: ['pks.clusters.manage'] },
      tokenKey: { text: issuer.publicKey.trim(), isJwks: false },
      ...changes,
    };
  };
  const add = async (request: TrustRequest): Promise<void> => {
    await (await trusts.plan(request)).apply();
  };
  const listSteps = async (request: TrustRequest) =>
    (await trusts.plan(request)).steps.map(({ action, kind }) => `${action} ${kind}`);
  const logIn = async (sub: string, client = clientId) => {
    const assertion = new Secret(await issuer.sign({ sub }));
    return (await server.grants(client, '').jwtBearer({ assertion })).scope.split(' ').sort();
  };
  const findProvider = async () =>
    (await providers.list()).find(({ config }) => JSON.stringify(config).includes(issuer.url));

  test('a job can log in until its trust is removed, and its logins do not change the name of the trust', async () => {
    const subject = 'repo:Octo/app:environment:prod';
    const request = createRequest(subject);
    await expect(logIn(subject)).rejects.toMatchObject({ status: 401 });
    await add(request);
    for (let login = 0; login < 2; login += 1) {
      expect(await logIn(subject)).toEqual(['openid', 'pks.clusters.manage']);
    }
    expect(await trusts.get(request.name)).toMatchObject({
      ...{ name: request.name, complete: true, subject, issuer: issuer.url },
      ...{ clients: [clientId], scopes: ['pks.clusters.manage'] },
      lastLogonTime: expect.any(Number),
    });
    expect(await listSteps(request)).toEqual([]);
    for (const other of ['repo:Octo/app:environment:test', 'repo:Octo/app']) {
      await expect(logIn(other)).rejects.toThrow('pre-created');
    }
    await trusts.remove(request.name);
    await expect(logIn(subject)).rejects.toMatchObject({ status: 401 });
    await expect(trusts.remove(request.name)).rejects.toMatchObject({ kind: 'notFound' });
    await expect(clients.get(clientId)).rejects.toMatchObject({ kind: 'notFound' });
    expect(await findProvider()).toBeUndefined();
  });

  test('trusts of one issuer share its provider and the client until the last one is removed', async () => {
    const one = createRequest('one');
    const two = createRequest('two', { scopes: ['pks.clusters.admin'] });
    await add(one);
    expect(await listSteps(two)).toEqual([
      'change client',
      'add user',
      'add group',
      'add membership',
    ]);
    await add(two);
    expect(await logIn('one')).toEqual(['openid', 'pks.clusters.manage']);
    expect(await logIn('two')).toEqual(['openid', 'pks.clusters.admin']);
    await trusts.remove(one.name);
    expect(await logIn('two')).toEqual(['openid', 'pks.clusters.admin']);
    await expect(logIn('one')).rejects.toMatchObject({ status: 401 });
  });

  test('the same command repairs what an interrupted command left', async () => {
    const complete = ['add identity provider', 'add client', 'add user', 'add group'];
    for (let done = 0; done < 5; done += 1) {
      const subject = `repo:octo/interrupted-${done}:ref:refs/heads/main`;
      const request = createRequest(subject);
      const { steps } = await trusts.plan(request);
      for (const { run } of steps.slice(0, done)) await run();
      expect(await listSteps(request)).toEqual([...complete, 'add membership'].slice(done));
      await add(request);
      expect(await logIn(subject)).toEqual(['openid', 'pks.clusters.manage']);
      await trusts.remove(request.name);
    }
  });

  test('the same command repairs a client that was created but not changed yet', async () => {
    const request = createRequest('half');
    await clients.add({
      id: clientId,
      secret: new Secret(''),
      attributes: { ...trustMark, scope: ['openid'], authorized_grant_types: ['password'] },
    });
    expect(await listSteps(request)).toContain('change client');
    await add(request);
    expect(await logIn('half')).toEqual(['openid', 'pks.clusters.manage']);
  });

  test('a removal that was interrupted can be finished', async () => {
    for (let done = 1; done < 4; done += 1) {
      const request = createRequest(`removed-${done}`);
      await add(request);
      const steps = await trusts.planRemoval(request.name);
      expect(steps.map(({ kind }) => kind)).toEqual([
        'user',
        'client',
        'identity provider',
        'group',
      ]);
      for (const { run } of steps.slice(0, done)) await run();
      expect(await trusts.get(request.name)).toMatchObject({ complete: false });
      await trusts.remove(request.name);
      expect(await findProvider()).toBeUndefined();
      await expect(clients.get(clientId)).rejects.toMatchObject({ kind: 'notFound' });
      expect(await trusts.list()).not.toContainEqual(
        expect.objectContaining({ name: request.name }),
      );
    }
  });

  test('a login with another case of the subject does not change what the trust shows', async () => {
    const request = createRequest('Case-Main');
    await add(request);
    await logIn('case-MAIN');
    expect(await trusts.get(request.name)).toMatchObject({ subject: 'Case-Main', complete: true });
  });

  test('a removal leaves no membership without a user', async () => {
    const request = createRequest('member');
    await add(request);
    await logIn('member');
    const users = await createUsers(send, server.uaa).list({ filter: 'userName eq "member"' });
    expect(users.length).toBeGreaterThan(0);
    await trusts.remove(request.name);
    const groups = createGroups(send, server.uaa);
    const { id } = await groups.identify('pks.clusters.manage');
    const members = await createMembers(send, server.uaa).list(id);
    const ids = users.map((user) => user.id);
    expect(members.filter(({ value }) => ids.includes(value))).toEqual([]);
  });

  test('a name has one subject, and a subject has one name', async () => {
    const request = createRequest('subject-1');
    await add(request);
    await expect(trusts.plan({ ...request, subject: 'subject-2' })).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('has another subject: subject-1'),
      hint: `choose another name, or remove this trust first: tpks uaa trust remove ${request.name}`,
    });
    await expect(trusts.plan({ ...request, name: 'other-name' })).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('already has the subject subject-1'),
      hint: `to add scopes, use this name: tpks uaa trust add ${request.name} ...`,
    });
  });

  test('an issuer has one audience and one claim for the subject', async () => {
    const request = createRequest('audience');
    await add(request);
    const other = createRequest('other', { audience: 'https://other', userClaim: 'repository_id' });
    await expect(trusts.plan(other)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(
        `audience ${server.uaa} (expected https://other); user claim sub (expected repository_id)`,
      ),
    });
  });

  test('replaces a key that the issuer has changed', async () => {
    const old = createRequest('rotated');
    const other = await startOidcIssuer(server.uaa);
    await other.close();
    await add({ ...old, tokenKey: { text: other.publicKey.trim(), isJwks: false } });
    await expect(logIn('rotated')).rejects.toMatchObject({ status: 401 });
    expect(await listSteps({ ...old, tokenKey: undefined })).toEqual([]);
    expect(await listSteps(old)).toEqual(['change identity provider']);
    await add(old);
    expect(await logIn('rotated')).toEqual(['openid', 'pks.clusters.manage']);
  });

  test('accepts a JWKS only with UAA 77 or later', async () => {
    const request = createRequest('jwks', { tokenKey: { text: issuer.jwks, isJwks: true } });
    if (server.release === '77') {
      await add(request);
      expect(await logIn('jwks')).toEqual(['openid', 'pks.clusters.manage']);
    } else {
      await expect(trusts.plan(request)).rejects.toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('does not accept a JWKS'),
      });
    }
  });

  test('never changes a client that tpks did not create', async () => {
    const id = unique('foreign');
    const attributes = { scope: ['openid'], authorized_grant_types: ['password'] };
    await clients.add({ id, secret: new Secret(''), attributes });
    const request = createRequest('foreign', { clientId: id });
    await expect(trusts.plan(request)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringMatching(
        /it lacks: the grant urn:\S+jwt-bearer; the scope pks\.clusters\.manage; autoapprove/,
      ),
    });
    await clients.update(id, {
      scope: ['openid', 'pks.clusters.manage'],
      authorized_grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
      autoapprove: true,
    });
    const before = await clients.get(id);
    await add(request);
    expect(await logIn('foreign', id)).toEqual(['openid', 'pks.clusters.manage']);
    await trusts.remove(request.name);
    expect(await clients.get(id)).toEqual(before);
    await clients.remove(id);
  });

  test('uses a provider that fits, but never changes or deletes one that tpks did not create', async () => {
    const originKey = unique('foreign');
    const config = {
      ...{ issuer: issuer.url, relyingPartyId: server.uaa, relyingPartySecret: 'unused' },
      ...{ authUrl: issuer.url, tokenUrl: issuer.url, tokenKey: issuer.publicKey },
      ...{ showLinkText: false, attributeMappings: {} },
    };
    const provider = await providers.add({ originKey, name: originKey, config });
    const request = createRequest('foreign', { tokenKey: undefined });
    await expect(trusts.plan(request)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(
        'has different settings: addShadowUserOnLogin true (expected false)',
      ),
    });
    await providers.update({ ...provider, config: { ...config, addShadowUserOnLogin: false } });
    const before = await providers.get({ id: provider.id });
    await add(request);
    expect(await logIn('foreign')).toEqual(['openid', 'pks.clusters.manage']);
    await trusts.remove(request.name);
    expect(await providers.get({ id: provider.id })).toEqual(before);
    const users = createUsers(send, server.uaa);
    expect(await users.list({ filter: `origin eq "${originKey}"` })).toEqual([]);
    await providers.remove(provider.id);
  });

  test('deletes the client if its second request fails', async () => {
    const failing = createTrusts((request) => {
      if (request.method === 'PUT') throw new TypeError('connection lost');
      return send(request);
    }, server.uaa);
    const { apply } = await failing.plan(createRequest('failing'));
    await expect(apply()).rejects.toThrow('connection lost');
    await expect(clients.get(clientId)).rejects.toMatchObject({ kind: 'notFound' });
    await providers.remove(String((await findProvider())?.id));
  });

  test('reports a missing scope by its name', async () => {
    const scope = 'scim.read';
    const token = (await server.grants('admin', 'adminsecret').clientCredentials({ scope }))
      .accessToken;
    const limited = createIdentityProviders(server.signed(token), server.uaa);
    await expect(
      limited.add({ originKey: 'x', name: 'x', config: { issuer: 'https://x' } }),
    ).rejects.toMatchObject({ kind: 'forbidden', message: expect.stringContaining('idps.write') });
  });
});

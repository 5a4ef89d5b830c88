import { describe, expect, test } from '@jest/globals';
import type { AccessRequest } from '../../../src/kube/cluster-access.js';
import { createClusterAccess } from '../../../src/kube/cluster-access.js';
import type { Bind } from '../../../src/pks/binds.js';
import {
  aBind,
  aClusterToken,
  aRequest,
  aTokenBind,
  fakeSessions,
  idToken,
  installation,
  issuer,
  storedSession,
} from './access-sample.js';

const name = 'cody@api.example.com';

function createTestAccess({
  stored = fakeSessions(),
  isPksLink = false,
  home = undefined as string | undefined,
} = {}) {
  const warnings: string[] = [];
  const access = createClusterAccess({
    sessions: async () => stored.sessions,
    pluginCommand: () => 'tpks',
    home,
    isPksLink,
    warn: (text) => warnings.push(text),
  });
  /** Plans and creates the entries of all binds. */
  const run = async (binds: readonly Bind[], request: AccessRequest) => {
    const planned = await Promise.all(binds.map((bind) => access.plan(bind, request)));
    return access.createEntries(planned, request);
  };
  return { run, warnings, ...stored };
}

/** The user entry of an auth provider with the tokens of `aClusterToken`. */
const oidcUser = {
  'auth-provider': {
    name: 'oidc',
    config: expect.objectContaining({
      'id-token': idToken(),
      'refresh-token': 'refresh-1',
      'idp-issuer-url': issuer,
      'idp-certificate-authority-data': 'UEVN',
    }),
  },
};

describe('the entries of a cluster', () => {
  const otherNames = async (isPksLink: boolean, changes: Partial<AccessRequest>) => {
    const { run } = createTestAccess({ isPksLink });
    const [entry] = await run([aTokenBind()], aRequest(changes).request);
    return entry?.entries.otherNames;
  };

  test.each([
    [installation.api, ['dev-1@api.example.com', 'dev-1@api.example.com:9021']],
    ['https://api.example.com:443', ['dev-1@api.example.com', 'dev-1@api.example.com:443']],
    ['https://localhost:4021', ['dev-1@localhost:4021', 'dev-1@localhost:4021']],
  ])('at %s can also have the names %j', async (api, names) => {
    expect(await otherNames(false, { installation: { ...installation, api } })).toEqual(names);
  });

  test('have only the name of the cluster through a link, and only the requested one', async () => {
    expect(await otherNames(true, {})).toBeUndefined();
    expect(await otherNames(false, { contextName: 'dev' })).toBeUndefined();
  });
});

describe('the entries of a cluster with OpenID Connect', () => {
  test('start the plugin, and the session is stored', async () => {
    const { run, saved } = createTestAccess();
    const { request, logins } = aRequest();
    const [entry] = await run([aBind()], request);
    expect(entry).toMatchObject({
      format: 'exec',
      expiresAt: undefined,
      entries: {
        contextName: 'dev-1',
        server: 'https://dev-1.example.com:8443',
        certificateAuthorityData: 'Q0E=',
        userName: name,
        user: { exec: { command: 'tpks', args: ['kube-credential', '--context', name] } },
        owner: { api: installation.api, cluster: 'dev-1', identity: 'cody' },
      },
    });
    expect(saved).toEqual([storedSession]);
    expect(logins()).toBe(1);
  });

  test('share one login, session and user entry', async () => {
    const { run, saved } = createTestAccess();
    const { request, logins } = aRequest();
    const found = await run([aBind(), aBind({ cluster: 'dev-2' })], request);
    expect(found.map(({ entries }) => entries.userName)).toEqual([name, name]);
    expect(saved).toMatchObject([{ clusters: ['dev-1', 'dev-2'] }]);
    expect(logins()).toBe(1);
  });

  test('use a stored session without a login', async () => {
    const { run, saved, added } = createTestAccess({ stored: fakeSessions([storedSession]) });
    const { request, logins } = aRequest();
    await run([aBind({ cluster: 'dev-2' })], request);
    expect(logins()).toBe(0);
    expect(saved).toEqual([]);
    expect(added).toEqual([`${name} dev-2`]);
  });

  test.each([
    ['has ended', fakeSessions([storedSession], 'ended')],
    ['belongs to another user', fakeSessions([{ ...storedSession, identity: 'alana' }])],
    ['belongs to another API', fakeSessions([{ ...storedSession, api: 'https://b:9021' }])],
    ['belongs to another UAA', fakeSessions([{ ...storedSession, uaa: 'https://b:8443' }])],
    ['trusts another CA', fakeSessions([{ ...storedSession, caCert: 'OLD' }])],
    ['is in another store', fakeSessions([{ ...storedSession, store: 'keychain' }])],
  ])('replace a stored session that %s', async (_name, stored) => {
    const { run, saved } = createTestAccess({ stored });
    const { request, logins } = aRequest();
    await run([aBind()], request);
    expect(logins()).toBe(1);
    expect(saved).toEqual([storedSession]);
  });

  test('warn that contexts of another user, whose session is replaced, log in as this one', async () => {
    const stored = fakeSessions([{ ...storedSession, identity: 'alana' }]);
    const { run, warnings } = createTestAccess({ stored });
    await run([aBind()], aRequest().request);
    expect(warnings).toEqual([
      `kubeconfig contexts of alana that use the session ${name} now log in as cody; to remove them: tpks kubeconfig remove NAME`,
    ]);
  });

  test('pass TPKS_HOME on to the plugin', async () => {
    const { run } = createTestAccess({ home: '/home/cody/t' });
    const [entry] = await run([aBind()], aRequest().request);
    expect(entry?.entries.user).toMatchObject({
      exec: { env: [{ name: 'TPKS_HOME', value: '/home/cody/t' }] },
    });
  });

  test('contain the options for names, address and namespace', async () => {
    const { run } = createTestAccess();
    const options = { contextName: 'dev', server: '10.0.0.1', namespace: 'web' };
    const [entry] = await run([aBind()], aRequest(options).request);
    expect(entry?.entries).toMatchObject({
      contextName: 'dev',
      server: 'https://10.0.0.1:8443',
      tlsServerName: 'dev-1.example.com',
      namespace: 'web',
      owner: { cluster: 'dev-1' },
    });
  });

  test('contain tokens of a new login in the format oidc, which is not stored', async () => {
    const { run, saved } = createTestAccess({ stored: fakeSessions([storedSession]) });
    const { request, logins } = aRequest({ format: 'oidc' });
    const [entry] = await run([aBind()], request);
    expect(entry?.entries).toMatchObject({ userName: name, user: oidcUser });
    expect(logins()).toBe(1);
    expect(saved).toEqual([]);
  });

  test('contain the stored ID token and its expiry in the format token', async () => {
    const { run } = createTestAccess({ stored: fakeSessions([storedSession]) });
    const { request, logins } = aRequest({ format: 'token' });
    const [entry] = await run([aBind()], request);
    expect(entry).toMatchObject({
      entries: { user: { token: idToken() } },
      expiresAt: new Date('2026-11-25T10:10:00Z'),
    });
    expect(logins()).toBe(0);
  });

  test('contain a new ID token in the format token if no session is stored', async () => {
    const { run, saved } = createTestAccess();
    const [entry] = await run([aBind()], aRequest({ format: 'token' }).request);
    expect(entry?.entries.user).toEqual({ token: idToken() });
    expect(saved).toEqual([]);
  });

  test('get a warning in the format oidc if the CA of the UAA is not known', async () => {
    const { run, warnings } = createTestAccess();
    const untrusted = { ...installation, caCert: undefined, skipTlsVerification: true };
    await run([aBind()], aRequest({ format: 'oidc', installation: untrusted }).request);
    expect(warnings).toEqual([expect.stringContaining('--ca-cert')]);
  });

  test.each(['oidc', 'token'] as const)(
    'in the format %s get a warning if they replace an entry that runs tpks',
    async (format) => {
      const { run, warnings } = createTestAccess();
      const exec = { exec: { args: ['kube-credential', '--context', name] } };
      const findUser = async (user: string) => (user === name ? exec : undefined);
      await run([aBind()], aRequest({ format, findUser }).request);
      expect(warnings).toEqual([
        expect.stringContaining(`the user entry ${name} no longer runs tpks`),
      ]);
    },
  );

  test('are not created if another user has logged in', async () => {
    const { run, saved } = createTestAccess();
    const { request } = aRequest({ logIn: async () => aClusterToken('alana') });
    await expect(run([aBind()], request)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('alana has logged in'),
    });
    expect(saved).toEqual([]);
  });

  test('accept a username in another case', async () => {
    const { run, saved } = createTestAccess();
    await run([aBind()], aRequest({ logIn: async () => aClusterToken('Cody') }).request);
    expect(saved).toHaveLength(1);
  });

  test('are not created without an ID token', async () => {
    const { run } = createTestAccess();
    const logIn = async () => ({ ...aClusterToken(), idToken: undefined });
    await expect(run([aBind()], aRequest({ logIn }).request)).rejects.toMatchObject({
      kind: 'unavailable',
    });
  });

  test('are not created for a UAA client, which is not logged in', async () => {
    const { run } = createTestAccess();
    const { request, logins } = aRequest({ isClient: true, identity: 'ci' });
    await expect(run([aBind()], request)).rejects.toMatchObject({
      kind: 'failed',
      hint: 'log in as a user: tpks login -a api.example.com -u USER',
    });
    expect(logins()).toBe(0);
  });
});

describe('the issuer of a cluster', () => {
  const other = aBind({ login: { kind: 'oidc', issuer: 'https://login.example.com/oauth/token' } });

  test('must be the UAA', async () => {
    const { run } = createTestAccess();
    const { request, logins } = aRequest();
    await expect(run([other], request)).rejects.toMatchObject({
      kind: 'failed',
      message:
        'Cluster dev-1 accepts only tokens of https://login.example.com/oauth/token, not of the UAA at https://api.example.com:8443: nothing was written',
    });
    expect(logins()).toBe(0);
  });

  test('can be another name of the UAA, if its tokens for the API name it', async () => {
    const { run } = createTestAccess();
    const readApiIssuer = async () => 'https://login.example.com/oauth/token';
    const [entry] = await run([other], aRequest({ readApiIssuer, format: 'oidc' }).request);
    expect(JSON.stringify(entry?.entries.user)).toContain('https://login.example.com/oauth/token');
  });

  test('is read from the ID token if the API does not name it', async () => {
    const { run } = createTestAccess();
    const bind = aBind({ login: { kind: 'oidc', issuer: undefined } });
    const [entry] = await run([bind], aRequest({ format: 'oidc' }).request);
    expect(entry?.entries.user).toEqual(oidcUser);
  });
});

describe('the entries of a cluster without OpenID Connect', () => {
  test.each([undefined, 'token'] as const)(
    'contain the token of the service account with the format %s',
    async (format) => {
      const { run } = createTestAccess();
      const { request, logins } = aRequest({ format, isClient: true });
      expect(await run([aTokenBind()], request)).toMatchObject([
        {
          format: 'token',
          expiresAt: undefined,
          entries: {
            userName: '8be333bf-50af-43b0-a344-b28c2cdaf63a',
            user: { token: 'service-token' },
          },
        },
      ]);
      expect(logins()).toBe(0);
    },
  );

  test.each(['exec', 'oidc'] as const)('are not created in the format %s', async (format) => {
    const { run } = createTestAccess();
    await expect(run([aTokenBind()], aRequest({ format }).request)).rejects.toMatchObject({
      kind: 'usage',
      message: `Cluster dev-1 does not use OpenID Connect, so --kubeconfig-format ${format} is not possible`,
    });
  });

  test('do not replace the user entry of other clusters', async () => {
    const { run } = createTestAccess();
    const found = await run([aTokenBind(), aBind({ cluster: 'dev-2' })], aRequest().request);
    expect(found.map(({ format }) => format)).toEqual(['token', 'exec']);
  });
});

describe('through a link named pks', () => {
  test('the entry has the format oidc and the name of the user', async () => {
    const { run, saved } = createTestAccess({ isPksLink: true });
    const [entry] = await run([aBind()], aRequest().request);
    expect(entry?.entries).toMatchObject({ userName: 'cody', user: oidcUser });
    expect(saved).toEqual([]);
  });

  test('a service account has its token', async () => {
    const { run } = createTestAccess({ isPksLink: true });
    expect(await run([aTokenBind()], aRequest().request)).toMatchObject([{ format: 'token' }]);
  });

  test.each([
    ['the same issuer', { token: idToken() }, 'cody'],
    ['another issuer', { 'auth-provider': { config: { 'idp-issuer-url': 'https://b' } } }, name],
    ['a client certificate', { 'client-certificate': 'x' }, name],
    ['the plugin', { exec: { args: ['kube-credential', '--context', name] } }, 'cody'],
    ['the plugin elsewhere', { exec: { args: ['kube-credential', '--context', 'x'] } }, name],
  ])('an entry of that name with %s leads to the right name', async (_name, user, userName) => {
    const stored = fakeSessions([storedSession, { ...storedSession, name: 'x', uaa: 'https://b' }]);
    const { run } = createTestAccess({ isPksLink: true, stored });
    const [entry] = await run([aBind()], aRequest({ findUser: async () => user }).request);
    expect(entry?.entries.userName).toBe(userName);
  });

  test('an explicit format exec uses the full name', async () => {
    const { run } = createTestAccess({ isPksLink: true });
    const [entry] = await run([aBind()], aRequest({ format: 'exec' }).request);
    expect(entry?.entries.userName).toBe(name);
  });
});

test('an invalid --server is rejected before the login', async () => {
  const { run } = createTestAccess();
  const { request, logins } = aRequest({ server: 'http://x' });
  await expect(run([aBind()], request)).rejects.toMatchObject({ kind: 'usage' });
  expect(logins()).toBe(0);
});

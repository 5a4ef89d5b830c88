import { describe, expect, test } from '@jest/globals';
import type { Bind } from '../../../../src/api/pks/binds.js';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import {
  createClusterAccess,
  type AccessRequest,
} from '../../../../src/domain/kube/cluster-access.js';
import {
  createClusterCredential,
  type ClusterCredentialDeps,
} from '../../../../src/domain/kube/cluster-credentials.js';
import { formatNameAtHost, isSameIssuer } from '../../../../src/domain/kube/user-entry.js';
import { withSecrets } from '../../../support/checks/plain-tokens.js';
import { aKubernetesSession } from '../../../support/fakes/fake-kubernetes-sessions.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
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
  usesOriginalNames = false,
  home = undefined as string | undefined,
} = {}) {
  const warnings: string[] = [];
  const access = createClusterAccess({
    sessions: stored.sessions,
    pluginCommand: () => 'tpks',
    home,
    defaultFormat: usesOriginalNames ? 'oidc' : 'exec',
    usesOriginalNames,
    warn: (text) => warnings.push(text),
  });
  /** Plans and creates the entries of all binds. */
  const run = async (binds: readonly Bind[], request: AccessRequest) => {
    const planned = await Promise.all(binds.map((bind) => access.plan(bind, request)));
    return access.createEntries(planned, request);
  };
  return { run, warnings, ...stored };
}

/** The user entry of the original CLI, with the tokens of `aClusterToken` and the CA of the UAA. */
const oidcUser = {
  'auth-provider': {
    name: 'oidc',
    config: {
      'client-id': 'pks_cluster_client',
      'client-secret': '',
      cluster_client_secret: '',
      'id-token': idToken(),
      'refresh-token': 'refresh-1',
      'idp-issuer-url': issuer,
      'idp-certificate-authority-data': 'UEVN',
    },
  },
};

describe('the entries of a cluster', () => {
  const otherName = async (usesOriginalNames: boolean, changes: Partial<AccessRequest>) => {
    const { run } = createTestAccess({ usesOriginalNames });
    const [entry] = await run([aTokenBind()], aRequest(changes).request);
    return entry?.entries.otherName;
  };

  test.each([
    [installation.api, 'dev-1@api.example.com'],
    ['https://localhost:4021', 'dev-1@localhost:4021'],
  ])('at %s can also have the name %j', async (api, name) => {
    expect(await otherName(false, { installation: { ...installation, api } })).toBe(name);
  });

  test('have only the name of the cluster through a link, and only the requested one', async () => {
    expect(await otherName(true, {})).toBeUndefined();
    expect(await otherName(true, { keepsOtherEntries: true })).toBe('dev-1@api.example.com');
    expect(await otherName(false, { contextName: 'dev' })).toBeUndefined();
  });
});

describe('the entries of a cluster with OpenID Connect', () => {
  test('share one login, session and user entry', async () => {
    const { run, saved } = createTestAccess();
    const { request, logins } = aRequest();
    const found = await run([aBind(), aBind({ cluster: 'dev-2' })], request);
    expect(found.map(({ entries }) => entries.userName)).toEqual([name, name]);
    expect(saved).toMatchObject([{ clusters: ['dev-1', 'dev-2'] }]);
    expect(logins()).toBe(1);
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
});

describe('the issuer of a cluster', () => {
  const other = aBind({ login: { kind: 'oidc', issuer: 'https://login.example.com/oauth/token' } });

  test('must be the UAA', async () => {
    const { run } = createTestAccess();
    const { request, logins } = aRequest();
    await expect(run([other], request)).rejects.toMatchObject({
      kind: 'failed',
      message:
        'Cluster dev-1 accepts only tokens of https://login.example.com/oauth/token, not of the UAA at https://api.example.com:8443; the kubeconfig was not changed',
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

describe('through a link named pks', () => {
  test.each([
    ['the same issuer', { token: idToken() }, 'cody'],
    ['another issuer', { 'auth-provider': { config: { 'idp-issuer-url': 'https://b' } } }, name],
    ['a client certificate', { 'client-certificate': 'x' }, name],
    ['the plugin', { exec: { args: ['kube-credential', '--context', name] } }, 'cody'],
    ['another plugin', { exec: { command: 'aws', args: ['eks'] } }, name],
    ['the plugin elsewhere', { exec: { args: ['kube-credential', '--context', 'x'] } }, name],
  ])('an entry of that name with %s leads to the right name', async (_name, user, userName) => {
    const stored = fakeSessions([storedSession, { ...storedSession, name: 'x', uaa: 'https://b' }]);
    const { run } = createTestAccess({ usesOriginalNames: true, stored });
    const [entry] = await run([aBind()], aRequest({ findUser: async () => user }).request);
    expect(entry?.entries.userName).toBe(userName);
  });
});

test('an invalid --server is rejected before the login', async () => {
  const { run } = createTestAccess();
  const { request, logins } = aRequest({ server: 'http://x' });
  await expect(run([aBind()], request)).rejects.toMatchObject({ kind: 'usage' });
  expect(logins()).toBe(0);
});

const command = 'tpks get-credentials dev-1';
const prompt = 'Password of alana at api.example.com: ';
const endedError = new TpksError('unauthenticated', 'the session has ended', { hint: command });

interface Setup {
  /** `undefined`: `KUBERNETES_EXEC_INFO` is not set. */
  readonly interactive?: boolean | undefined;
  readonly usesPassword?: boolean;
  /** The error of the session until the user logs in. */
  readonly failure?: TpksError;
  readonly answers?: Readonly<Record<string, string>>;
  readonly logIn?: ClusterCredentialDeps['logIn'];
}

/** A session whose token `id-1` is valid for 600 s from the start. */
function setUp(setup: Setup = {}) {
  const { usesPassword = true, failure, answers = {} } = setup;
  const interactive = 'interactive' in setup ? setup.interactive : false;
  const clock = fixedClock();
  const terminal = recordedTerminal(answers);
  let isEnded = failure !== undefined;
  const logins: string[] = [];
  const interruptions: string[] = [];
  const expiresAt = new Date('2026-11-25T10:10:00Z');
  const session = {
    ...aKubernetesSession(),
    name: 'alana@api.example.com',
    command,
    trustCommand: `${command} --ca-cert FILE`,
    usesPassword,
    token: async () => {
      if (isEnded && failure !== undefined) throw failure;
      const idToken = new Secret('id-1');
      return { idToken, expiresAt, renewAt: new Date('2026-11-25T10:09:00Z') };
    },
  };
  const info = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: { interactive },
  });
  const deps: ClusterCredentialDeps = {
    info: interactive === undefined ? undefined : info,
    sessions: {
      select: async () => session,
      save: async () => {
        isEnded = false;
      },
    },
    logIn:
      setup.logIn ??
      (async (_session, password) => {
        logins.push(password.reveal());
        return withSecrets<Token>({
          accessToken: 'a',
          scope: '',
          lifetimeSeconds: 600,
          issuedAt: clock.now(),
          clockOffsetSeconds: 0,
        });
      }),
    terminal,
    interruptClient: () => interruptions.push('SIGINT'),
  };
  const run = async () => {
    const credential = await createClusterCredential('alana@api.example.com', {}, deps);
    const { status } = JSON.parse(credential) as { status: { token: string } };
    return status.token;
  };
  return { run, logins, interruptions, terminal };
}

describe('a session that has ended', () => {
  const answers = { [prompt]: 'alana-password' };

  test.each([
    ['the client does not allow a prompt', { interactive: false, answers }],
    ['no client runs the plugin', { interactive: undefined, answers }],
    ['there is no terminal', { interactive: true }],
    ['the user logs in without a password', { interactive: true, usesPassword: false, answers }],
  ])('leads to the command to type if %s', async (_condition, setup) => {
    const { run, logins } = setUp({ failure: endedError, ...setup });
    await expect(run()).rejects.toBe(endedError);
    expect(logins).toEqual([]);
  });

  test('is not replaced if the UAA rejects the password', async () => {
    const logIn = () => Promise.reject(new TpksError('unauthenticated', 'Bad credentials'));
    const { run } = setUp({ interactive: true, failure: endedError, answers, logIn });
    await expect(run()).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'Credentials were rejected, please try again. (Bad credentials)',
      hint: command,
    });
  });
});

test.each([
  ['https://api.example.com:9021', 'cody@api.example.com'],
  ['https://api.example.com:9443', 'cody@api.example.com:9443'],
  ['https://[fd00::1]:9021', 'cody@[fd00::1]'],
])('a user at %s is named %s', (api, name) => {
  expect(formatNameAtHost('cody', api)).toBe(name);
});

test.each([
  [issuer, `${issuer}/`, true],
  [issuer, 'https://API.example.com:8443/oauth/token', true],
  ['https://a.example.com:443/x', 'https://a.example.com/x', true],
  [issuer, 'https://api.example.com/oauth/token', false],
  [issuer, undefined, false],
  [undefined, undefined, false],
])('compares the issuers %s and %s', (one, other, isSame) => {
  expect(isSameIssuer(one, other)).toBe(isSame);
});

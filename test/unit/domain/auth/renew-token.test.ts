import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import { createKeyFile } from '../../../../src/domain/auth/client-key.js';
import type { Grants } from '../../../../src/domain/auth/grants.js';
import { renewToken, type RenewDeps } from '../../../../src/domain/auth/renew-token.js';
import type { StoredSession } from '../../../../src/domain/auth/session-repository.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import type {
  Context,
  StoredClientContext,
  StoredUserContext,
} from '../../../../src/domain/contexts/context.js';
import { formatLoginCommand } from '../../../../src/domain/contexts/login-command.js';
import { withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import {
  aClientContext,
  aSession,
  aUserContext,
} from '../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const folder = fileFolder();

const cody = aUserContext({ store: 'keychain' });
const ci = aClientContext({
  ...{ name: 'ci@api.example.com', identity: 'ci', clientId: 'ci' },
  store: 'keychain',
});

const job = 'repo:octo/app:environment:prod';
const idToken = jwt({ iss: 'https://ci.example.com', sub: job });

const newToken: Token = {
  accessToken: new Secret(jwt({ user_name: job, origin: 'github' })),
  scope: 'openid pks.clusters.manage',
  lifetimeSeconds: 600,
  issuedAt: new Date(0),
  clockOffsetSeconds: 0,
};

/** Creates a renewer, and records the requests to the token endpoint with secrets as strings. */
function createDeps(
  context: Context,
  env: NodeJS.ProcessEnv = {},
  failure?: TpksError,
  stdin = '',
  findIdToken = async () => new Secret(idToken),
) {
  const sent: unknown[] = [];
  const stdinReads = { count: 0 };
  const respond = async (request: unknown): Promise<Token> => {
    sent.push(request);
    if (failure !== undefined) throw failure;
    return newToken;
  };
  const grants: RenewDeps['grants'] = ({ clientSecret, clientKey }): Grants => {
    const client = clientKey === undefined ? clientSecret?.reveal() : { key: clientKey.keyId };
    return {
      password: ({ username, password, scope }) =>
        respond({ grant: 'password', client, username, password: password.reveal(), scope }),
      passcode: () => respond('passcode'),
      authorizationCode: () => respond('authorization code'),
      clientCredentials: (input) => respond({ grant: 'client', client, scope: input?.scope }),
      jwtBearer: ({ assertion }) =>
        respond({ grant: 'jwt-bearer', client, assertion: assertion.reveal() }),
      refresh: (token, input) =>
        respond({ grant: 'refresh', client, token: token.reveal(), ...input }),
    };
  };
  const readStdin = async () => {
    stdinReads.count += 1;
    return stdin;
  };
  const label = {
    title: `The session of ${context.name}`,
    identity: context.identity,
    loginCommand: formatLoginCommand(context),
    hasOriginalTexts: false,
  };
  const renew = (stored: Plain<StoredSession> | undefined) =>
    renewToken(stored && withSecrets<StoredSession>(stored), {
      context,
      label,
      grants,
      env,
      idTokens: { find: findIdToken },
      clock: fixedClock(),
      readStdin,
    });
  return { renew, sent, stdinReads };
}

describe('the session of a user', () => {
  test('is renewed by its refresh token, with the empty secret of pks_cli', async () => {
    const { renew, sent } = createDeps(cody);
    expect(await renew(aSession())).toBe(newToken);
    expect(sent).toEqual([{ grant: 'refresh', client: '', token: 'refresh-1' }]);
  });

  test('with another client is renewed with the saved client secret', async () => {
    const context = { ...cody, clientId: 'my_app' };
    const { renew, sent } = createDeps(context, { TPKS_CLIENT_SECRET: 'meant-for-another' });
    await renew({ ...aSession(), clientSecret: 'saved' });
    expect(sent).toEqual([{ grant: 'refresh', client: 'saved', token: 'refresh-1' }]);
  });

  test('is renewed with the secret from the environment if that is for its client', async () => {
    const env = { TPKS_CLIENT_NAME: 'my_app', TPKS_CLIENT_SECRET: 'from-env' };
    const { renew, sent } = createDeps({ ...cody, clientId: 'my_app' }, env);
    await renew({ ...aSession(), clientSecret: 'saved' });
    expect(sent).toEqual([{ grant: 'refresh', client: 'from-env', token: 'refresh-1' }]);
  });

  test.each<[string, Partial<StoredUserContext>, string | undefined]>([
    ['with a public client', { isPublicClient: true }, 'refresh-1'],
    ['without a refresh token', {}, undefined],
  ])('%s is renewed without reading a secret from stdin', async (_name, changes, refreshToken) => {
    const env = { TPKS_CLIENT_NAME: 'my_app', TPKS_CLIENT_SECRET_FILE: '-' };
    const { renew, stdinReads } = createDeps({ ...cody, clientId: 'my_app', ...changes }, env);
    await renew({ ...aSession(), refreshToken }).catch(() => undefined);
    expect(stdinReads.count).toBe(0);
  });

  test('with requested scopes is renewed for the granted scopes', async () => {
    const { renew, sent } = createDeps({ ...cody, scope: 'openid not.granted' });
    await renew({ ...aSession(), scope: 'openid' });
    expect(sent).toMatchObject([{ grant: 'refresh', scope: 'openid' }]);
  });

  test('without a refresh token ends when its access token expires', async () => {
    const { renew, sent } = createDeps(cody);
    await expect(renew({ ...aSession(), refreshToken: undefined })).rejects.toMatchObject({
      kind: 'unauthenticated',
      message:
        'The session of cody@api.example.com has ended (the token has expired, and the UAA issued no refresh token)',
      hint: 'tpks login -a api.example.com -u cody',
    });
    expect(sent).toEqual([]);
  });

  test('cannot be renewed if it does not exist', async () => {
    const { renew, sent } = createDeps(cody);
    await expect(renew(undefined)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'You are not currently authenticated. Please log in to continue',
      hint: 'tpks login -a api.example.com -u cody',
    });
    expect(sent).toEqual([]);
  });
});

describe('the session of a client', () => {
  const saved = { ...aSession(), refreshToken: undefined, clientSecret: 'saved' };
  const unsaved = { ...saved, clientSecret: undefined };

  test('is replaced by a new one with the saved secret, for the same scopes', async () => {
    const { renew, sent } = createDeps({ ...ci, scope: 'pks.clusters.manage' });
    await renew(saved);
    expect(sent).toEqual([{ grant: 'client', client: 'saved', scope: 'pks.clusters.manage' }]);
  });

  test('uses the secret from the environment instead of the saved one', async () => {
    const { renew, sent } = createDeps(ci, { TPKS_CLIENT_SECRET: 'from-env' });
    await renew(saved);
    expect(sent).toEqual([{ grant: 'client', client: 'from-env', scope: undefined }]);
  });

  test.each([
    { TPKS_CLIENT_SECRET: 'of-other' },
    { TPKS_CLIENT_SECRET_COMMAND: 'no-such-program' },
  ])('never uses a secret from the environment that is for another client: %j', async (secret) => {
    const env = { TPKS_CLIENT_NAME: 'other', ...secret };
    const { renew, sent } = createDeps(ci, env);
    await renew(saved);
    expect(sent).toEqual([{ grant: 'client', client: 'saved', scope: undefined }]);
  });

  test.each<Record<string, string>>([
    { TPKS_API: 'other.example.com' },
    { TPKS_UAA_URL: 'https://other.example.com:8443' },
    { TPKS_API: 'api.example.com', TPKS_UAA_URL: 'https://other.example.com:8443' },
    { TPKS_API: 'other.example.com', TPKS_UAA_URL: 'https://api.example.com:8443' },
  ])(
    'never uses a secret from the environment that is for the installation %j',
    async (addresses) => {
      const env = { ...addresses, TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 'of-other' };
      const { renew, sent } = createDeps(ci, env);
      await renew(saved);
      expect(sent).toEqual([{ grant: 'client', client: 'saved', scope: undefined }]);
      await expect(renew(unsaved)).rejects.toMatchObject({
        kind: 'unauthenticated',
        message:
          'The session of ci@api.example.com has ended (the token of client ci has expired, and its secret is not available)',
        hint: expect.stringMatching(
          /\nTPKS_CLIENT_SECRET is meant for \S*(api|other)\.example\.com/,
        ),
      });
      expect(sent).toHaveLength(1);
    },
  );

  test.each<Record<string, string>>([
    { TPKS_API: 'api.example.com' },
    { TPKS_API: 'https://API.example.com:9021', TPKS_UAA_URL: 'https://api.example.com:8443/' },
    { TPKS_UAA_URL: 'https://api.example.com:8443' },
  ])('uses a secret from the environment that is for the installation %j', async (addresses) => {
    const { renew, sent } = createDeps(ci, { ...addresses, TPKS_CLIENT_SECRET: 'from-env' });
    await renew(unsaved);
    expect(sent).toMatchObject([{ client: 'from-env' }]);
  });
});

describe('the session of a client with a key', () => {
  const stored = { ...aSession(), refreshToken: undefined };
  const writeKey = (name: string) => {
    const { keyId } = createKeyFile(join(folder.path, name), 'ec');
    return { path: join(folder.path, name), keyId };
  };

  test('is replaced with the key in its file, which is read again', async () => {
    const { path, keyId } = writeKey('read-again');
    const { renew, sent } = createDeps({ ...ci, clientKeyFile: path });
    await renew(stored);
    rmSync(path);
    const { keyId: newKeyId } = writeKey('read-again');
    await renew(stored);
    expect(sent).toMatchObject([{ client: { key: keyId } }, { client: { key: newKeyId } }]);
  });

  test('uses the key from the environment instead of the file and a saved secret', async () => {
    const { path, keyId } = writeKey('environment');
    const { renew, sent } = createDeps(
      { ...ci, clientKeyFile: '/no/such/key' },
      { TPKS_CLIENT_KEY_FILE: path },
    );
    await renew({ ...stored, clientSecret: 'saved' });
    expect(sent).toMatchObject([{ client: { key: keyId } }]);
  });

  test('never uses a key from the environment that is for another client', async () => {
    const own = writeKey('own');
    const env = { TPKS_CLIENT_NAME: 'other', TPKS_CLIENT_KEY_FILE: writeKey('other').path };
    const { renew, sent } = createDeps({ ...ci, clientKeyFile: own.path }, env);
    await renew(stored);
    expect(sent).toMatchObject([{ client: { key: own.keyId } }]);
  });

  test.each([
    ['is missing', '/no/such/key', 'Cannot read /no/such/key'],
    ['contains no key', folder.write('no-key', 'hello'), 'contains no private key'],
  ])('has ended if the file %s', async (_name, clientKeyFile, reason) => {
    const { renew, sent } = createDeps({ ...ci, clientKeyFile });
    await expect(renew(stored)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining(reason),
      hint: `restore the file, or log in again: tpks login -a api.example.com --client-name ci --client-key-file ${clientKeyFile}`,
    });
    expect(sent).toEqual([]);
  });
});

describe('a rejection by the UAA', () => {
  const rejection = new TpksError('unauthenticated', 'Bad credentials', {
    oauthError: 'unauthorized',
    status: 401,
  });

  test.each<[string, Context, string]>([
    [
      'of a saved client secret',
      ci,
      'tpks login -a api.example.com --client-name ci --client-secret-file FILE',
    ],
    ['of the client of a user', cody, 'tpks login -a api.example.com -u cody'],
  ])('%s has a hint with the login command', async (_name, context, hint) => {
    const { renew } = createDeps(context, {}, rejection);
    await expect(renew({ ...aSession(), clientSecret: 'old' })).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('Bad credentials'),
      oauthError: 'unauthorized',
      status: 401,
      hint,
    });
  });
});

describe('a context from the environment', () => {
  const inMemory: Context = { ...cody, store: 'none' };

  const rejection = new TpksError('unauthenticated', 'Bad credentials', { status: 401 });

  test.each([
    [{ TPKS_CLIENT_SECRET_FILE: folder.write('wrong', 'no\n') }, 'TPKS_CLIENT_SECRET_FILE', ''],
    [
      { TPKS_CLIENT_SECRET_FILE: folder.write('empty', '\n') },
      'TPKS_CLIENT_SECRET_FILE',
      ': the file is empty',
    ],
    [
      { TPKS_CLIENT_SECRET_COMMAND: 'echo no', PATH: '/usr/bin:/bin' },
      'TPKS_CLIENT_SECRET_COMMAND',
      '',
    ],
  ])('names the variable of the rejected secret: %j', async (env, variable, problem) => {
    const client: Context = { ...ci, store: 'none' };
    const { renew } = createDeps(client, { TPKS_CLIENT_NAME: 'ci', ...env }, rejection);
    await expect(renew(undefined)).rejects.toMatchObject({
      hint: `check TPKS_CLIENT_NAME and ${variable} (ci at https://api.example.com:8443)${problem}`,
    });
  });

  test('does not send an empty password from a file', async () => {
    const env = { TPKS_USERNAME: 'cody', TPKS_PASSWORD_FILE: folder.write('empty', '\n') };
    const { renew, sent } = createDeps(inMemory, env);
    await expect(renew(undefined)).rejects.toMatchObject({
      kind: 'usage',
      message: 'The password in TPKS_PASSWORD_FILE is empty: nothing was sent',
    });
    expect(sent).toEqual([]);
  });

  test('reports the variables whose values the UAA rejects', async () => {
    const { renew } = createDeps(
      inMemory,
      { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'no' },
      rejection,
    );
    await expect(renew(undefined)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'Credentials were rejected, please try again. (Bad credentials)',
      hint: 'check TPKS_USERNAME and TPKS_PASSWORD (cody at https://api.example.com:8443)',
      status: 401,
    });
  });
});

type Changes = Partial<StoredUserContext> | Partial<StoredClientContext>;

test.each<[string, Changes, string]>([
  ['a user', {}, 'tpks login -a api.example.com -u cody'],
  ['single sign-on', { grant: 'passcode' }, 'tpks login -a api.example.com --sso'],
  [
    'a client',
    {
      ...{ grant: 'client_credentials', identity: 'ci', clientId: 'ci' },
      name: 'ci@api.example.com',
    },
    'tpks login -a api.example.com --client-name ci --client-secret-file FILE',
  ],
  [
    'a client with a key',
    {
      ...{ grant: 'client_credentials', identity: 'ci', clientId: 'ci' },
      name: 'ci@api.example.com',
      clientKeyFile: '/my keys/ci.jwk',
    },
    "tpks login -a api.example.com --client-name ci --client-key-file '/my keys/ci.jwk'",
  ],
  [
    'a client with a key, and a UAA without an API',
    {
      ...{ api: undefined, grant: 'client_credentials', identity: 'ci', clientId: 'ci' },
      name: 'ci@api.example.com',
      clientKeyFile: '/keys/ci.jwk',
    },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token client get ci --key-file /keys/ci.jwk',
  ],
  [
    'unusual ports',
    {
      ...{ api: 'https://pks.example.com', uaa: 'https://uaa.example.com' },
      name: 'cody@pks.example.com',
    },
    'tpks login -a https://pks.example.com --uaa-url https://uaa.example.com -u cody',
  ],
  [
    'a UAA without an API',
    {
      ...{ api: undefined, grant: 'client_credentials', identity: 'admin', clientId: 'admin' },
      name: 'admin@api.example.com',
    },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token client get admin',
  ],
  [
    'another client',
    { clientId: 'my_app' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token owner get my_app cody',
  ],
  ['a browser', { grant: 'authorization_code' }, 'tpks login -a api.example.com --sso-auto'],
  [
    'a browser and another client',
    { grant: 'authorization_code', clientId: 'my_app' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token authcode get -c my_app',
  ],
  [
    'a browser and the implicit grant',
    { grant: 'implicit', clientId: 'cf' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token implicit get -c cf',
  ],
  [
    'a passcode and another client',
    { grant: 'passcode', clientId: 'my_app' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token sso get my_app',
  ],
  [
    'a name, the file store and no TLS verification',
    { name: 'my work', store: 'file', skipTlsVerification: true },
    "tpks login -a api.example.com -u cody --name 'my work' --store file -k",
  ],
  [
    'scopes and a token format',
    { clientId: 'my_app', scope: 'openid x.y', tokenFormat: 'opaque', store: 'file' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token owner get my_app cody ' +
      '--scope openid,x.y --format opaque --store file',
  ],
])('formatLoginCommand for %s', (_name, changes, command) => {
  const context = { ...cody, ...changes } as Context;
  expect(formatLoginCommand(context)).toBe(command);
});

describe('the session of a CI job', () => {
  const context = aUserContext({
    name: `${job}@api.example.com`,
    store: 'keychain',
    ...{ identity: job, origin: 'github' },
    grant: 'jwt_bearer',
    clientId: 'tpks_ci',
    idToken: { audience: 'https://api.example.com:8443' },
  });

  test('is renewed with a new ID token', async () => {
    const { renew, sent } = createDeps(context);
    expect(await renew({ ...aSession(), refreshToken: undefined })).toBe(newToken);
    expect(sent).toEqual([{ grant: 'jwt-bearer', client: '', assertion: idToken }]);
  });

  test('ends outside of the CI system', async () => {
    const missing = new TpksError('usage', 'No ID token found for the CI login');
    const { renew } = createDeps(context, {}, undefined, '', () => Promise.reject(missing));
    await expect(renew(aSession())).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('the token has expired: No ID token found for the CI login'),
      hint: 'log in again in the CI job: tpks login -a api.example.com --ci',
    });
  });

  test('is not continued by a job of another identity', async () => {
    const { renew } = createDeps({ ...context, identity: 'repo:octo/other:ref:refs/heads/main' });
    await expect(renew(aSession())).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining(`this job has another identity: ${job}`),
    });
  });

  test('is not continued by a job with the same name at another identity provider', async () => {
    const { renew } = createDeps({ ...context, origin: 'gitlab' });
    await expect(renew(aSession())).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining(`another identity: ${job} of the identity provider github`),
    });
  });
});

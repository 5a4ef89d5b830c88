import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type {
  Context,
  StoredClientContext,
  StoredUserContext,
} from '../../../src/contexts/context.js';
import type { Grants } from '../../../src/auth/grants.js';
import type { Token } from '../../../src/auth/token.js';
import { formatLoginCommand } from '../../../src/auth/login-command.js';
import { createTokenRenewer } from '../../../src/auth/renew.js';
import { TpksError } from '../../../src/errors.js';
import { Secret } from '../../../src/secret.js';
import { aClientContext, aSession, aUserContext } from '../../support/fixtures.js';
import type { StoredSession } from '../../../src/auth/session-file.js';
import { withSecrets, type Plain } from '../../support/plain-tokens.js';

const folder = mkdtempSync(join(tmpdir(), 'tpks-renew-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cody = aUserContext({ store: 'keychain' });
const ci = aClientContext({
  ...{ name: 'ci@api.example.com', identity: 'ci', clientId: 'ci' },
  store: 'keychain',
});

const answer: Token = {
  accessToken: new Secret('access-2'),
  scope: 'openid',
  lifetimeSeconds: 600,
  issuedAt: new Date(0),
  clockOffsetSeconds: 0,
};

/** What was sent to the token endpoint, secrets open. */
function renewing(context: Context, env: NodeJS.ProcessEnv = {}, failure?: TpksError, stdin = '') {
  const sent: unknown[] = [];
  const counted = { reads: 0 };
  const respond = async (request: unknown): Promise<Token> => {
    sent.push(request);
    if (failure !== undefined) throw failure;
    return answer;
  };
  const grants = async (clientSecret: Secret | undefined): Promise<Grants> => {
    const client = clientSecret?.reveal();
    return {
      password: ({ username, password, scope }) =>
        respond({ grant: 'password', client, username, password: password.reveal(), scope }),
      passcode: () => respond('passcode'),
      authorizationCode: () => respond('authorization code'),
      clientCredentials: ({ scope } = {}) => respond({ grant: 'client', client, scope }),
      refresh: (token, { scope } = {}) =>
        respond({ grant: 'refresh', client, token: token.reveal(), ...(scope && { scope }) }),
    };
  };
  const readStdin = async () => {
    counted.reads += 1;
    return stdin;
  };
  const renewStored = createTokenRenewer({ context, grants, env, readStdin });
  const renew = (stored: Plain<StoredSession> | undefined) =>
    renewStored(stored && withSecrets<StoredSession>(stored));
  return { renew, sent, counted };
}

describe('a person’s session', () => {
  test('is renewed by its refresh token, with the empty secret of pks_cli', async () => {
    const { renew, sent } = renewing(cody);
    expect(await renew(aSession())).toBe(answer);
    expect(sent).toEqual([{ grant: 'refresh', client: '', token: 'refresh-1' }]);
  });

  test('of a client of its own is renewed with the secret that was saved', async () => {
    const context = { ...cody, clientId: 'my_app' };
    const { renew, sent } = renewing(context, { TPKS_CLIENT_SECRET: 'meant-for-another' });
    await renew({ ...aSession(), clientSecret: 'saved' });
    expect(sent).toEqual([{ grant: 'refresh', client: 'saved', token: 'refresh-1' }]);
  });

  test('takes the secret of the environment where that names its client', async () => {
    const env = { TPKS_CLIENT_NAME: 'my_app', TPKS_CLIENT_SECRET: 'from-env' };
    const { renew, sent } = renewing({ ...cody, clientId: 'my_app' }, env);
    await renew({ ...aSession(), clientSecret: 'saved' });
    expect(sent).toEqual([{ grant: 'refresh', client: 'from-env', token: 'refresh-1' }]);
  });

  test('of a public client is renewed without a secret', async () => {
    const { renew, sent } = renewing({ ...cody, clientId: 'my_app', isPublicClient: true });
    await renew(aSession());
    expect(sent).toEqual([{ grant: 'refresh', client: undefined, token: 'refresh-1' }]);
  });

  test.each<[string, Partial<StoredUserContext>, string | undefined]>([
    ['of a public client', { isPublicClient: true }, 'refresh-1'],
    ['without a refresh token', {}, undefined],
  ])('%s does not read a secret from stdin', async (_name, changes, refreshToken) => {
    const env = { TPKS_CLIENT_NAME: 'my_app', TPKS_CLIENT_SECRET_FILE: '-' };
    const { renew, counted } = renewing({ ...cody, clientId: 'my_app', ...changes }, env);
    await renew({ ...aSession(), refreshToken }).catch(() => undefined);
    expect(counted.reads).toBe(0);
  });

  test('that asked for some scopes asks for those again which it was given', async () => {
    const { renew, sent } = renewing({ ...cody, scope: 'openid not.granted' });
    await renew({ ...aSession(), scope: 'openid' });
    expect(sent).toMatchObject([{ grant: 'refresh', scope: 'openid' }]);
  });

  test('without a refresh token ends with its access token', async () => {
    const { renew, sent } = renewing(cody);
    await expect(renew({ ...aSession(), refreshToken: undefined })).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('the UAA issued no refresh token'),
      hint: 'tpks login -a api.example.com -u cody',
    });
    expect(sent).toEqual([]);
  });

  test('that is not there cannot be renewed', async () => {
    const { renew, sent } = renewing(cody);
    await expect(renew(undefined)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'You are not currently authenticated. Please log in to continue',
      hint: 'tpks login -a api.example.com -u cody',
    });
    expect(sent).toEqual([]);
  });
});

describe('a client’s session', () => {
  const saved = { ...aSession(), refreshToken: undefined, clientSecret: 'saved' };
  const unsaved = { ...saved, clientSecret: undefined };

  test('is minted anew with the saved secret, for the same scopes', async () => {
    const { renew, sent } = renewing({ ...ci, scope: 'pks.clusters.manage' });
    await renew(saved);
    expect(sent).toEqual([{ grant: 'client', client: 'saved', scope: 'pks.clusters.manage' }]);
  });

  test('takes the secret of the environment before the saved one', async () => {
    const { renew, sent } = renewing(ci, { TPKS_CLIENT_SECRET: 'from-env' });
    await renew(saved);
    expect(sent).toEqual([{ grant: 'client', client: 'from-env', scope: undefined }]);
  });

  test('takes it from a file', async () => {
    const path = join(folder, 'secret');
    writeFileSync(path, 'from-file\n');
    const { renew, sent } = renewing(ci, { TPKS_CLIENT_SECRET_FILE: path });
    await renew(unsaved);
    expect(sent).toEqual([{ grant: 'client', client: 'from-file', scope: undefined }]);
  });

  test('never takes the secret that the environment has for another client', async () => {
    const env = { TPKS_CLIENT_NAME: 'other', TPKS_CLIENT_SECRET: 'of-other' };
    const { renew, sent } = renewing(ci, env);
    await renew(saved);
    expect(sent).toEqual([{ grant: 'client', client: 'saved', scope: undefined }]);
  });

  test.each<Record<string, string>>([
    { TPKS_API: 'other.example.com' },
    { TPKS_UAA_URL: 'https://other.example.com:8443' },
    { TPKS_API: 'api.example.com', TPKS_UAA_URL: 'https://other.example.com:8443' },
    { TPKS_API: 'other.example.com', TPKS_UAA_URL: 'https://api.example.com:8443' },
  ])('never sends it the secret that is meant for the installation of %j', async (at) => {
    const env = { ...at, TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 'of-other' };
    const { renew, sent } = renewing(ci, env);
    await renew(saved);
    expect(sent).toEqual([{ grant: 'client', client: 'saved', scope: undefined }]);
    await expect(renew(unsaved)).rejects.toMatchObject({
      kind: 'unauthenticated',
      hint: expect.stringMatching(/\nTPKS_CLIENT_SECRET is meant for \S*(api|other)\.example\.com/),
    });
    expect(sent).toHaveLength(1);
  });

  test.each<Record<string, string>>([
    { TPKS_API: 'api.example.com' },
    { TPKS_API: 'https://API.example.com:9021', TPKS_UAA_URL: 'https://api.example.com:8443/' },
    { TPKS_UAA_URL: 'https://api.example.com:8443' },
  ])('takes the secret that is meant for the installation of %j', async (at) => {
    const { renew, sent } = renewing(ci, { ...at, TPKS_CLIENT_SECRET: 'from-env' });
    await renew(unsaved);
    expect(sent).toMatchObject([{ client: 'from-env' }]);
  });

  test('without a secret at hand ends, and says what to type', async () => {
    const { renew, sent } = renewing(ci);
    await expect(renew(unsaved)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'The token of client ci has expired, and its secret is not available',
      hint: expect.stringMatching(
        /^tpks login -a api\.example\.com --client-name ci --client-secret-file FILE\n.*TPKS_CLIENT_SECRET/,
      ),
    });
    expect(sent).toEqual([]);
  });
});

describe('UAA’s refusals', () => {
  const bad = new TpksError('unauthenticated', 'Bad credentials', {
    oauthError: 'unauthorized',
    status: 401,
  });

  test.each<[string, Context, string]>([
    [
      'of a saved secret',
      ci,
      'tpks login -a api.example.com --client-name ci --client-secret-file FILE',
    ],
    ['of a person’s client', cody, 'tpks login -a api.example.com -u cody'],
  ])('%s names the command that helps', async (_name, context, hint) => {
    const { renew } = renewing(context, {}, bad);
    await expect(renew({ ...aSession(), clientSecret: 'old' })).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('Bad credentials'),
      oauthError: 'unauthorized',
      status: 401,
      hint,
    });
  });

  test('of a refresh token keep their code: the session goes by it', async () => {
    const dead = new TpksError('unauthenticated', 'revoked', { oauthError: 'invalid_token' });
    const { renew } = renewing(cody, {}, dead);
    await expect(renew(aSession())).rejects.toMatchObject({ oauthError: 'invalid_token' });
  });
});

describe('a context made of the environment', () => {
  const none: Context = { ...cody, store: 'none' };

  test('logs a user in', async () => {
    const { renew, sent } = renewing(none, { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw' });
    await renew(undefined);
    expect(sent).toEqual([
      { grant: 'password', client: '', username: 'cody', password: 'pw', scope: undefined },
    ]);
  });

  test('logs a client in, with its secret from stdin', async () => {
    const env = { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET_FILE: '-' };
    const { renew, sent } = renewing({ ...ci, store: 'none' }, env, undefined, 'piped\n');
    await renew(undefined);
    expect(sent).toEqual([{ grant: 'client', client: 'piped', scope: undefined }]);
  });

  test('logs in again when its token has ended', async () => {
    const { renew, sent } = renewing(none, { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw' });
    await renew(aSession());
    expect(sent).toMatchObject([{ grant: 'password' }]);
  });

  test('says which variables the UAA rejects', async () => {
    const bad = new TpksError('unauthenticated', 'Bad credentials', { status: 401 });
    const { renew } = renewing(none, { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'no' }, bad);
    await expect(renew(undefined)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'Credentials were rejected, please try again. (Bad credentials)',
      hint: 'check TPKS_USERNAME and TPKS_PASSWORD (cody at https://api.example.com:8443)',
      status: 401,
    });
  });

  test('tells trouble on the way as it is', async () => {
    const down = new TpksError('unavailable', 'refused');
    const { renew } = renewing(none, { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw' }, down);
    await expect(renew(undefined)).rejects.toBe(down);
  });

  test('says what is missing', async () => {
    const { renew, sent } = renewing(none, { TPKS_USERNAME: 'cody' });
    await expect(renew(undefined)).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('TPKS_PASSWORD'),
    });
    expect(sent).toEqual([]);
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
    'unusual ports',
    {
      ...{ api: 'https://pks.example.com', uaa: 'https://uaa.example.com' },
      name: 'cody@pks.example.com',
    },
    'tpks login -a https://pks.example.com --uaa-url https://uaa.example.com -u cody',
  ],
  [
    'a UAA alone',
    {
      ...{ api: undefined, grant: 'client_credentials', identity: 'admin', clientId: 'admin' },
      name: 'admin@api.example.com',
    },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token client get admin',
  ],
  [
    'a client of one’s own',
    { clientId: 'my_app' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token owner get my_app cody',
  ],
  ['a browser', { grant: 'authorization_code' }, 'tpks login -a api.example.com --sso-auto'],
  [
    'a browser and a client of one’s own',
    { grant: 'authorization_code', clientId: 'my_app' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token authcode get -c my_app',
  ],
  [
    'a browser and the implicit grant',
    { grant: 'implicit', clientId: 'cf' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token implicit get -c cf',
  ],
  [
    'a code and a client of one’s own',
    { grant: 'passcode', clientId: 'my_app' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token sso get my_app',
  ],
  [
    'a name, the file store and no verification',
    { name: 'my work', store: 'file', skipTlsVerification: true },
    "tpks login -a api.example.com -u cody --name 'my work' --store file -k",
  ],
  [
    'scopes and a token format',
    { clientId: 'my_app', scope: 'openid x.y', tokenFormat: 'opaque', store: 'file' },
    'tpks uaa target https://api.example.com:8443 && tpks uaa token owner get my_app cody ' +
      '--scope openid,x.y --format opaque --store file',
  ],
])('the command that begins a new session: %s', (_name, changes, command) => {
  const context = { ...cody, ...changes } as Context;
  expect(formatLoginCommand(context)).toBe(command);
});

import { describe, expect, test } from '@jest/globals';
import {
  getAuthcodeToken,
  getClientToken,
  getImplicitToken,
  getOwnerToken,
  getSsoToken,
} from '../../../../../src/commands/uaa/token/grants.js';
import { getPromptedToken } from '../../../../../src/commands/uaa/token/prompted-grant.js';
import { renewToken } from '../../../../../src/commands/uaa/token/refresh.js';
import {
  aClientContext,
  adminSettings,
  aSession,
  aUserContext,
} from '../../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../../support/fixtures/jwt.js';
import { selectingOnly } from '../../../../support/fixtures/selections.js';
import { prepareTokenCommand, uaa } from '../prepare-token-command.js';

describe('uaa token client get', () => {
  test('prompts for missing values after preparing the store', async () => {
    const { deps, steps, requests } = prepareTokenCommand({
      terminalInput: { 'Client ID: ': 'admin', 'Client secret: ': 'adminsecret' },
    });
    await getClientToken({}, deps);
    expect(steps).toEqual(['prepare', 'Client ID: ', 'Client secret: ', 'request', 'save']);
    expect(requests).toMatchObject([
      { uaa, clientId: 'admin', clientSecret: 'adminsecret', grant: 'client_credentials' },
    ]);
  });

  test('saves a context for the client, which tpks uaa uses from then on', async () => {
    const { deps, savedLogins, terminal } = prepareTokenCommand({
      settings: selectingOnly(uaa, {
        targets: [{ uaa, caCert: 'PEM', skipTlsVerification: true }],
      }),
    });
    await getClientToken({ id: 'admin', secret: 's3cret', name: 'boss', saveSecret: true }, deps);
    expect(savedLogins).toMatchObject([
      {
        uaa,
        caCert: 'PEM',
        skipTlsVerification: true,
        identity: 'admin',
        grant: 'client_credentials',
        clientId: 'admin',
        name: 'boss',
        role: 'uaa',
      },
    ]);
    expect(savedLogins[0]?.clientSecret?.reveal()).toBe('s3cret');
    expect(terminal.lines).toEqual([
      '',
      'Successfully fetched token via client credentials grant.',
      `Target: ${uaa}`,
      'Context: boss, from client admin',
      'Stored in: keychain store',
      '',
    ]);
    expect(terminal.json).toEqual([
      {
        context: 'boss',
        uaa,
        identity: 'admin',
        clientId: 'admin',
        grant: 'client_credentials',
        store: 'keychain',
        scopes: ['scim.read', 'scim.write'],
        accessTokenExpiresAt: '2026-11-25T01:10:00Z',
      },
    ]);
  });

  test('warns about a secret on the command line, and does not print or store it', async () => {
    const { deps, savedLogins, terminal } = prepareTokenCommand();
    await getClientToken({ id: 'admin', secret: 's3cret' }, deps);
    expect(savedLogins[0]).toHaveProperty('clientSecret', undefined);
    // The first PKS command has to check the API.
    expect(savedLogins[0]).toHaveProperty('api', undefined);
    expect(terminal.warnings).toHaveLength(1);
    expect(JSON.stringify([terminal.warnings, terminal.lines, terminal.json])).not.toContain(
      's3cret',
    );
  });

  test('reads all values from the environment', async () => {
    const { deps, requests, steps } = prepareTokenCommand({
      env: { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 's3cret', TPKS_UAA_URL: uaa },
      settings: {},
    });
    await getClientToken({}, deps);
    expect(requests).toMatchObject([{ uaa, clientId: 'ci', clientSecret: 's3cret' }]);
    expect(steps).toEqual(['prepare', 'request', 'save']);
  });

  test('does not send the secret of one client for another', async () => {
    const { deps } = prepareTokenCommand({
      env: { TPKS_CLIENT_NAME: 'ci', TPKS_CLIENT_SECRET: 's3cret' },
    });
    await expect(getClientToken({ id: 'admin' }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('--secret-file'),
    });
  });

  test.each<Record<string, string>>([
    { TPKS_API: 'other.example.com' },
    { TPKS_UAA_URL: 'https://other.example.com:8443' },
  ])('does not send the secret of %j to the UAA of another context', async (variables) => {
    const env = { ...variables, TPKS_CONTEXT: 'here', TPKS_CLIENT_SECRET: 's3cret' };
    const { deps, requests } = prepareTokenCommand({
      env,
      settings: { contexts: { here: adminSettings } },
    });
    await expect(getClientToken({ id: 'admin' }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('TPKS_CLIENT_SECRET is meant for '),
    });
    expect(requests).toEqual([]);
  });

  test('shows that the session is stored in a file, as a warning with --json', async () => {
    const { deps, terminal } = prepareTokenCommand({
      env: { TPKS_CLIENT_SECRET: 's3cret' },
    });
    await getClientToken({ id: 'admin', store: 'file' }, deps);
    expect(terminal.lines).toContain('Stored in: file store');
    expect(terminal.warnings).toEqual([]);
    const withJson = prepareTokenCommand({
      env: { TPKS_CLIENT_SECRET: 's3cret' },
      wantsJson: true,
    });
    await getClientToken({ id: 'admin', store: 'file' }, withJson.deps);
    expect(withJson.terminal.warnings).toEqual(['the session is stored in a file store']);
  });
});

describe('uaa token owner get', () => {
  test('prompts in the order of uaac', async () => {
    const { deps, steps, requests, savedLogins, terminal } = prepareTokenCommand({
      terminalInput: {
        'Client ID: ': 'pks_cli',
        'Client secret: ': '',
        'User name: ': 'alana',
        'Password: ': 'alana-password',
      },
    });
    await getOwnerToken({}, deps);
    expect(steps).toEqual([
      'prepare',
      'Client ID: ',
      'Client secret: ',
      'User name: ',
      'Password: ',
      'request',
      'save',
    ]);
    expect(requests).toMatchObject([
      {
        clientId: 'pks_cli',
        clientSecret: '',
        grant: 'password',
        username: 'alana',
        password: 'alana-password',
      },
    ]);
    expect(savedLogins).toMatchObject([
      { identity: 'alana', grant: 'password', clientId: 'pks_cli' },
    ]);
    expect(terminal.lines).toContain('Successfully fetched token via owner password grant.');
  });

  test('does not send the password of one user for another', async () => {
    const { deps } = prepareTokenCommand({
      env: { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'cody-password' },
    });
    await expect(
      getOwnerToken({ client: 'pks_cli', user: 'alana', secret: '' }, deps),
    ).rejects.toMatchObject({ kind: 'usage' });
  });
});

const browserFlags = { browser: true, browserTimeout: 300 };
const codyToken = { accessToken: jwt({ user_name: 'cody', origin: 'ldap' }) };

describe('uaa token sso get', () => {
  test('prompts with the URL that shows the one-time code', async () => {
    const { deps, steps, requests, savedLogins, terminal } = prepareTokenCommand({
      token: codyToken,
      terminalInput: {
        'Client ID: ': 'pks_cli',
        'Client secret: ': '',
        [`Passcode ( from ${uaa}/passcode ): `]: 'aB3dE6gH9j',
      },
    });
    await getSsoToken({}, deps);
    expect(steps).toEqual([
      'prepare',
      'Client ID: ',
      'Client secret: ',
      `Passcode ( from ${uaa}/passcode ): `,
      'request',
      'save',
    ]);
    expect(requests).toMatchObject([
      { grant: 'passcode', passcode: 'aB3dE6gH9j', clientSecret: '' },
    ]);
    expect(savedLogins).toMatchObject([
      { identity: 'cody', grant: 'passcode', clientId: 'pks_cli' },
    ]);
    expect(terminal.lines).toContain('Successfully fetched token via owner passcode grant.');
  });

  test.each([
    ['--passcode', { passcode: 'aB3dE6gH9j' }, ''],
    ['--passcode -', { passcode: '-' }, 'aB3dE6gH9j\n'],
    ['a pipe', {}, 'aB3dE6gH9j\n'],
  ])('reads the code from %s', async (_source, flags, stdin) => {
    const { deps, requests } = prepareTokenCommand({ stdin, token: codyToken });
    await getSsoToken({ client: 'pks_cli', secret: '', ...flags }, deps);
    expect(requests).toMatchObject([{ passcode: 'aB3dE6gH9j' }]);
  });

  test('fails with the URL of the code if there is no code and it cannot prompt', async () => {
    const { deps } = prepareTokenCommand();
    await expect(getSsoToken({ client: 'pks_cli', secret: '' }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: `get a code at ${uaa}/passcode`,
    });
  });
});

describe('the identity of a new context', () => {
  const opaque = { accessToken: '0123456789abcdef0123456789abcdef' };
  const flags = { client: 'pks_cli', secret: '', passcode: 'x' } as const;

  test('is read from /userinfo if both tokens are opaque or missing', async () => {
    const { deps, savedLogins, requests } = prepareTokenCommand({
      token: opaque,
      userName: 'cody',
    });
    await getSsoToken({ ...flags, format: 'opaque' }, deps);
    expect(savedLogins).toMatchObject([{ identity: 'cody', tokenFormat: 'opaque' }]);
    expect(requests).toMatchObject([{ tokenFormat: 'opaque' }, opaque]);
  });
});

describe('uaa token authcode get', () => {
  test('logs in with the browser and saves the token', async () => {
    const { deps, steps, requests, savedLogins, terminal } = prepareTokenCommand({
      token: codyToken,
    });
    await getAuthcodeToken({ client: 'pks_cli', secret: '', ...browserFlags }, deps);
    expect(steps).toEqual(['prepare', 'request', 'save']);
    expect(requests).toMatchObject([
      {
        ...{ uaa, clientId: 'pks_cli', clientSecret: '', grant: 'authorization_code' },
        browser: {
          path: '/authcode',
          ports: [28443, 28444, 28445],
          timeoutSeconds: 300,
          canOpenBrowser: true,
        },
      },
    ]);
    expect(savedLogins).toMatchObject([{ identity: 'cody', grant: 'authorization_code' }]);
    expect(terminal.lines).toContain('Successfully fetched token via authorization code grant.');
  });

  test('listens on the port of --port and does not open a browser with --no-browser', async () => {
    const { deps, requests } = prepareTokenCommand({ token: codyToken });
    await getAuthcodeToken({ client: 'cli', port: 8080, browser: false, browserTimeout: 5 }, deps);
    expect(requests).toMatchObject([
      { browser: { ports: [8080], canOpenBrowser: false, timeoutSeconds: 5 } },
    ]);
  });
});

test('uaa token implicit get requests a token for the client cf by default', async () => {
  const { deps, requests, savedLogins } = prepareTokenCommand({ token: codyToken });
  await getImplicitToken({ ...browserFlags, scope: ['openid'] }, deps);
  expect(requests).toMatchObject([
    { clientId: 'cf', grant: 'implicit', browser: { path: '/callback' }, scope: 'openid' },
  ]);
  expect(savedLogins).toMatchObject([{ identity: 'cody', grant: 'implicit', clientId: 'cf' }]);
});

describe('uaa token get', () => {
  const prompts = {
    username: ['text', 'Email'],
    password: ['password', 'Kennwort'],
    passcode: ['password', 'Temporary Authentication Code'],
  } satisfies Record<string, [string, string]>;

  test('shows the prompts of the UAA in its order', async () => {
    const { deps, steps, requests, savedLogins } = prepareTokenCommand({
      prompts,
      token: codyToken,
      terminalInput: {
        'Email (api.example.com:8443): ': 'cody',
        'Kennwort (api.example.com:8443): ': 'pw-7',
        'Temporary Authentication Code (api.example.com:8443): ': '',
      },
    });
    await getPromptedToken({ credentials: [] }, deps);
    expect(steps).toEqual([
      'prepare',
      'Email (api.example.com:8443): ',
      'Kennwort (api.example.com:8443): ',
      'Temporary Authentication Code (api.example.com:8443): ',
      'request',
      'save',
    ]);
    expect(requests).toMatchObject([
      {
        clientId: 'cf',
        redirectUri: 'https://uaa.cloudfoundry.com/redirect/cf',
        promptValues: { username: 'cody', password: 'pw-7' },
      },
    ]);
    expect(savedLogins).toMatchObject([{ grant: 'implicit', identity: 'cody' }]);
  });

  test('reads the arguments in the order of the prompts and warns about the password', async () => {
    const { deps, requests, terminal } = prepareTokenCommand({ prompts, token: codyToken });
    await getPromptedToken(
      { credentials: ['cody', 'pw-7', 'code-7'], redirectUri: 'https://x' },
      deps,
    );
    expect(requests).toMatchObject([
      {
        redirectUri: 'https://x',
        promptValues: { username: 'cody', password: 'pw-7', passcode: 'code-7' },
      },
    ]);
    expect(terminal.warnings).toHaveLength(1);
  });

  test.each<[string, Parameters<typeof prepareTokenCommand>[0]]>([
    ['stdin', { stdin: 'pw-7\n' }],
    ['the environment', { env: { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw-7' } }],
  ])('reads the password from %s and skips the other prompts', async (source, setup) => {
    const { deps, requests } = prepareTokenCommand({ prompts, token: codyToken, ...setup });
    const flags = source === 'stdin' ? { passwordStdin: true as const } : {};
    await getPromptedToken({ credentials: source === 'stdin' ? ['cody'] : [], ...flags }, deps);
    expect(requests).toMatchObject([{ promptValues: { username: 'cody', password: 'pw-7' } }]);
    expect(requests[0]?.['promptValues']).not.toHaveProperty('passcode');
  });

  test('rejects more arguments than prompts', async () => {
    const { deps } = prepareTokenCommand({ prompts });
    await expect(
      getPromptedToken({ credentials: ['a', 'b', 'c', 'd'] }, deps),
    ).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('username, password, passcode'),
    });
  });
});

describe('uaa token refresh', () => {
  const context = aUserContext();
  const session = { ...aSession(), accessToken: 'old', refreshToken: 'refresh-1' };

  test('renews the token of the session', async () => {
    const { deps, steps, requests, terminal } = prepareTokenCommand({ context, session });
    await renewToken({}, deps);
    expect(steps).toEqual(['renew']);
    expect(requests).toEqual([{ rejected: 'old' }]);
    expect(terminal.lines).toContain('Successfully fetched token via refresh grant.');
  });

  test('sends the stored refresh token for other scopes and keeps the context', async () => {
    const { deps, requests, savedLogins } = prepareTokenCommand({ context, session });
    await renewToken({ scope: ['openid'] }, deps);
    expect(requests).toMatchObject([
      {
        grant: 'refresh_token',
        refreshToken: 'refresh-1',
        scope: 'openid',
        clientId: 'pks_cli',
        clientSecret: '',
      },
    ]);
    expect(savedLogins).toMatchObject([
      { name: 'cody@api.example.com', identity: 'cody', scope: 'openid', grant: 'password' },
    ]);
  });

  test('fails for a client context, which has no refresh token', async () => {
    const { deps, requests } = prepareTokenCommand({
      context: aClientContext({ name: 'admin' }),
      session: { ...aSession(), refreshToken: undefined },
    });
    await expect(renewToken({ scope: ['openid'] }, deps)).rejects.toMatchObject({
      kind: 'unauthenticated',
      hint: 'get a new token: tpks uaa token client get admin',
    });
    expect(requests).toEqual([]);
  });

  test('accepts a refresh token from stdin, or as an option with a warning', async () => {
    const refreshToken = jwt({ grant_type: 'authorization_code' });
    const piped = prepareTokenCommand({ stdin: `${refreshToken}\n`, token: codyToken });
    await renewToken({ refreshToken: '-', client: 'pks_cli', secret: '' }, piped.deps);
    expect(piped.requests).toMatchObject([{ grant: 'refresh_token', refreshToken }]);
    expect(piped.savedLogins).toMatchObject([{ grant: 'authorization_code', identity: 'cody' }]);
    const withOption = prepareTokenCommand({ token: codyToken });
    await renewToken({ refreshToken: 'opaque-r', client: 'pks_cli', secret: '' }, withOption.deps);
    expect(withOption.savedLogins).toMatchObject([{ grant: 'password' }]);
    expect(withOption.terminal.warnings.join()).toContain('use - to read it from stdin');
  });
});

import { describe, expect, test } from '@jest/globals';
import { getAuthcodeToken } from '../../../../src/commands/uaa/token/authcode-get.js';
import { getPromptedToken } from '../../../../src/commands/uaa/token/get.js';
import { getImplicitToken } from '../../../../src/commands/uaa/token/implicit-get.js';
import { renewToken } from '../../../../src/commands/uaa/token/refresh.js';
import { getSsoToken } from '../../../../src/commands/uaa/token/sso-get.js';
import { TpksError } from '../../../../src/errors.js';
import { jwt } from '../../../support/jwt.js';
import { machine, uaa } from './token-machine.js';
import { aClientContext, aSession, aUserContext } from '../../../support/fixtures.js';

const waiting = { browser: true, browserTimeout: 300 };
const ofCody = { accessToken: jwt({ user_name: 'cody', origin: 'ldap' }) };

describe('uaa token sso get', () => {
  test('asks for a code where the UAA shows one', async () => {
    const { deps, did, sent, saved, terminal } = machine({
      token: ofCody,
      answers: {
        'Client ID: ': 'pks_cli',
        'Client secret: ': '',
        [`Passcode ( from ${uaa}/passcode ): `]: 'aB3dE6gH9j',
      },
    });
    await getSsoToken({}, deps);
    expect(did).toEqual([
      'prepare',
      'Client ID: ',
      'Client secret: ',
      `Passcode ( from ${uaa}/passcode ): `,
      'request',
      'save',
    ]);
    expect(sent).toMatchObject([{ grant: 'passcode', passcode: 'aB3dE6gH9j', clientSecret: '' }]);
    expect(saved).toMatchObject([{ identity: 'cody', grant: 'passcode', clientId: 'pks_cli' }]);
    expect(terminal.lines).toContain('Successfully fetched token via owner passcode grant.');
  });

  test.each([
    ['--passcode', { passcode: 'aB3dE6gH9j' }, ''],
    ['--passcode -', { passcode: '-' }, 'aB3dE6gH9j\n'],
    ['a pipe', {}, 'aB3dE6gH9j\n'],
  ])('takes the code from %s', async (_where, flags, stdin) => {
    const { deps, sent } = machine({ stdin, token: ofCody });
    await getSsoToken({ client: 'pks_cli', secret: '', ...flags }, deps);
    expect(sent).toMatchObject([{ passcode: 'aB3dE6gH9j' }]);
  });

  test('without one, and nobody to ask, says where to get it', async () => {
    const { deps } = machine();
    await expect(getSsoToken({ client: 'pks_cli', secret: '' }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: `get one at ${uaa}/passcode, then use --passcode CODE or pipe it in`,
    });
  });

  test('a refused code says what may be wrong with it', async () => {
    const refusal = new TpksError('unauthenticated', 'Invalid passcode');
    const { deps } = machine({ refusal });
    const asked = getSsoToken({ client: 'pks_cli', secret: '', passcode: 'x' }, deps);
    await expect(asked).rejects.toMatchObject({
      message: 'Invalid passcode',
      hint: expect.stringContaining('works only once and expires after five minutes'),
    });
  });
});

describe('whose token it is', () => {
  const opaque = { accessToken: '0123456789abcdef0123456789abcdef' };
  const flags = { client: 'pks_cli', secret: '', passcode: 'x' } as const;

  test('an id token beside an opaque one tells', async () => {
    const { deps, saved, did } = machine({ token: { ...opaque, idToken: ofCody.accessToken } });
    await getSsoToken(flags, deps);
    expect(saved).toMatchObject([{ identity: 'cody' }]);
    expect(did).not.toContain('userinfo');
  });

  test('else the UAA is asked', async () => {
    const { deps, saved, sent } = machine({ token: opaque, userName: 'cody' });
    await getSsoToken({ ...flags, format: 'opaque' }, deps);
    expect(saved).toMatchObject([{ identity: 'cody', tokenFormat: 'opaque' }]);
    expect(sent).toMatchObject([{ tokenFormat: 'opaque' }, opaque]);
  });

  test('a token that may not ask is kept all the same', async () => {
    const { deps, saved } = machine({ token: opaque });
    await getSsoToken(flags, deps);
    expect(saved).toMatchObject([{ identity: 'unknown' }]);
  });
});

describe('uaa token authcode get', () => {
  test('sends a person to the browser and keeps what comes back', async () => {
    const { deps, did, sent, saved, terminal } = machine({ token: ofCody });
    await getAuthcodeToken({ client: 'pks_cli', secret: '', ...waiting }, deps);
    expect(did).toEqual(['prepare', 'request', 'save']);
    expect(sent).toMatchObject([
      {
        ...{ uaa, clientId: 'pks_cli', clientSecret: '', grant: 'authorization_code' },
        browser: {
          path: '/authcode',
          ports: [28443, 28444, 28445],
          limitSeconds: 300,
          opensBrowser: true,
        },
      },
    ]);
    expect(saved).toMatchObject([{ identity: 'cody', grant: 'authorization_code' }]);
    expect(terminal.lines).toContain('Successfully fetched token via authorization code grant.');
  });

  test('a client without a secret is a public one', async () => {
    const { deps, sent, saved, did } = machine({ token: ofCody });
    await getAuthcodeToken({ client: 'cli', ...waiting }, deps);
    expect(sent[0]).toHaveProperty('clientSecret', undefined);
    expect(saved).toMatchObject([{ isPublicClient: true }]);
    expect(did).not.toContain('Client secret: ');
  });

  test('takes the secret of the environment where it is meant for the client', async () => {
    const env = { TPKS_CLIENT_NAME: 'mine', TPKS_CLIENT_SECRET: 's3cret' };
    const mine = machine({ env, token: ofCody });
    await getAuthcodeToken(waiting, mine.deps);
    expect(mine.sent).toMatchObject([{ clientId: 'mine', clientSecret: 's3cret' }]);
    const other = machine({ env, token: ofCody });
    await getAuthcodeToken({ client: 'other', ...waiting }, other.deps);
    expect(other.sent[0]).toHaveProperty('clientSecret', undefined);
  });

  test('--port is the one that is listened on', async () => {
    const { deps, sent } = machine({ token: ofCody });
    await getAuthcodeToken({ client: 'cli', port: 8080, browser: false, browserTimeout: 5 }, deps);
    expect(sent).toMatchObject([
      { browser: { ports: [8080], opensBrowser: false, limitSeconds: 5 } },
    ]);
  });

  test('wants a person', async () => {
    const { deps, did } = machine({ interactive: false });
    await expect(getAuthcodeToken({ client: 'cli', ...waiting }, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('--non-interactive'),
    });
    expect(did).not.toContain('request');
  });

  test('a refused public client says that it may have an empty secret', async () => {
    const { deps } = machine({ refusal: new TpksError('unauthenticated', 'Bad credentials') });
    await expect(getAuthcodeToken({ client: 'pks_cli', ...waiting }, deps)).rejects.toMatchObject({
      hint: expect.stringContaining(`-s ''`),
    });
  });

  test('what the browser told is not told again', async () => {
    const denied = new TpksError('unauthenticated', 'The login was denied', { hint: 'Authorize' });
    const { deps } = machine({ refusal: denied });
    await expect(getAuthcodeToken({ client: 'cli', ...waiting }, deps)).rejects.toBe(denied);
  });
});

test('uaa token implicit get asks for the token itself, for cf where nobody is named', async () => {
  const { deps, sent, saved } = machine({ token: ofCody });
  await getImplicitToken({ ...waiting, scope: ['openid'] }, deps);
  expect(sent).toMatchObject([
    { clientId: 'cf', grant: 'implicit', browser: { path: '/callback' }, scope: 'openid' },
  ]);
  expect(saved).toMatchObject([{ identity: 'cody', grant: 'implicit', clientId: 'cf' }]);
});

describe('uaa token get', () => {
  const prompts = {
    username: ['text', 'Email'],
    password: ['password', 'Kennwort'],
    passcode: ['password', 'Temporary Authentication Code'],
  } satisfies Record<string, [string, string]>;

  test('asks what the UAA asks, in its order and its words', async () => {
    const { deps, did, sent, saved } = machine({
      prompts,
      token: ofCody,
      answers: { 'Email: ': 'cody', 'Kennwort: ': 'pw-7', 'Temporary Authentication Code: ': '' },
    });
    await getPromptedToken({ credentials: [] }, deps);
    expect(did).toEqual([
      'prepare',
      'Email: ',
      'Kennwort: ',
      'Temporary Authentication Code: ',
      'request',
      'save',
    ]);
    expect(sent).toMatchObject([
      {
        clientId: 'cf',
        redirectUri: 'https://uaa.cloudfoundry.com/redirect/cf',
        answers: { username: 'cody', password: 'pw-7' },
      },
    ]);
    expect(saved).toMatchObject([{ grant: 'implicit', identity: 'cody' }]);
  });

  test('takes arguments in that order, and warns of the password', async () => {
    const { deps, sent, terminal } = machine({ prompts, token: ofCody });
    await getPromptedToken(
      { credentials: ['cody', 'pw-7', 'code-7'], redirectUri: 'https://x' },
      deps,
    );
    expect(sent).toMatchObject([
      {
        redirectUri: 'https://x',
        answers: { username: 'cody', password: 'pw-7', passcode: 'code-7' },
      },
    ]);
    expect(terminal.warnings).toHaveLength(1);
  });

  test.each<[string, Parameters<typeof machine>[0]]>([
    ['stdin', { stdin: 'pw-7\n' }],
    ['the environment', { env: { TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pw-7' } }],
  ])('takes the password from %s, and nobody is asked for the rest', async (where, setup) => {
    const { deps, sent } = machine({ prompts, token: ofCody, ...setup });
    const flags = where === 'stdin' ? { passwordStdin: true as const } : {};
    await getPromptedToken({ credentials: where === 'stdin' ? ['cody'] : [], ...flags }, deps);
    expect(sent).toMatchObject([{ answers: { username: 'cody', password: 'pw-7' } }]);
    expect(sent[0]?.['answers']).not.toHaveProperty('passcode');
  });

  test('the password of one user is not sent for another', async () => {
    const env = { TPKS_USERNAME: 'alana', TPKS_PASSWORD: 'alana-password' };
    const { deps, sent } = machine({ prompts, env });
    await expect(getPromptedToken({ credentials: ['cody'] }, deps)).rejects.toMatchObject({
      kind: 'usage',
    });
    expect(sent).toEqual([]);
  });

  test('more answers than prompts are too many', async () => {
    const { deps } = machine({ prompts });
    await expect(
      getPromptedToken({ credentials: ['a', 'b', 'c', 'd'] }, deps),
    ).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.stringContaining('username, password, passcode'),
    });
  });

  test('a user’s name does not vanish from what is told', async () => {
    const { deps, terminal } = machine({ prompts, token: ofCody });
    await getPromptedToken({ credentials: ['cody', 'pw-7'] }, deps);
    expect(terminal.lines.join()).toContain('cody@api.example.com');
  });
});

describe('uaa token refresh', () => {
  const context = aUserContext();
  const session = { ...aSession(), accessToken: 'old', refreshToken: 'refresh-1' };

  test('lets the session renew itself', async () => {
    const { deps, did, sent, terminal } = machine({ context, session });
    await renewToken({}, deps);
    expect(did).toEqual(['renew']);
    expect(sent).toEqual([{ rejected: 'old' }]);
    expect(terminal.lines).toContain('Successfully fetched token via refresh grant.');
  });

  test('with other scopes sends the stored token, and keeps the context', async () => {
    const { deps, sent, saved } = machine({ context, session });
    await renewToken({ scope: ['openid'] }, deps);
    expect(sent).toMatchObject([
      {
        grant: 'refresh_token',
        refreshToken: 'refresh-1',
        scope: 'openid',
        clientId: 'pks_cli',
        clientSecret: '',
      },
    ]);
    expect(saved).toMatchObject([
      { name: 'cody@api.example.com', identity: 'cody', scope: 'openid', grant: 'password' },
    ]);
  });

  test('keeps a secret that was kept', async () => {
    const { deps, sent, saved } = machine({
      context: { ...context, clientId: 'my_app' },
      session: { ...session, clientSecret: 'saved' },
    });
    await renewToken({ format: 'opaque' }, deps);
    expect(sent).toMatchObject([{ clientSecret: 'saved', tokenFormat: 'opaque' }]);
    expect(saved[0]?.clientSecret?.reveal()).toBe('saved');
  });

  test('of a client has nothing to send', async () => {
    const { deps, sent } = machine({
      context: aClientContext({ name: 'admin' }),
      session: { ...aSession(), refreshToken: undefined },
    });
    await expect(renewToken({ scope: ['openid'] }, deps)).rejects.toMatchObject({
      kind: 'unauthenticated',
      hint: 'get a new token: tpks uaa token client get admin',
    });
    expect(sent).toEqual([]);
  });

  test('takes a refresh token from elsewhere, on stdin or with a warning', async () => {
    const refreshToken = jwt({ grant_type: 'authorization_code' });
    const piped = machine({ stdin: `${refreshToken}\n`, token: ofCody });
    await renewToken({ refreshToken: '-', client: 'pks_cli', secret: '' }, piped.deps);
    expect(piped.sent).toMatchObject([{ grant: 'refresh_token', refreshToken }]);
    expect(piped.saved).toMatchObject([{ grant: 'authorization_code', identity: 'cody' }]);
    const typed = machine({ token: ofCody });
    await renewToken({ refreshToken: 'opaque-r', client: 'pks_cli', secret: '' }, typed.deps);
    expect(typed.saved).toMatchObject([{ grant: 'password' }]);
    expect(typed.terminal.warnings.join()).toContain('use - to read it from stdin');
  });

  test('stdin cannot be both secrets', async () => {
    const { deps, did } = machine({ stdin: 'x' });
    await expect(
      renewToken({ refreshToken: '-', client: 'c', secretFile: '-' }, deps),
    ).rejects.toMatchObject({ kind: 'usage' });
    expect(did).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import type { BrowserOptions } from '../../../../src/domain/auth/browser-login.js';
import {
  explainLoginError,
  explainTokenError,
  type RejectedRequest,
} from '../../../../src/domain/auth/login-errors.js';
import type { NewLogin } from '../../../../src/domain/auth/login-store.js';
import {
  createLogins,
  type LoginOptions,
  type LoginRequest,
} from '../../../../src/domain/auth/login.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import type { ContextSettings } from '../../../../src/platform/config/settings.js';
import { codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const token: Token = {
  accessToken: new Secret(jwt({ user_name: 'cody', origin: 'ldap' })),
  scope: 'openid',
  lifetimeSeconds: 600,
  issuedAt: new Date('2026-11-25T10:00:00Z'),
  clockOffsetSeconds: 0,
};
const { api, uaa } = codySettings;
const options: LoginOptions = {
  target: { api, uaa, skipTlsVerification: false },
  role: 'pks',
};
const asCody: LoginRequest = {
  clientId: 'pks_cli',
  clientSecret: new Secret(''),
  grant: { kind: 'password', username: 'CODY', password: new Secret('pw') },
};
const asRobot: LoginRequest = {
  clientId: 'robot',
  clientSecret: new Secret('s3cret'),
  grant: { kind: 'client_credentials' },
};

interface Setup {
  readonly token?: Partial<Token>;
  /** The error if the API rejects the token. */
  readonly probeError?: TpksError;
  /** The context that the login renews. */
  readonly renewed?: ContextSettings;
  readonly options?: Partial<LoginOptions>;
}

/** Creates a login that records what it stores and in which order. */
function createTestLogin(setup: Setup = {}) {
  const saved: NewLogin[] = [];
  const steps: string[] = [];
  const { start } = createLogins({
    store: {
      keysFolder: '/keys',
      find: async () => setup.renewed,
      selectStore: () => Promise.resolve('file'),
      describe: () => 'a file',
      test: async () => void steps.push('test'),
      save: async (login) => {
        steps.push('save');
        saved.push(login);
        return { name: 'cody@a', context: codySettings };
      },
    },
    requestToken: async () => {
      steps.push('request');
      return { ...token, ...setup.token };
    },
    probe: async (_target, { identity, isClient }) => {
      steps.push(`probe as ${isClient ? 'client' : 'user'} ${identity}`);
      if (setup.probeError !== undefined) throw setup.probeError;
    },
    isUaa: () => Promise.resolve(true),
    requestUserName: () => Promise.reject(new Error('the UAA is not needed for the name')),
    writePksCredsCopy: async () => undefined,
    wantsJson: () => false,
    warn: () => undefined,
  });
  const login = async (request: LoginRequest) =>
    (await start({ ...options, ...setup.options })).finish(request);
  return { login, saved, steps };
}

describe('a login at a PKS API', () => {
  test('is stored after the API has accepted the token', async () => {
    const { login, saved, steps } = createTestLogin();
    expect(await login(asCody)).toMatchObject({ name: 'cody@a', storeDescription: 'a file' });
    expect(steps).toEqual(['test', 'request', 'probe as user cody', 'save']);
    expect(saved).toMatchObject([{ api, uaa, grant: 'password', role: 'pks' }]);
  });

  test('fails with the message of the original CLI if the API rejects the token', async () => {
    const probeError = new TpksError('unauthenticated', 'rejected', { status: 401 });
    const { login, steps } = createTestLogin({ probeError });
    await expect(login(asCody)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'Credentials were rejected, please try again.',
      hint: expect.stringContaining(`check that ${uaa} is its UAA`),
    });
    expect(steps).not.toContain('save');
  });
});

test('a context is renewed only by its user, not by a user with the same name at another provider', async () => {
  const { login, saved } = createTestLogin({
    options: { renewedContext: 'work' },
    renewed: codySettings,
  });
  await expect(login(asCody)).rejects.toMatchObject({
    kind: 'usage',
    message:
      'Context work belongs to cody (uaa), but cody (ldap) has logged in: nothing was stored',
  });
  expect(saved).toEqual([]);
});

test('a token for uaa commands does not need a PKS API', async () => {
  const { login, steps, saved } = createTestLogin({ options: { role: 'uaa' } });
  await login(asRobot);
  expect(steps).toEqual(['test', 'request', 'save']);
  expect(saved).toMatchObject([{ role: 'uaa', identity: 'robot' }]);
});

describe('the identity is', () => {
  test('the username as the UAA spells it', async () => {
    const { login, saved } = createTestLogin();
    await login(asCody);
    expect(saved).toMatchObject([{ identity: 'cody' }]);
  });

  test('the username as it was typed if the token is opaque', async () => {
    const { login, saved } = createTestLogin({ token: { accessToken: new Secret('opaque') } });
    await login(asCody);
    expect(saved).toMatchObject([{ identity: 'CODY' }]);
  });

  test('the client, no matter what its token contains', async () => {
    const { login, saved } = createTestLogin();
    await login(asRobot);
    expect(saved).toMatchObject([{ identity: 'robot' }]);
  });
});

describe('errors of a login', () => {
  const uaa = 'https://uaa.example.com:8443';
  const client = {
    uaa,
    clientId: 'pks_cli',
    clientSecret: new Secret(''),
    skipTlsVerification: false,
  };
  const user: RejectedRequest = {
    client,
    api: 'https://api.example.com:9021',
    grant: { kind: 'password', username: 'dana', password: new Secret('') },
    scope: undefined,
  };
  const robot: RejectedRequest = {
    ...user,
    client: { ...client, clientId: 'robot' },
    grant: { kind: 'client_credentials' },
  };
  const passcode: RejectedRequest = {
    ...user,
    grant: { kind: 'passcode', passcode: new Secret('code') },
  };
  const browser: BrowserOptions = {
    ...{
      ports: [0],
      path: '/',
      timeoutSeconds: 1,
      canOpenBrowser: false,
      browserlessCommand: 'tpks',
    },
  };
  const locked = 'Your account has been locked because of too many failed attempts to login.';
  const wrongProvider = "Client is not authorized for specified user's identity provider.";
  const noProvider =
    'The client is not authorized for any identity provider that supports password grant.';
  const missingGroup = "User does not meet the client's required group criteria.";
  const notAllowed = '[x.y] is invalid. This user is not allowed any of the requested scopes';

  describe('explainTokenError adds a hint', () => {
    test.each<[string, string, RejectedRequest, string]>([
      ['unauthorized', locked, user, 'tpks uaa user unlock dana'],
      ['unauthorized', locked, passcode, 'tpks uaa user unlock NAME'],
      [
        'unauthorized',
        'Bad credentials',
        user,
        'check the username dana and its password, the client pks_cli and its secret',
      ],
      [
        'unauthorized',
        'Invalid passcode',
        passcode,
        'works only once and expires after five minutes',
      ],
      ['invalid_client', 'Unauthorized grant type: client_credentials', robot, 'client get robot'],
      [
        'invalid_scope',
        'Invalid scope: x.y',
        robot,
        'omit --scope to request all scopes that robot has',
      ],
      ['invalid_scope', notAllowed, { ...user, scope: 'x.y' }, 'tpks uaa member add x.y dana'],
      ['unauthorized', wrongProvider, user, 'only users of its allowedproviders'],
      ['unauthorized', noProvider, user, 'only users of its allowedproviders'],
      ['invalid_scope', missingGroup, user, 'in all of its required_user_groups'],
      ['invalid_scope', notAllowed, user, 'the user has none of the scopes of the client pks_cli'],
    ])('to %s: %s', (oauthError, message, request, hint) => {
      const kind = oauthError === 'invalid_scope' ? 'failed' : 'unauthenticated';
      const error = new TpksError(kind, message, { status: 401, oauthError });
      expect(explainTokenError(error, request)).toMatchObject({
        ...{ kind, message, status: 401, oauthError },
        hint: expect.stringContaining(hint),
      });
    });

    test.each([
      ['implicit', 'the client pks_cli, and that https://uaa.example.com:8443 is the right target'],
      ['authorization_code', "that the client pks_cli has no secret (for an empty secret: -s '')"],
    ] as const)('to a rejected request with the grant %s and without a secret', (kind, hint) => {
      const error = new TpksError('unauthenticated', 'Bad credentials', { status: 401 });
      const request = {
        ...user,
        client: { ...client, clientSecret: undefined },
        grant: { kind, browser },
      };
      expect(explainTokenError(error, request)).toMatchObject({
        hint: expect.stringContaining(hint),
      });
    });
  });

  describe('a rejected login', () => {
    test.each<[string, RejectedRequest, string, string]>([
      [
        'Bad credentials',
        user,
        '',
        'tpks login -a https://api.example.com:9021 --uaa-url https://uaa.example.com:8443 --sso',
      ],
      [
        'No such user',
        user,
        ' (No such user)',
        'check the username dana and its password at uaa.example.com:8443',
      ],
      [locked, user, ` (${locked})`, 'tpks uaa user unlock dana'],
      [noProvider, user, ` (${noProvider})`, 'the client pks_cli accepts only users of its allow'],
      ['Bad credentials', robot, '', 'check the client robot and its secret at '],
      [
        'Invalid passcode',
        passcode,
        ' (Invalid passcode)',
        `expires after five minutes (${uaa}/passcode)`,
      ],
    ])(
      '(%s) is reported with the message of the original CLI',
      (message, request, suffix, hint) => {
        const error = new TpksError('unauthenticated', message, { status: 401 });
        expect(explainLoginError(error, request)).toMatchObject({
          message: `Credentials were rejected, please try again.${suffix}`,
          hint: expect.stringContaining(hint),
        });
      },
    );
  });
});

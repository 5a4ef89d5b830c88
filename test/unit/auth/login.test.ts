import { describe, expect, test } from '@jest/globals';
import { createLogins, type LoginOptions, type LoginRequest } from '../../../src/auth/login.js';
import type { NewLogin } from '../../../src/auth/login-store.js';
import type { Token } from '../../../src/auth/token.js';
import { TpksError } from '../../../src/errors.js';
import { Secret } from '../../../src/secret.js';
import { codySettings } from '../../support/fixtures/fixtures.js';
import { jwt } from '../../support/fixtures/jwt.js';

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
  readonly options?: Partial<LoginOptions>;
}

/** Creates a login that records what it stores and in which order. */
function createTestLogin(setup: Setup = {}) {
  const saved: NewLogin[] = [];
  const steps: string[] = [];
  const { start } = createLogins({
    store: {
      find: async () => undefined,
      selectStore: () => 'file',
      describe: () => 'a file',
      prepare: async () => {
        steps.push('prepare');
        return {
          save: async (login) => {
            steps.push('save');
            saved.push(login);
            return { name: 'cody@a', context: codySettings };
          },
        };
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
    expect(steps).toEqual(['prepare', 'request', 'probe as user cody', 'save']);
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

  test('fails with the error of the API in all other cases', async () => {
    const probeError = new TpksError('forbidden', 'no scope', { status: 403 });
    const { login, saved } = createTestLogin({ probeError });
    await expect(login(asCody)).rejects.toBe(probeError);
    expect(saved).toEqual([]);
  });
});

test('a token for uaa commands does not need a PKS API', async () => {
  const { login, steps, saved } = createTestLogin({ options: { role: 'uaa' } });
  await login(asRobot);
  expect(steps).toEqual(['prepare', 'request', 'save']);
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

test('the secret of a client is stored only on request', async () => {
  const { login, saved } = createTestLogin();
  await login(asRobot);
  await login({ ...asRobot, saveSecret: true });
  expect(saved.map(({ clientSecret }) => clientSecret?.reveal())).toEqual([undefined, 's3cret']);
});

import { describe, expect, test } from '@jest/globals';
import { createLogins, type LoginOptions, type LoginRequest } from '../../../src/auth/login.js';
import type { NewLogin } from '../../../src/auth/login-store.js';
import type { Token } from '../../../src/auth/token.js';
import { TpksError } from '../../../src/errors.js';
import { Secret } from '../../../src/secret.js';
import { codySettings } from '../../support/fixtures.js';
import { jwt } from '../../support/jwt.js';

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
  pointer: 'current',
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
  /** Why the API does not accept the token. */
  readonly probeError?: TpksError;
  readonly options?: Partial<LoginOptions>;
}

/** Logs in, and records what was stored and in which order. */
function machine(setup: Setup = {}) {
  const saved: NewLogin[] = [];
  const did: string[] = [];
  const { start } = createLogins({
    store: {
      find: async () => undefined,
      selectStore: () => 'file',
      describe: () => 'a file',
      prepare: async () => {
        did.push('prepare');
        return {
          save: async (login) => {
            did.push('save');
            saved.push(login);
            return { name: 'cody@a', context: codySettings };
          },
        };
      },
    },
    requestToken: async () => {
      did.push('request');
      return { ...token, ...setup.token };
    },
    probe: async (_target, { identity, isClient }) => {
      did.push(`probe as ${isClient ? 'client' : 'user'} ${identity}`);
      if (setup.probeError !== undefined) throw setup.probeError;
    },
    userName: () => Promise.reject(new Error('the UAA is not needed for the name')),
    wantsJson: () => false,
    warn: () => undefined,
  });
  const login = async (request: LoginRequest) =>
    (await start({ ...options, ...setup.options })).finish(request);
  return { login, saved, did };
}

describe('a login at a PKS API', () => {
  test('is stored after the API has accepted the token', async () => {
    const { login, saved, did } = machine();
    expect(await login(asCody)).toMatchObject({ name: 'cody@a', storeDescription: 'a file' });
    expect(did).toEqual(['prepare', 'request', 'probe as user cody', 'save']);
    expect(saved).toMatchObject([{ api, uaa, grant: 'password', pointer: 'current' }]);
  });

  test('is rejected in the words of the original if the API rejects the token', async () => {
    const probeError = new TpksError('unauthenticated', 'rejected', { status: 401 });
    const { login, did } = machine({ probeError });
    await expect(login(asCody)).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'Credentials were rejected, please try again.',
      hint: expect.stringContaining(`check that ${uaa} is its UAA`),
    });
    expect(did).not.toContain('save');
  });

  test('fails as the probe does for any other reason', async () => {
    const probeError = new TpksError('forbidden', 'no scope', { status: 403 });
    const { login, saved } = machine({ probeError });
    await expect(login(asCody)).rejects.toBe(probeError);
    expect(saved).toEqual([]);
  });
});

test('a token for uaa commands does not need a PKS API', async () => {
  const { login, did, saved } = machine({ options: { pointer: 'currentUaa' } });
  await login(asRobot);
  expect(did).toEqual(['prepare', 'request', 'save']);
  expect(saved).toMatchObject([{ pointer: 'currentUaa', identity: 'robot' }]);
});

describe('the identity is', () => {
  test('the user name as the UAA spells it', async () => {
    const { login, saved } = machine();
    await login(asCody);
    expect(saved).toMatchObject([{ identity: 'cody' }]);
  });

  test('the user name as it was typed if the token is opaque', async () => {
    const { login, saved } = machine({ token: { accessToken: new Secret('opaque') } });
    await login(asCody);
    expect(saved).toMatchObject([{ identity: 'CODY' }]);
  });

  test('the client, whatever its token says', async () => {
    const { login, saved } = machine();
    await login(asRobot);
    expect(saved).toMatchObject([{ identity: 'robot' }]);
  });
});

test('the secret of a client is stored only on request', async () => {
  const { login, saved } = machine();
  await login(asRobot);
  await login({ ...asRobot, saveSecret: true });
  expect(saved.map(({ clientSecret }) => clientSecret?.reveal())).toEqual([undefined, 's3cret']);
});

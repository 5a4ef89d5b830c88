import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import {
  logInWithBrowser,
  type BrowserLogin,
  type BrowserLoginDeps,
} from '../../../../src/domain/auth/browser-login.js';
import type { AuthorizationResponse, Outcome } from '../../../../src/domain/auth/loopback.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { jwt } from '../../../support/fixtures/jwt.js';

const uaa = 'https://api.example.com:8443';
const redirectUri = 'http://localhost:28443/authcode';

const input: BrowserLogin = {
  uaa,
  clientId: 'pks_cli',
  responseType: 'code',
  ports: [28443],
  path: '/authcode',
  timeoutSeconds: 300,
  canOpenBrowser: true,
  browserlessCommand: 'tpks login --sso',
};

interface Setup {
  /** The response of the UAA to the preflight request. */
  readonly preflight?: FakeResponse;
  /** Creates the response of the browser from the request parameters; `undefined`: no response. */
  readonly respond?: (parameters: URLSearchParams) => Record<string, string>;
  readonly isBrowserOpened?: boolean;
  /** Runs before the listener starts. */
  readonly beforeListen?: () => Promise<void>;
  readonly token?: (nonce: string) => Promise<Token>;
}

const token = (nonce: string): Token => ({
  accessToken: new Secret('access'),
  idToken: new Secret(jwt({ nonce, user_name: 'cody' })),
  scope: 'openid',
  lifetimeSeconds: 600,
  issuedAt: new Date(0),
  clockOffsetSeconds: 0,
});

/** Creates a login that records its notes, requests and results. */
function createLogin({
  preflight = { status: 302 },
  respond,
  isBrowserOpened = true,
  ...rest
}: Setup = {}) {
  const { send, requests } = fakeSend(preflight);
  const opened: string[] = [];
  const notes: string[] = [];
  const redeemed: unknown[] = [];
  const outcomes: Outcome[] = [];
  const listening: unknown[] = [];
  let closed = 0;
  let deliver: (response: AuthorizationResponse) => void = () => undefined;
  const requestParameters = () => new URLSearchParams(new URL(notes[1] ?? '').search);
  const deps: BrowserLoginDeps = {
    send,
    clock: {
      ...fixedClock(),
      // The login times out immediately, unless the test provides a response.
      sleep: (milliseconds) =>
        respond === undefined && milliseconds === 300_000
          ? Promise.resolve()
          : new Promise(() => undefined),
    },
    note: (text) => {
      notes.push(text);
      if (text.startsWith('Waiting') && respond !== undefined) {
        deliver({
          parameters: new URLSearchParams(respond(requestParameters())),
          reply: async (outcome) => void outcomes.push(outcome),
        });
      }
    },
    openBrowser: async (url) => {
      opened.push(url);
      return isBrowserOpened;
    },
    listen: async (options) => {
      await rest.beforeListen?.();
      listening.push(options);
      return {
        redirectUri,
        response: new Promise((resolve) => (deliver = resolve)),
        close: async () => void (closed += 1),
      };
    },
    grants: {
      authorizationCode: ({ code, codeVerifier, ...input }) => {
        redeemed.push({ code: code.reveal(), verifier: codeVerifier.reveal(), ...input });
        const nonce = requestParameters().get('nonce') ?? '';
        return rest.token === undefined ? Promise.resolve(token(nonce)) : rest.token(nonce);
      },
    },
  };
  return {
    login: (changes: Partial<BrowserLogin> = {}) =>
      logInWithBrowser({ ...input, ...changes }, deps),
    ...{ requests, opened, notes, redeemed, outcomes, listening },
    closed: () => closed,
  };
}

const withState = (parameters: URLSearchParams) => ({ state: parameters.get('state') ?? '' });

describe('before the browser is opened', () => {
  test('the redirect URI is checked with a request that needs no login', async () => {
    const { login, requests, listening } = createLogin();
    await expect(login()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(requests).toHaveLength(1);
    const { method, url, headers } = requests[0]!;
    expect(method).toBe('GET');
    const requestUrl = new URL(url);
    const state = requestUrl.searchParams.get('state');
    expect(listening).toEqual([{ ports: [28443], path: '/authcode', isInFragment: false, state }]);
    expect(requestUrl.pathname).toBe('/oauth/authorize');
    expect(Object.fromEntries(requestUrl.searchParams)).toMatchObject({
      prompt: 'none',
      client_id: 'pks_cli',
      redirect_uri: redirectUri,
    });
    expect(headers).not.toHaveProperty('authorization');
  });

  test.each([200, 302, 401, 404, 500])(
    'HTTP %i means that the redirect URI is allowed',
    async (status) => {
      const { login, notes } = createLogin({ preflight: { status } });
      await expect(login()).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(notes).toContain('Log in with your browser at:');
    },
  );

  test('the error for a port that is in use has a hint for a login without a port', async () => {
    const taken = new TpksError('failed', 'Port 28443 is in use', {
      hint: 'stop the program that uses it',
    });
    const { login } = createLogin({ beforeListen: () => Promise.reject(taken) });
    await expect(login()).rejects.toMatchObject({
      kind: 'failed',
      message: 'Port 28443 is in use',
      hint: 'stop the program that uses it\nor log in without a browser on this machine: tpks login --sso',
    });
  });
});

describe('a login with a code', () => {
  test('rejects tokens of another login', async () => {
    const { login } = createLogin({
      respond: (parameters) => ({ ...withState(parameters), code: 'a-code' }),
      token: async () => token('another nonce'),
    });
    await expect(login()).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('does not belong to this login'),
    });
  });
});

describe('a login with the token in the response', () => {
  const implicit = { ...input, responseType: 'token', scope: 'openid' } as const;
  const access = (nonce: unknown) => jwt({ user_name: 'cody', nonce, iat: 1000, exp: 1600 });

  test.each<[string, (parameters: URLSearchParams) => Record<string, string>]>([
    ['another nonce', (parameters) => ({ ...withState(parameters), access_token: access('x') })],
    [
      'an id token with another nonce',
      (parameters) => ({ ...withState(parameters), access_token: 'opaque', id_token: access('x') }),
    ],
  ])('rejects a response with %s', async (_name, respond) => {
    const { login, outcomes } = createLogin({ respond });
    await expect(login(implicit)).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
    expect(outcomes).toMatchObject([{ isSuccess: false }]);
  });
});

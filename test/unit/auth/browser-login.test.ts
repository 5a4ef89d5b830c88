import { describe, expect, test } from '@jest/globals';
import {
  createBrowserLogin,
  type BrowserLoginDeps,
  type BrowserLoginInput,
} from '../../../src/auth/browser-login.js';
import type { Outcome } from '../../../src/auth/browser/loopback-page.js';
import type { AuthorizationResponse } from '../../../src/auth/browser/loopback.js';
import type { Token } from '../../../src/auth/token.js';
import { TpksError } from '../../../src/errors.js';
import { fakeSend, type FakeAnswer } from '../../support/fake-send.js';
import { fixedClock } from '../../support/fixed-clock.js';
import { jwt } from '../../support/jwt.js';
import { plain } from '../../support/plain-tokens.js';
import { Secret } from '../../../src/secret.js';

const uaa = 'https://api.example.com:8443';
const redirectUri = 'http://localhost:28443/authcode';

const overSsh =
  'If the browser is on another machine, first run there: ssh -L 28443:localhost:28443 THIS_HOST';

const input: BrowserLoginInput = {
  clientId: 'pks_cli',
  responseType: 'code',
  ports: [28443],
  path: '/authcode',
  timeoutSeconds: 300,
  canOpenBrowser: true,
  browserlessCommand: 'tpks login --sso',
};

interface Setup {
  /** Of the UAA, when it is asked whether it would come back. */
  readonly preflight?: FakeAnswer;
  /** What the browser brings, given the parameters that it was sent with; nothing if absent. */
  readonly answer?: (asked: URLSearchParams) => Record<string, string>;
  readonly opens?: boolean;
  /** Comes before the listener. */
  readonly listens?: () => Promise<void>;
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

/** A login, what it told, and what became of browser and listener. */
function machine({ preflight = { status: 302 }, answer, opens = true, ...more }: Setup = {}) {
  const { send, requests } = fakeSend(preflight);
  const opened: string[] = [];
  const notes: string[] = [];
  const redeemed: unknown[] = [];
  const outcomes: Outcome[] = [];
  const listening: unknown[] = [];
  let closed = 0;
  let bring: (answer: AuthorizationResponse) => void = () => undefined;
  const asked = () => new URLSearchParams(new URL(notes[1] ?? '').search);
  const deps: BrowserLoginDeps = {
    send,
    uaa,
    clock: {
      ...fixedClock(),
      // Nobody waits in a test; with an answer there is nothing to wait for.
      sleep: (milliseconds) =>
        answer === undefined && milliseconds === 300_000
          ? Promise.resolve()
          : new Promise(() => undefined),
    },
    note: (text) => {
      notes.push(text);
      if (text.startsWith('Waiting') && answer !== undefined) {
        bring({
          parameters: new URLSearchParams(answer(asked())),
          reply: async (outcome) => void outcomes.push(outcome),
        });
      }
    },
    openBrowser: async (url) => {
      opened.push(url);
      return opens;
    },
    listen: async (options) => {
      await more.listens?.();
      listening.push(options);
      return {
        redirectUri,
        response: new Promise((resolve) => (bring = resolve)),
        close: async () => void (closed += 1),
      };
    },
    grants: async () => ({
      authorizationCode: ({ code, codeVerifier, ...rest }) => {
        redeemed.push({ code: code.reveal(), verifier: codeVerifier.reveal(), ...rest });
        const nonce = asked().get('nonce') ?? '';
        return more.token === undefined ? Promise.resolve(token(nonce)) : more.token(nonce);
      },
    }),
  };
  return {
    login: createBrowserLogin(deps),
    ...{ requests, opened, notes, redeemed, outcomes, listening },
    closed: () => closed,
  };
}

const state = (asked: URLSearchParams) => ({ state: asked.get('state') ?? '' });

describe('before anybody is sent anywhere', () => {
  test('the UAA is asked whether it would come back, without a login', async () => {
    const { login, requests, listening } = machine();
    expect(await login.start(input)).toMatchObject({ isRedirectAllowed: true, redirectUri });
    expect(listening).toEqual([{ ports: [28443], path: '/authcode', isInFragment: false }]);
    expect(requests).toHaveLength(1);
    const { method, url, headers } = requests[0]!;
    expect(method).toBe('GET');
    const asked = new URL(url);
    expect(asked.pathname).toBe('/oauth/authorize');
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      prompt: 'none',
      client_id: 'pks_cli',
      redirect_uri: redirectUri,
    });
    expect(headers).not.toHaveProperty('authorization');
  });

  test('a UAA that would not is told, and nobody is bothered', async () => {
    const { login, opened, notes, closed } = machine({ preflight: { status: 400 } });
    const pending = await login.start(input);
    expect(pending.isRedirectAllowed).toBe(false);
    await pending.cancel();
    expect([opened, notes, closed()]).toEqual([[], [], 1]);
  });

  test.each([200, 302, 401, 404, 500])('HTTP %i says nothing about it', async (status) => {
    const { login } = machine({ preflight: { status } });
    expect((await login.start(input)).isRedirectAllowed).toBe(true);
  });

  test('where no port is free, what needs none is told', async () => {
    const taken = new TpksError('failed', 'Port 28443 is taken', {
      hint: 'end what listens there',
    });
    const { login } = machine({ listens: () => Promise.reject(taken) });
    await expect(login.start(input)).rejects.toMatchObject({
      kind: 'failed',
      message: 'Port 28443 is taken',
      hint: 'end what listens there\nor log in without a browser on this machine: tpks login --sso',
    });
  });

  test('a UAA that cannot be reached ends it, and the listener', async () => {
    const error = new TpksError('untrusted', 'unknown CA');
    const { login, closed } = machine({ preflight: { error } });
    await expect(login.start(input)).rejects.toBe(error);
    expect(closed()).toBe(1);
  });
});

describe('with a code', () => {
  const begun = async (setup: Setup, changes: Partial<BrowserLoginInput> = {}) => {
    const made = machine(setup);
    return { ...made, pending: await made.login.start({ ...input, ...changes }) };
  };

  test('the token comes, the page says so, the listener ends', async () => {
    const { pending, opened, notes, redeemed, outcomes, closed } = await begun({
      answer: (asked) => ({ ...state(asked), code: 'q7f2XaoBfo' }),
    });
    expect(plain(await pending.waitForToken())).toMatchObject({ accessToken: 'access' });
    expect(redeemed).toEqual([
      { code: 'q7f2XaoBfo', redirectUri, verifier: expect.stringMatching(/^[\w-]{43}$/) },
    ]);
    expect(opened).toEqual([notes[1]]);
    expect(outcomes).toMatchObject([{ isSuccess: true, title: 'Logged in to the UAA' }]);
    expect(closed()).toBe(1);
  });

  test.each<[string, (asked: URLSearchParams) => Record<string, string>]>([
    ['a denial', (asked) => ({ ...state(asked), error: 'access_denied' })],
    ['a wrong state', () => ({ state: 'somebody-else’s', code: 'c' })],
  ])('%s ends it, and the page says so', async (_what, answer) => {
    const { pending, redeemed, outcomes, closed } = await begun({ answer });
    await expect(pending.waitForToken()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(redeemed).toEqual([]);
    expect(outcomes).toMatchObject([
      {
        isSuccess: false,
        title: 'Login failed',
        text: expect.stringMatching(/[^.]\. See the terminal for what to do next\.$/),
      },
    ]);
    expect(closed()).toBe(1);
  });

  test('a code that the UAA does not redeem ends it, and the page says so', async () => {
    const refused = new TpksError('unauthenticated', 'Invalid authorization code: q7f2XaoBfo');
    const { pending, outcomes } = await begun({
      answer: (asked) => ({ ...state(asked), code: 'q7f2XaoBfo' }),
      token: () => Promise.reject(refused),
    });
    await expect(pending.waitForToken()).rejects.toBe(refused);
    expect(outcomes).toMatchObject([
      { isSuccess: false, text: expect.stringContaining('authorization code') },
    ]);
    // The code is a secret, used or not.
    expect(outcomes[0]?.text).not.toContain('q7f2XaoBfo');
  });

  test('tokens of another login are refused', async () => {
    const { pending } = await begun({
      answer: (asked) => ({ ...state(asked), code: 'a-code' }),
      token: async () => token('another nonce'),
    });
    await expect(pending.waitForToken()).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('does not belong to this login'),
    });
  });

  test('no answer within the limit ends it', async () => {
    const { pending, closed } = await begun({});
    await expect(pending.waitForToken()).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'The browser login at api.example.com:8443 was not finished within 300 s',
      hint:
        'run the command again, if necessary with a longer --browser-timeout SECONDS\n' +
        'or log in without a browser on this machine: tpks login --sso',
    });
    expect(closed()).toBe(1);
  });

  test('without a browser the address is told, and it goes on waiting', async () => {
    const { pending, notes } = await begun({ opens: false });
    await expect(pending.waitForToken()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(notes).toEqual([
      'Log in with your browser at:',
      expect.stringMatching(
        /^https:\/\/api\.example\.com:8443\/oauth\/authorize\?client_id=pks_cli&/,
      ),
      `Waiting for the response at ${redirectUri} ...`,
      'Could not open a browser: open the address above yourself.',
      overSsh,
    ]);
  });

  test('--no-browser opens none', async () => {
    const { pending, opened, notes } = await begun({}, { canOpenBrowser: false });
    await expect(pending.waitForToken()).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(opened).toEqual([]);
    expect(notes.slice(3)).toEqual([overSsh]);
  });
});

describe('with the token in the answer', () => {
  const implicit = { ...input, responseType: 'token', scope: 'openid' } as const;
  const access = (nonce: unknown) => jwt({ user_name: 'cody', nonce, iat: 1000, exp: 1600 });

  test('it is taken as it came', async () => {
    const { login, redeemed, listening } = machine({
      answer: (asked) => ({
        ...state(asked),
        access_token: access(asked.get('nonce')),
        expires_in: '599',
        token_type: 'bearer',
      }),
    });
    const got = await (await login.start(implicit)).waitForToken();
    expect(got).toMatchObject({ scope: 'openid', lifetimeSeconds: 599, refreshToken: undefined });
    expect(redeemed).toEqual([]);
    expect(listening).toMatchObject([{ isInFragment: true }]);
  });

  test.each<[string, (asked: URLSearchParams) => Record<string, string>]>([
    ['of another state', () => ({ state: 'x', access_token: access(undefined) })],
    ['of another nonce', (asked) => ({ ...state(asked), access_token: access('x') })],
    [
      'with an id token of another nonce',
      (asked) => ({ ...state(asked), access_token: 'opaque', id_token: access('x') }),
    ],
  ])('%s it is refused', async (_what, answer) => {
    const { login, outcomes } = machine({ answer });
    await expect((await login.start(implicit)).waitForToken()).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
    expect(outcomes).toMatchObject([{ isSuccess: false }]);
  });
});

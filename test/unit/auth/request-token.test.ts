import { describe, expect, test } from '@jest/globals';
import type { Grants } from '../../../src/auth/grants.js';
import { requestToken, type BrowserOptions, type Grant } from '../../../src/auth/request-token.js';
import { Secret } from '../../../src/secret.js';
import { fakeSend, type FakeResponse } from '../../support/fakes/fake-send.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';

const client = {
  uaa: 'https://uaa.example.com',
  clientId: 'cli',
  clientSecret: undefined,
  skipTlsVerification: false,
};
const token = {
  accessToken: new Secret('a-token'),
  scope: 'openid',
  lifetimeSeconds: 600,
  issuedAt: new Date(0),
  clockOffsetSeconds: 0,
};
const browser: BrowserOptions = {
  ...{ ports: [0], path: '/callback', timeoutSeconds: 300, canOpenBrowser: false },
  browserlessCommand: 'tpks uaa token sso get cli',
};

/** Requests a token from a UAA that sends this response to all requests except token requests. */
async function request(grant: Grant, response: FakeResponse = {}) {
  const requested: unknown[] = [];
  const record = (kind: string) => (input?: unknown) => {
    requested.push([kind, input]);
    return Promise.resolve(token);
  };
  const grants: Grants = {
    clientCredentials: record('client_credentials'),
    password: record('password'),
    passcode: record('passcode'),
    authorizationCode: record('authorization_code'),
    refresh: (refreshToken, input) => record('refresh_token')([refreshToken, input]),
  };
  const { send, requests } = fakeSend(response);
  const received = await requestToken(client, grant, 'openid', {
    grants: async () => grants,
    send: async () => send,
    openBrowser: () => Promise.reject(new Error('no browser may be opened')),
    clock: fixedClock(),
    note: () => undefined,
  });
  return { received, requested, requests };
}

const secret = new Secret('s');

describe('requestToken sends the request of the grant', () => {
  test.each<[Grant, unknown]>([
    [{ kind: 'client_credentials' }, { scope: 'openid' }],
    [
      { kind: 'password', username: 'cody', password: secret },
      { username: 'cody', password: secret, scope: 'openid' },
    ],
    [
      { kind: 'passcode', passcode: secret },
      { passcode: secret, scope: 'openid' },
    ],
    [
      { kind: 'refresh_token', refreshToken: secret, originalGrant: 'password' },
      [secret, { scope: 'openid' }],
    ],
  ])('%j', async (grant, expected) => {
    const { received, requested } = await request(grant);
    expect(received).toBe(token);
    expect(requested).toMatchObject([[grant.kind, expected]]);
  });

  test('posted_credentials to the authorization endpoint', async () => {
    const grant: Grant = {
      kind: 'posted_credentials',
      username: 'cody',
      promptValues: new Map([['username', 'cody']]),
      redirectUri: 'https://x.example.com',
    };
    await expect(request(grant)).rejects.toMatchObject({
      message: expect.stringMatching(/ did not return a token for the credentials$/),
    });
  });
});

test.each(['authorization_code', 'implicit'] as const)(
  'the grant %s fails if the client is not registered with the redirect URI',
  async (kind) => {
    await expect(request({ kind, browser }, { status: 400 })).rejects.toMatchObject({
      kind: 'failed',
      oauthError: 'redirect_uri_mismatch',
      message: expect.stringMatching(
        /no client cli with the redirect URI http:\/\/localhost:\d+\//,
      ),
      hint: expect.stringContaining('tpks uaa client get cli'),
    });
  },
);

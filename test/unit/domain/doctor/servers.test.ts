import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import type { StoredSession } from '../../../../src/domain/auth/session-repository.js';
import type { Context } from '../../../../src/domain/contexts/context.js';
import { pass } from '../../../../src/domain/doctor/check.js';
import type { Server } from '../../../../src/domain/doctor/contexts.js';
import { checkClock, checkUaaVersion, checkServer } from '../../../../src/domain/doctor/servers.js';
import type { HttpRequest, Send } from '../../../../src/platform/http/send.js';
import { toResponse } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { aClientContext, aSession } from '../../../support/fixtures/contexts-and-clusters.js';

const server: Server = {
  role: 'UAA',
  url: 'https://api.example.com:8443',
  trust: { skipTlsVerification: false, trustCommand: 'tpks login --ca-cert FILE' },
  caSource: 'context',
  context: undefined,
};
const address = 'api.example.com:8443';

/** Responds with JSON by path; 404 for all other paths. */
const respond =
  (responses: Readonly<Record<string, unknown>>): Send =>
  async ({ url }) => {
    const { pathname } = new URL(url);
    const body = responses[pathname];
    return toResponse(body === undefined ? { status: 404, body: {} } : { body });
  };

describe('the checks of servers', () => {
  test('read the version of the UAA, and fail for another server', async () => {
    const info = { app: { version: '77.1' }, prompts: {} };
    expect(await checkUaaVersion(server, respond({ '/info': info }))).toEqual(
      pass('version', `${address}: UAA 77.1`),
    );
    await expect(checkUaaVersion(server, respond({}))).rejects.toMatchObject({ kind: 'failed' });
  });

  test.each([
    [0, 'pass', 'in sync'],
    [-29, 'pass', '29 s'],
    [40, 'warn', '40 s behind'],
    [-400, 'fail', '400 s ahead of'],
    [undefined, 'skip', 'does not send its time'],
  ])('a clock difference of %s s: %s', (offset, status, text) => {
    const result = checkClock(server, offset, 'linux');
    expect(result).toMatchObject({ status, message: expect.stringContaining(text) });
  });
});

/** @returns whether the check of the API sent the context's token. */
async function sendsToken(
  context: Context,
  scope: string,
  changes: Partial<StoredSession> = {},
): Promise<boolean> {
  const requests: HttpRequest[] = [];
  const trust = { skipTlsVerification: false };
  const accessToken = new Secret('access-1');
  const { expiresAt, lifetimeSeconds, clockOffsetSeconds } = aSession();
  await checkServer(
    { role: 'API', url: 'https://api.example.com:9021', trust, caSource: 'default', context },
    async () => ({
      accessToken,
      scope,
      expiresAt,
      lifetimeSeconds,
      clockOffsetSeconds,
      ...changes,
    }),
    {
      connect: () => async (request) => {
        requests.push(request);
        return toResponse({ body: [] });
      },
      clock: fixedClock(),
      platform: 'linux',
    },
  );
  expect(requests).not.toEqual([]);
  return requests.some(({ headers }) => headers?.['authorization'] !== undefined);
}

test.each([
  [true, 'uaa.admin scim.read', false],
  [true, 'uaa.admin pks.clusters.admin', true],
  [false, 'uaa.admin', true],
])(
  'the token is sent to an API only if it is for this API: isApiUnconfirmed %j, scopes %s: %j',
  async (isApiUnconfirmed, scope, expected) => {
    expect(await sendsToken(aClientContext({ isApiUnconfirmed }), scope)).toBe(expected);
  },
);

test('the token of a session that has ended is not sent, because the session check reports it', async () => {
  const ended = { refreshRejectedAt: '2026-11-25T09:00:00Z' };
  expect(await sendsToken(aClientContext(), 'pks.clusters.admin', ended)).toBe(false);
});

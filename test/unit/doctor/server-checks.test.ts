import { expect, test } from '@jest/globals';
import { checkServer } from '../../../src/doctor/server-checks.js';
import type { Context } from '../../../src/contexts/context.js';
import type { HttpRequest } from '../../../src/http/send.js';
import { Secret } from '../../../src/secret.js';
import { toResponse } from '../../support/fakes/fake-send.js';
import { fixedClock } from '../../support/fakes/fixed-clock.js';
import { aClientContext, aSession } from '../../support/fixtures/fixtures.js';

/** @returns whether the check of the API sent the context's token. */
async function sendsToken(context: Context, scope: string): Promise<boolean> {
  const requests: HttpRequest[] = [];
  const trust = { skipTlsVerification: false };
  const accessToken = new Secret('access-1');
  const { expiresAt, lifetimeSeconds, clockOffsetSeconds } = aSession();
  await checkServer(
    { role: 'API', url: 'https://api.example.com:9021', trust, caSource: 'default', context },
    async () => ({ accessToken, scope, expiresAt, lifetimeSeconds, clockOffsetSeconds }),
    {
      send: async () => async (request) => {
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

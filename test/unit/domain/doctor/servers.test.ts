import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../../src/base/secret.js';
import type { Context } from '../../../../src/domain/contexts/context.js';
import { pass } from '../../../../src/domain/doctor/check.js';
import type { Server } from '../../../../src/domain/doctor/contexts.js';
import {
  checkCertificate,
  checkConnection,
  checkClock,
  checkUaaVersion,
  checkServer,
} from '../../../../src/domain/doctor/servers.js';
import type { Send, HttpRequest } from '../../../../src/platform/http/send.js';
import { toResponse } from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { aClientContext, aSession } from '../../../support/fixtures/fixtures.js';

const now = new Date('2026-06-01T00:00:00Z');
const server: Server = {
  role: 'UAA',
  url: 'https://api.example.com:8443',
  trust: { skipTlsVerification: false, trustCommand: 'tpks login --ca-cert FILE' },
  caSource: 'context',
  context: undefined,
};
const address = 'api.example.com:8443';

describe('checkConnection', () => {
  const unknownHost = { ...server, url: `https://${'x'.repeat(64)}.invalid` };
  const connect = async (target: Server, proxy?: string, noProxy = '') => {
    const variable = 'https_proxy' as const;
    const proxyVariables = proxy === undefined ? proxy : { variable, address: proxy, noProxy };
    return checkConnection(target, { proxyVariables, systemRoots: () => [] }, now);
  };

  test.each([
    ['an invalid proxy', 'ftp://x', 'proxy fail, dns skip, tcp skip, tls skip'],
    ['an unknown host', undefined, 'proxy pass, dns fail, tcp skip, tls skip'],
    ['a proxy that is down', 'http://127.0.0.1:1', 'proxy pass, dns skip, tcp fail, tls skip'],
  ])('fails for %s, and skips what depends on it', async (_name, proxy, expected) => {
    const results = await connect(unknownHost, proxy);
    expect(results.map(({ check, status }) => `${check} ${status}`).join(', ')).toBe(expected);
  });

  test('names the variable of the proxy, and not its password', async () => {
    const results = await connect(server, 'http://u:hunter2@127.0.0.1:1');
    expect(results[0]?.message).toBe(`${address}: http://127.0.0.1:1, set in https_proxy`);
    expect(results[2]?.fix).toBe(
      'unset https_proxy, correct it, or add the host to NO_PROXY: export NO_PROXY=api.example.com',
    );
    expect(JSON.stringify(results)).not.toContain('hunter2');
  });

  test('looks up the host of a server for which no proxy is used', async () => {
    const [proxy, dns] = await connect(unknownHost, 'http://127.0.0.1:1', '.invalid');
    expect(proxy?.message).toContain('none, because NO_PROXY is .invalid');
    expect(dns?.status).toBe('fail');
  });
});

describe('checkCertificate', () => {
  const subject = { CN: 'api', C: 'US', ST: '', L: '', O: '', OU: '' };
  const certificate = (validTo: string) => ({ issuer: subject, subject, valid_to: validTo });
  const root = certificate('2036-01-01');

  test.each([
    ['2027-01-01', false, 'pass', 'trusted by the system store'],
    ['2027-01-01', true, 'warn', 'trusted by the system store'],
    ['2026-06-20', false, 'warn', 'expires in 19 d'],
    ['2026-05-01', false, 'fail', 'has expired'],
  ])('a certificate valid until %s, -k %j: %s', (end, skipTlsVerification, status, text) => {
    const trust = { ...server.trust, skipTlsVerification };
    const chain = [certificate(end), root];
    const trustText = 'trusted by the system store';
    const result = checkCertificate({ ...server, trust }, chain, trustText, now);
    expect(result).toMatchObject({ status, message: expect.stringContaining(text) });
    expect(result.fix === undefined).toBe(status === 'pass');
  });
});

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
    [0, 'pass', '0 s'],
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
async function sendsToken(context: Context, scope: string): Promise<boolean> {
  const requests: HttpRequest[] = [];
  const trust = { skipTlsVerification: false };
  const accessToken = new Secret('access-1');
  const { expiresAt, lifetimeSeconds, clockOffsetSeconds } = aSession();
  await checkServer(
    { role: 'API', url: 'https://api.example.com:9021', trust, caSource: 'default', context },
    async () => ({ accessToken, scope, expiresAt, lifetimeSeconds, clockOffsetSeconds }),
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

import { describe, expect, test } from '@jest/globals';
import { checkCertificate, checkConnection } from '../../../../src/domain/doctor/connection.js';
import type { Server } from '../../../../src/domain/doctor/contexts.js';
import { readEnvironment } from '../../../../src/platform/config/environment.js';

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
    const env = readEnvironment({ https_proxy: proxy, NO_PROXY: noProxy });
    return checkConnection(target, env, now);
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

  test('suggests NO_PROXY if the hostname of the proxy is unknown', async () => {
    const [, dns] = await connect(server, 'http://proxy.invalid:3128');
    expect(dns).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('proxy.invalid: '),
      fix: 'correct https_proxy, or add api.example.com to NO_PROXY to connect without the proxy',
    });
  });

  test('looks up the host of a server for which no proxy is used', async () => {
    const [proxy, dns] = await connect(unknownHost, 'http://127.0.0.1:1', '.invalid');
    expect(proxy?.message).toContain('not used (NO_PROXY is .invalid)');
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

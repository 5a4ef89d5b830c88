import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { codedError, wrongHost } from '../../../../src/platform/http/network-error.js';
import { toUntrustedError } from '../../../../src/platform/http/untrusted-error.js';
import { createCertificates, type Certificates } from '../../../support/servers/certificates.js';
import { startFaultyServer, type FaultyServer } from '../../../support/servers/faulty-server.js';

describe('the error for a certificate for other hosts', () => {
  let certificates: Certificates;
  const servers: FaultyServer[] = [];
  beforeAll(async () => {
    certificates = await createCertificates();
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  async function explain(which: 'manyNames' | 'looseNames' | 'addressOnly', host = '127.0.0.1') {
    const server = await startFaultyServer(certificates[which]);
    servers.push(server);
    const { message, hint } = await toUntrustedError(
      codedError(wrongHost),
      `https://${host}:${String(server.port)}/oauth/token`,
      {
        proxy: { connect: () => Promise.resolve(connect(server.port, '127.0.0.1')) },
        caCert: certificates.ca.cert,
        trustCommand: 'tpks login --ca-cert FILE',
        formatHostCommand: (url, name) => `tpks login ${new URL(url).pathname} ${name}`,
      },
    );
    return { message: message.replace(`:${String(server.port)}`, ''), hint };
  }

  test('names the hosts, and a command with one of them, not with a wildcard', async () => {
    expect(await explain('manyNames')).toEqual({
      message:
        'The certificate of 127.0.0.1 was issued for other hosts: *.pks.example.com, uaa.pks.example.com, api.pks.example.com and 1 more',
      hint: 'if uaa.pks.example.com is the same server, run:\ntpks login /oauth/token uaa.pks.example.com\n(no secrets were sent)',
    });
  });

  test('prefers the full name of the host', async () => {
    expect((await explain('manyNames', 'api')).hint).toMatch(
      /\ntpks login \/oauth\/token api\.pks\.example\.com\n/,
    );
  });

  test('names an IP address if the certificate is for no hostname', async () => {
    const { hint } = await explain('addressOnly', 'localhost');
    expect(hint).toMatch(/\ntpks login \S+ 127\.0\.0\.1\n/);
  });

  test('does not name this machine for a host elsewhere', async () => {
    expect((await explain('addressOnly', 'api')).hint).toBe(
      'use a hostname that the certificate was issued for\n(no secrets were sent)',
    );
  });

  test('names no command if no name can be used', async () => {
    expect((await explain('looseNames')).hint).toBe(
      'use a hostname that the certificate was issued for\n(no secrets were sent)',
    );
  });
});

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { withFileAt } from '../support/runner/odd-disk.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { createCertificates } from '../support/servers/certificates.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const bundle = '/etc/ssl/certs/ca-certificates.crt';

let sandbox: TestSandbox;
let user: TestUser;
/** A CA that did not issue the certificates of the sandbox. */
let otherCa: string;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  otherCa = (await createCertificates()).untrustedCa.cert;
});
afterAll(() => sandbox.close());
beforeEach(() => {
  user = createUser();
  sandbox.clearRequests();
});

/** Logs in with this text as the system's CA bundle. */
function login(systemCas: string, env: Readonly<Record<string, string>> = {}) {
  const path = join(dirname(user.home), 'bundle.pem');
  writeFileSync(path, systemCas);
  const target = ['-a', sandbox.api, '--uaa-url', sandbox.uaa];
  const words = ['login', ...target, '-u', 'cody', '--password-stdin', '--store', 'file'];
  const through = withFileAt(bundle, path);
  return user.spawn(words, { env, through, stdin: 'cody-password' });
}

describeIfPart('mount', "the system's CA bundle", () => {
  test('is trusted', async () => {
    expect(await login(`${otherCa}\n${sandbox.caPem}`)).toMatchObject({ code: 0 });
  });

  test('is the only trusted one: without the CA, nothing is sent', async () => {
    const { code, stderr } = await login(otherCa);
    expect(code).toBe(6);
    expect(stderr).toMatch(/^Error: The certificate of localhost:\d+ [^]*\n +SHA-256: /m);
    expect(sandbox.requests()).toEqual([]);
  });

  test('is replaced by SSL_CERT_FILE', async () => {
    const path = join(dirname(user.home), 'other.pem');
    writeFileSync(path, otherCa);
    expect(await login(sandbox.caPem, { SSL_CERT_FILE: path })).toMatchObject({ code: 6 });
    expect(await login(otherCa, { SSL_CERT_FILE: sandbox.caCert })).toMatchObject({ code: 0 });
  });

  test('is extended by NODE_EXTRA_CA_CERTS', async () => {
    const env = { NODE_EXTRA_CA_CERTS: sandbox.caCert };
    expect(await login(otherCa, env)).toMatchObject({ code: 0 });
  });
});

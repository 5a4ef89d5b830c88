import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileFolder } from '../support/fixtures/file-folder.js';
import { createUser } from '../support/program/cli.js';
import { startOidcIssuer, type OidcIssuer } from '../support/servers/oidc-issuer.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const uaa = process.env['TPKS_CONTRACT_UAA'] ?? '';
const uaaCa = process.env['TPKS_CONTRACT_UAA_CA'] ?? '';

const folder = fileFolder();
let sandbox: TestSandbox;
let issuer: OidcIssuer;
beforeAll(async () => {
  sandbox = await startTestSandbox({ uaa, uaaCa });
  issuer = await startOidcIssuer(uaa);
});
afterAll(async () => {
  await issuer.close();
  await sandbox.close();
});

/** Each step depends on the previous one. */
describe('a CI login with the sandbox API and the real UAA', () => {
  const admin = createUser();
  const runner = createUser();
  const suffix = randomBytes(4).toString('hex');
  const trust = `app-${suffix}`;
  const client = `tpks_ci_${suffix}`;
  const subject = 'repo:octo/app:environment:prod';

  const asAdmin = async (...words: readonly string[]) => {
    const result = await admin.tpks(['uaa', ...words], { env: { TPKS_STORE: 'file' } });
    expect([words, result.code, result.stderr]).toEqual([words, 0, expect.anything()]);
    return result;
  };
  const runJob = async (claims: Readonly<Record<string, unknown>>, words = ['clusters']) =>
    runner.tpks(words, {
      env: {
        ...{ TPKS_API: sandbox.api, TPKS_UAA_URL: uaa, TPKS_CA_CERT: sandbox.caCert },
        ...{ TPKS_CI_LOGIN: '1', TPKS_CLIENT_NAME: client },
        TPKS_ID_TOKEN: await issuer.sign(claims),
      },
    });

  test('1. is refused before the administrator trusts the issuer', async () => {
    const result = await runJob({ sub: subject });
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect(result.stderr).toContain('tpks uaa trust add NAME --github octo/app --environment prod');
  });

  test('2. needs one command of the administrator', async () => {
    await asAdmin('target', uaa, '--ca-cert', uaaCa);
    await asAdmin('token', 'client', 'get', 'admin', '-s', 'adminsecret');
    const key = folder.write('issuer.pem', issuer.publicKey);
    const job = ['--github', 'octo/app', '--environment', 'prod', '--issuer', issuer.url];
    const options = ['--scope', 'pks.clusters.admin', '--client', client, '--token-key', key];
    const { stdout } = await asAdmin('trust', 'add', trust, ...job, ...options, '--yes');
    expect(stdout).toContain(`TPKS_CLIENT_NAME: ${client}`);
  });

  test('3. lists the clusters, and stores nothing', async () => {
    expect(await runJob({ sub: subject })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('dev-1'),
      stderr: '',
    });
    expect(runner.files()).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['for another audience', { aud: 'other' }, 'The ID token has the wrong audience: other'],
    ['of another subject', { sub: 'repo:octo/app:pull_request' }, 'does not trust the subject'],
    ['that has expired', { exp: 1_700_000_000 }, 'The ID token expired'],
    ['of another issuer', { iss: 'https://ci.example.com' }, 'does not trust the issuer'],
  ])('4. is refused with a token %s', async (_name, claims, message) => {
    const result = await runJob({ sub: subject, ...claims });
    expect(result).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining(message) });
  });

  test('5. survives its own logins: the trust is still complete', async () => {
    const { stdout } = await asAdmin('trust', 'show', trust, '--json');
    // Clients of other tests accept the issuer, too, and allow more scopes.
    expect(JSON.parse(stdout)).toMatchObject({
      complete: true,
      scopes: expect.arrayContaining(['pks.clusters.admin']),
    });
  });

  test('6. is refused after the trust was removed', async () => {
    await asAdmin('trust', 'remove', trust);
    const result = await runJob({ sub: subject });
    expect(result).toMatchObject({ code: 4, stdout: '' });
    expect((await asAdmin('idps')).stdout).not.toContain(issuer.url);
  });
});

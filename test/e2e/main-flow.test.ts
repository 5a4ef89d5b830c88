import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

const loginAs = (name: string) => [
  ...['login', ...sandbox.loginOptions, '-u', name, '--password-stdin', '--store', 'file'],
];

/** Each step builds on the previous one. */
describe('the main job:', () => {
  const operator = createUser();
  const user = createUser();
  const storeEnv = { TPKS_STORE: 'file' };

  test('1. an operator targets the UAA and gets the admin token', async () => {
    const target = await operator.tpks(['uaa', 'target', sandbox.uaa, '--ca-cert', sandbox.caCert]);
    expect(target).toMatchObject({ code: 0, stderr: '' });
    expect(target.stdout).toContain(`Target: ${sandbox.uaa}`);

    sandbox.clearRequests();
    const words = ['uaa', 'token', 'client', 'get', 'admin', '-s', 'adminsecret'];
    const token = await operator.tpks(words, { env: storeEnv });
    expect(token.code).toBe(0);
    expect(token.stdout).toContain('Successfully fetched token via client credentials grant.');
    expect(token.stdout).toContain('Stored in: file, not the keychain');
    expect(token.stderr.match(/^Warning: .*$/gm)).toEqual([
      expect.stringContaining('the value of --secret is visible to other users'),
    ]);
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token']);
  });

  test('2. the operator creates a user and grants access to clusters', async () => {
    const add = ['uaa', 'user', 'add', 'erin', '--emails', 'erin@example.com', '--password-stdin'];
    const added = await operator.tpks(add, { stdin: 'erin-secret-7\n' });
    expect(added).toMatchObject({
      code: 0,
      stderr: `UAA ${sandbox.uaa}, client admin\n`,
      stdout: 'user account successfully added\n',
    });

    sandbox.clearRequests();
    const grant = await operator.tpks(['uaa', 'member', 'add', 'pks.clusters.manage', 'erin']);
    expect(grant).toMatchObject({ code: 0, stderr: `UAA ${sandbox.uaa}, client admin\n` });
    expect(grant.stdout).toContain('success');
    // uaac reads the whole group and writes it back; tpks does not.
    expect(sandbox.requests().filter((line) => line.includes('PUT'))).toEqual([]);

    const got = await operator.tpks(['uaa', 'user', 'get', 'erin', '--json']);
    expect(JSON.parse(got.stdout)).toMatchObject({
      userName: 'erin',
      groups: expect.arrayContaining([expect.objectContaining({ display: 'pks.clusters.manage' })]),
    });
  });

  test('3. the user logs in with one request to the UAA and one to the API', async () => {
    sandbox.clearRequests();
    const login = loginAs('erin');
    const { code, stdout, stderr } = await user.tpks(login, { stdin: 'erin-secret-7\n' });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(
        [
          '',
          `API Endpoint: ${sandbox.api}`,
          'User: erin',
          'Login successful.',
          '',
          'Context: {15}erin@localhost \\(current\\)',
          'Session store: {9}file, not the keychain: anyone who can read .* can use the session',
          String.raw`Access token expires: {2}\S+Z \(in (10 min|9 min 5\d s)\)`,
          'Renewal: {15}automatic, until the UAA rejects the refresh token',
          '',
        ].join('\n'),
      ),
    );
    expect(stderr).toBe('');
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token', 'api HEAD /actuator/info']);
  });

  test('the stored files are accessible only to this user', () => {
    const mode = (path: string) => (statSync(join(user.home, path)).mode & 0o777).toString(8);
    const files = user.files();
    expect(files.map((file) => file.replace(/-[\da-f]{32}/, ''))).toEqual([
      'config.json',
      'keys/erin-localhost.key',
      'sessions/erin-localhost.session',
    ]);
    expect(files.map(mode)).toEqual(['600', '600', '600']);
    expect(['.', 'keys', 'sessions'].map(mode)).toEqual(['700', '700', '700']);
  });

  test('4. the user lists the clusters with one request', async () => {
    sandbox.clearRequests();
    const { code, stdout, stderr } = await user.tpks(['clusters']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Erin owns no clusters yet, so only the header is printed.
    expect(stdout).toMatch(/^\nPKS Version +Name +k8s Version +Plan Name +UUID +Status +Action\n$/);
    expect(sandbox.requests()).toEqual(['api GET /v1/clusters']);
  });
});

describe('the list of clusters', () => {
  test('is not available to a user without a scope, who cannot log in', async () => {
    const dana = createUser();
    const { code, stderr } = await dana.tpks(loginAs('dana'), { stdin: 'dana-password' });
    expect(code).toBe(1);
    expect(stderr).toContain('Error: dana has no scope that allows access to the API');
    expect(stderr).toContain('tpks uaa member add pks.clusters.manage');
    expect(dana.files().filter((file) => file.endsWith('.session'))).toEqual([]);
  });
});

describe('a user with clusters', () => {
  const cody = createUser();
  beforeAll(() => sandbox.login(cody, 'cody'));

  test('still trusts the CA after its file was moved', async () => {
    renameSync(sandbox.caCert, `${sandbox.caCert}.moved`);
    try {
      expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    } finally {
      renameSync(`${sandbox.caCert}.moved`, sandbox.caCert);
    }
  });
});

describe('a CI job', () => {
  test('gets an admin token without a terminal or a keychain and stores nothing', async () => {
    const ci = createUser();
    sandbox.clearRequests();
    const env = {
      TPKS_API: sandbox.api,
      TPKS_UAA_URL: sandbox.uaa,
      TPKS_CA_CERT: sandbox.caPem,
      TPKS_CLIENT_NAME: 'admin',
      TPKS_CLIENT_SECRET: 'adminsecret',
    };
    const { code, stdout, stderr } = await ci.tpks(['token'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(sandbox.requests()).toEqual(['uaa POST /oauth/token']);
    expect(ci.files()).toEqual([]);
    expect(existsSync(ci.home)).toBe(false);
  });
});

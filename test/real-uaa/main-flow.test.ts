import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const uaa = process.env['TPKS_CONTRACT_UAA'] ?? '';
const uaaCa = process.env['TPKS_CONTRACT_UAA_CA'] ?? '';

let sandbox: TestSandbox;
beforeAll(async () => {
  // Starts only the API and the broker, which use the real UAA.
  sandbox = await startTestSandbox({ uaa, uaaCa });
});
afterAll(() => sandbox.close());

/** Each step depends on the previous one. */
describe('the main flow with the sandbox API and the real UAA', () => {
  const operator = createUser();
  const user = createUser();
  const name = `erin-${randomBytes(4).toString('hex')}`;
  const store = { TPKS_STORE: 'file' };

  afterAll(() => operator.tpks(['uaa', 'user', 'delete', name]));

  test('1. an operator targets the UAA and gets the admin token', async () => {
    const target = await operator.tpks(['uaa', 'target', uaa, '--ca-cert', uaaCa]);
    expect(target).toMatchObject({ code: 0, stderr: '' });
    const words = ['uaa', 'token', 'client', 'get', 'admin', '--secret-file', '-'];
    const token = await operator.tpks(words, { stdin: 'adminsecret', env: store });
    expect(token.code).toBe(0);
    expect(token.stdout).toContain('Successfully fetched token via client credentials grant.');
  });

  test('2. the operator creates a user and grants cluster access', async () => {
    const add = ['uaa', 'user', 'add', name, '--emails', `${name}@example.com`];
    const added = await operator.tpks([...add, '--password-stdin'], { stdin: 'erin-secret-7' });
    expect(added).toMatchObject({ code: 0, stdout: 'user account successfully added\n' });
    const granted = await operator.tpks(['uaa', 'member', 'add', 'pks.clusters.manage', name]);
    expect(granted).toMatchObject({ code: 0, stderr: `UAA ${uaa}, client admin\n` });
  });

  test('3. the user logs in, and the API accepts the token', async () => {
    const login = [
      'login',
      ...sandbox.loginOptions,
      '-u',
      name,
      '--password-stdin',
      '--store',
      'file',
    ];
    const { code, stdout } = await user.tpks(login, { stdin: 'erin-secret-7' });
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`User: ${name}\nLogin successful.`),
    });
  });

  test('4. the user lists the clusters, and tpks renews an expired token automatically', async () => {
    const context = `${name}@localhost`;
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    const before = await user.readSession(context);
    await user.changeSession(context, { expiresAt: new Date(Date.now() - 1000).toISOString() });
    expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    expect((await user.readSession(context)).accessToken).not.toBe(before.accessToken);
  });

  test('a login without a suitable scope fails with a message about the scope', async () => {
    const login = [
      'login',
      ...sandbox.loginOptions,
      '-u',
      'dana',
      '--password-stdin',
      '--store',
      'file',
    ];
    const { code, stderr } = await createUser().tpks(login, { stdin: 'dana-password' });
    expect(code).toBe(1);
    expect(stderr).toContain('Error: dana has no scope that allows access to the API');
  });
});

describe('tpks clusters', () => {
  test.each([
    ['alana', ['prod-1', 'prod-2', 'dev-1', 'dev-2', 'dev-3']],
    ['cody', ['dev-1', 'dev-2', 'dev-3']],
    ['naomi', ['prod-1', 'prod-2', 'dev-1', 'dev-2', 'dev-3']],
  ])('shows %s only the clusters that the scopes allow', async (name, expected) => {
    const member = createUser();
    await sandbox.login(member, name);
    const { stdout } = await member.tpks(['clusters', '-o', 'name']);
    expect(stdout.trim().split('\n')).toEqual(expected);
  });
});

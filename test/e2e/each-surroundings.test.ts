import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0 });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  user = createUser();
  await sandbox.login(user, 'cody');
});

const env = { PKS_USER_PASSWORD: 'cody-password' };

test('the results are summarized even if the JSON cannot be written', async () => {
  const { code, stderr } = await user.spawn(['each', '-o', 'json', '--', 'true'], {
    env,
    through: ['bash', '-c', '"$@" >/dev/full', '_'],
  });
  expect(code).toBe(7);
  expect(stderr).toContain('clusters: 3 succeeded');
  expect(stderr).toContain('no space left on device');
});

test('through a link named pks, the kubeconfig contains no token', async () => {
  const words = ['each', '--cluster', 'dev-1', '--', 'sh', '-c', 'cat "$KUBECONFIG"'];
  const { code, stdout } = await user.tpks(words, { env, programName: 'pks' });
  expect(code).toBe(0);
  expect(stdout).toContain('- kube-credential');
  expect(stdout).not.toMatch(/token/);
});

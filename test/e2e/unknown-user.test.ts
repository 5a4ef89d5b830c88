import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/program/cli.js';
import { asUnknownUser } from '../support/runner/odd-disk.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

describeIfPart('mount', 'a user that the system does not know, without HOME', () => {
  const run = (user: TestUser, words: readonly string[], env = {}) =>
    user.spawn(words, { through: asUnknownUser, env: { HOME: undefined, ...env } });

  test.each([['--version'], ['--help']])('can run tpks %s', async (word) => {
    const result = await run(createUser(), [word], { TPKS_HOME: undefined });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });

  test.each([
    ['to find the settings', ['status'], { TPKS_HOME: undefined }],
    ['to find the settings if HOME is empty', ['status'], { TPKS_HOME: undefined, HOME: '' }],
    ['to change the settings in TPKS_HOME', ['context', 'use', 'cody@localhost'], {}],
  ])('is asked to set HOME %s', async (_purpose, words, env) => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    const { code, stderr } = await run(user, words, env);
    expect({ code, stderr }).toEqual({
      code: 7,
      stderr:
        '\nError: Cannot find the home folder of this user: HOME is not set\n' +
        'Hint: set it, for example: export HOME=/tmp/home\n',
    });
  });

  test('can use a session in TPKS_HOME', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    for (const words of [['clusters'], ['token'], ['status'], ['contexts']])
      expect({ words, ...(await run(user, words)) }).toMatchObject({ words, code: 0, stderr: '' });
  });
});

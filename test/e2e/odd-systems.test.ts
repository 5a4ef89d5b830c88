import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectError } from '../support/checks/error-shape.js';
import { likeKubectl } from '../support/fixtures/kubernetes-session.js';
import { credsPath } from '../support/fixtures/old-cli-files.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { asUnknownUser, withFullDisk, withReadOnlyFolder } from '../support/runner/odd-disk.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const context = 'cody@localhost';
const past = '2020-01-01T00:00:00.000Z';
const soon = () => new Date(Date.now() + 40_000).toISOString();

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

async function createLoggedInUser(): Promise<TestUser> {
  const user = createUser();
  await sandbox.login(user, 'cody');
  sandbox.clearRequests();
  return user;
}

const newLogin = () => [
  ...['login', ...sandbox.loginOptions, '-u', 'alana', '--password-stdin', '--store', 'file'],
];

test('the settings file is replaced, not overwritten, even in a snap', async () => {
  const cody = await createLoggedInUser();
  const path = join(cody.home, 'config.json');
  const before = statSync(path).ino;
  const env = { SNAP: '/snap/tpks/1' };
  const words = ['context', 'rename', context, 'work'];
  expect(await cody.tpks(words, { env })).toMatchObject({ code: 0 });
  expect(statSync(path).ino).not.toBe(before);
});

describeIfPart('mount', 'a disk that cannot be written:', () => {
  describe.each([
    ['a read-only home', withReadOnlyFolder, /read-only file system/],
    ['a full disk', withFullDisk, /no space left on device/],
  ] as const)('%s', (_name, wrapper, reason) => {
    test('does not affect commands with a fresh token', async () => {
      const cody = await createLoggedInUser();
      const before = cody.read(cody.sessionFile());
      const through = wrapper(cody.home);
      expect(await cody.spawn(['clusters'], { through })).toMatchObject({ code: 0, stderr: '' });
      expect(await cody.spawn(['token'], { through })).toMatchObject({ code: 0, stderr: '' });
      expect(await cody.spawn(['status'], { through })).toMatchObject({ code: 0, stderr: '' });
      expect(cody.read(cody.sessionFile())).toEqual(before);
    });

    test('does not affect commands with credentials from the environment', async () => {
      const ci = createUser();
      const env = {
        TPKS_API: sandbox.api,
        TPKS_UAA_URL: sandbox.uaa,
        TPKS_CA_CERT: sandbox.caPem,
        TPKS_CLIENT_NAME: 'admin',
        TPKS_CLIENT_SECRET: 'adminsecret',
      };
      const through = wrapper(ci.env['HOME'] ?? '');
      for (const words of [['token'], ['clusters'], ['status']]) {
        expect(await ci.spawn(words, { env, through })).toMatchObject({ code: 0, stderr: '' });
      }
      expect(existsSync(ci.home)).toBe(false);
    });

    test('does not prevent a link from using creds.yml, and causes a warning after a renewal', async () => {
      const cody = createUser();
      await sandbox.login(cody, 'cody', ['--write-creds']);
      rmSync(cody.home, { recursive: true });
      const home = cody.env['HOME'] ?? '';
      const path = credsPath(cody);
      const options = {
        env: { TPKS_PKS_CREDS: '1', TPKS_API: sandbox.api, TPKS_UAA_URL: sandbox.uaa },
        link: cody.link('pks'),
        through: wrapper(home),
      };
      expect(await cody.spawn(['clusters'], options)).toMatchObject({ code: 0, stderr: '' });
      const rejected = readFileSync(path, 'utf8').replace(/^(access_token: .*)\..*$/m, '$1.AAAA');
      writeFileSync(path, rejected);
      const { code, stderr } = await cody.spawn(['clusters'], options);
      expect([code, stderr]).toEqual([0, expect.stringMatching(reason)]);
      expect(stderr).toContain('Warning: the renewed token was not stored: ');
      expect(readFileSync(path, 'utf8')).toBe(rejected);
    });

    test('prevents the renewal of an expired token before anything is sent', async () => {
      const cody = await createLoggedInUser();
      await cody.changeSession(context, { expiresAt: past });
      const before = cody.read(cody.sessionFile());
      const result = await cody.spawn(['clusters'], { through: wrapper(cody.home) });
      expect(expectError(result, 7)).toMatch(reason);
      expect(sandbox.requests()).toEqual([]);
      expect(cody.read(cody.sessionFile())).toEqual(before);
      expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    });

    test('causes a warning if a token that is still valid should be renewed', async () => {
      const cody = await createLoggedInUser();
      await cody.changeSession(context, { expiresAt: soon() });
      const before = cody.read(cody.sessionFile());
      const { code, stderr } = await cody.spawn(['clusters'], { through: wrapper(cody.home) });
      expect(code).toBe(0);
      expect(stderr).toMatch(/^Warning: the token was not renewed \(Cannot write .*\n$/);
      expect(stderr).toMatch(reason);
      expect(sandbox.requests()).toEqual(['api GET /v1/clusters']);
      expect(cody.read(cody.sessionFile())).toEqual(before);
    });

    test('prevents a login before the password is sent and leaves all files unchanged', async () => {
      const cody = await createLoggedInUser();
      const before = cody.files().map((file) => [file, cody.read(file).toString('base64')]);
      const result = await cody.spawn(newLogin(), {
        through: wrapper(cody.home),
        stdin: 'alana-password',
      });
      expect(expectError(result, 7)).toMatch(reason);
      expect(sandbox.requests()).toEqual([]);
      expect(cody.files().map((file) => [file, cody.read(file).toString('base64')])).toEqual(
        before,
      );
    });

    test('prevents a first login before the password is sent', async () => {
      const user = createUser();
      sandbox.clearRequests();
      const result = await user.spawn(newLogin(), {
        through: wrapper(user.env['HOME'] ?? ''),
        stdin: 'alana-password',
      });
      expect(expectError(result, 7)).toMatch(reason);
      expect(sandbox.requests()).toEqual([]);
    });

    test('leaves the settings unchanged', async () => {
      const cody = await createLoggedInUser();
      await sandbox.login(cody, 'alana');
      const before = cody.read('config.json');
      for (const words of [
        ['context', 'use', context],
        ['context', 'rename', context, 'work'],
      ]) {
        const result = await cody.spawn(words, { through: wrapper(cody.home) });
        expect(expectError(result, 7)).toMatch(reason);
        expect(cody.read('config.json')).toEqual(before);
      }
    });
  });

  describe.each([
    ['a read-only folder', withReadOnlyFolder, /read-only file system/],
    ['a full disk', withFullDisk, /no space left on device/],
  ] as const)('kubectl with %s', (_name, wrapper, reason) => {
    const env = { PKS_USER_PASSWORD: 'cody-password' };
    const sessionName = `kubernetes:${context}`;
    const folderOf = (user: TestUser) => join(dirname(user.home), '.kube');
    const kubeconfigOf = (user: TestUser) => readFileSync(join(folderOf(user), 'config'), 'utf8');
    const plugin = ['kube-credential', '--context', context];

    async function createKubectlUser(): Promise<TestUser> {
      const user = await createLoggedInUser();
      expect(await user.tpks(['get-credentials', 'dev-1'], { env })).toMatchObject({ code: 0 });
      sandbox.clearRequests();
      return user;
    }

    test('get-credentials keeps the kubeconfig and the session if its folder cannot be written', async () => {
      const user = await createKubectlUser();
      const before = kubeconfigOf(user);
      const words = ['get-credentials', 'dev-1', '--context-name', 'other'];
      const through = wrapper(folderOf(user));
      const result = await user.spawn(words, { env, through });
      expect(result).toMatchObject({ code: 7 });
      expect(result.stderr).toMatch(reason);
      expect(result.stderr).toMatch(/\nHint: .*KUBECONFIG/);
      expect(kubeconfigOf(user)).toBe(before);
      // No password is needed again.
      expect(await user.tpks(words)).toMatchObject({ code: 0 });
    });

    test('get-credentials changes nothing if the session cannot be stored', async () => {
      const user = await createLoggedInUser();
      const before = user.read('config.json');
      const words = ['get-credentials', 'dev-1'];
      const result = await user.spawn(words, { env, through: wrapper(user.home) });
      expect(result).toMatchObject({ code: 7 });
      expect(result.stderr).toMatch(reason);
      expect(user.read('config.json')).toEqual(before);
      expect(existsSync(folderOf(user))).toBe(false);
      expect(await user.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    });

    test('kubeconfig remove keeps the kubeconfig and the session', async () => {
      const user = await createKubectlUser();
      const before = kubeconfigOf(user);
      const through = wrapper(folderOf(user));
      const result = await user.spawn(['kubeconfig', 'remove', 'dev-1'], { through });
      expect(result).toMatchObject({ code: 7 });
      expect(result.stderr).toMatch(reason);
      expect(kubeconfigOf(user)).toBe(before);
      expect(await user.tpks(plugin)).toMatchObject({ code: 0, stderr: '' });
    });

    test('kube-credential prints a fresh token, and records no call', async () => {
      const user = await createKubectlUser();
      const through = [...wrapper(user.home), ...likeKubectl.through] as const;
      const result = await user.spawn(plugin, { ...likeKubectl, through });
      expect(result).toMatchObject({ code: 0, stderr: '' });
      expect(sandbox.requests()).toEqual([]);
    });

    test('kube-credential does not renew an expired token that it cannot store', async () => {
      const user = await createKubectlUser();
      await user.changeSession(sessionName, { expiresAt: past });
      const result = await user.spawn(plugin, { through: wrapper(user.home) });
      expect(expectError(result, 7)).toMatch(reason);
      expect(sandbox.requests()).toEqual([]);
      expect(await user.tpks(plugin)).toMatchObject({ code: 0, stderr: '' });
    });

    test('kube-credential prints a token that should be renewed, with a warning', async () => {
      const user = await createKubectlUser();
      await user.changeSession(sessionName, { expiresAt: soon() });
      const { code, stdout, stderr } = await user.spawn(plugin, { through: wrapper(user.home) });
      expect([code, stdout, stderr]).toEqual([
        0,
        expect.stringContaining('"token"'),
        expect.stringMatching(/^Warning: the token was not renewed \(Cannot write .*\n$/),
      ]);
      expect(sandbox.requests()).toEqual([]);
    });
  });

  describe('a read-only home', () => {
    test.each([['logout'], ['logout', '--all'], ['context', 'delete', context]])(
      'makes %s fail and keeps the session',
      async (...words) => {
        const cody = await createLoggedInUser();
        const before = cody.read('config.json');
        const { code, stderr } = await cody.spawn(words, {
          through: withReadOnlyFolder(cody.home),
        });
        expect(code).toBe(7);
        expect(stderr).toMatch(/\nError: Cannot write .*: read-only file system\nHint: .*\n$/);
        expect(statSync(`${cody.home}/${cody.sessionFile()}`).isFile()).toBe(true);
        expect(cody.read('config.json')).toEqual(before);
      },
    );
  });

  describe('a full disk', () => {
    test('does not prevent a logout', async () => {
      const cody = await createLoggedInUser();
      const through = withFullDisk(cody.home);
      expect(await cody.spawn(['logout'], { through })).toMatchObject({ code: 0 });
      expect(cody.files()).toEqual(['config.json']);
    });

    test('does not prevent the deletion of a context', async () => {
      const cody = await createLoggedInUser();
      const words = ['context', 'delete', context];
      expect(await cody.spawn(words, { through: withFullDisk(cody.home) })).toMatchObject({
        code: 0,
      });
      expect(JSON.parse(cody.read('config.json').toString())).toMatchObject({ contexts: {} });
    });
  });
});

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

  test('leaves no session behind if the settings cannot be changed', async () => {
    const user = createUser();
    const words = ['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin'];
    const { code } = await user.spawn([...words, '--store', 'file'], {
      through: asUnknownUser,
      env: { HOME: undefined },
      stdin: 'cody-password',
    });
    expect(code).toBe(7);
    expect(user.files().filter((path) => !path.endsWith('.lock'))).toEqual([]);
  });

  test('can use a session in TPKS_HOME', async () => {
    const user = createUser();
    await sandbox.login(user, 'cody');
    for (const words of [['clusters'], ['token'], ['status'], ['contexts']])
      expect({ words, ...(await run(user, words)) }).toMatchObject({ words, code: 0, stderr: '' });
  });
});

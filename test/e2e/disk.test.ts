import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUser, type TestUser } from '../support/cli.js';
import { expectError } from '../support/error-shape.js';
import { full, readOnly } from '../support/odd-disk.js';
import { describeIfPart } from '../support/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.js';

const context = 'cody@localhost';
const past = '2020-01-01T00:00:00.000Z';
const soon = () => new Date(Date.now() + 40_000).toISOString();

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

async function loggedIn(): Promise<TestUser> {
  const person = createUser();
  await sandbox.login(person, 'cody');
  sandbox.forget();
  return person;
}

const newLogin = () => [
  'login',
  ...sandbox.target,
  '-u',
  'alana',
  '--password-stdin',
  '--store',
  'file',
];

test('the settings file is replaced, not overwritten, in a snap too', async () => {
  const cody = await loggedIn();
  const path = join(cody.home, 'config.json');
  const before = statSync(path).ino;
  const env = { SNAP: '/snap/tpks/1' };
  expect(await cody.tpks(['context', 'use', context], { env })).toMatchObject({ code: 0 });
  expect(statSync(path).ino).not.toBe(before);
});

describeIfPart('mount', 'a disk that refuses', () => {
  describe.each([
    ['a read-only home', readOnly, /read-only file system/],
    ['a full disk', full, /no space left on device/],
  ] as const)('%s', (_name, wrapper, reason) => {
    test('is no trouble for a fresh token', async () => {
      const cody = await loggedIn();
      const before = cody.read(cody.sessionFile());
      const through = wrapper(cody.home);
      expect(await cody.spawn(['clusters'], { through })).toMatchObject({ code: 0, stderr: '' });
      expect(await cody.spawn(['token'], { through })).toMatchObject({ code: 0, stderr: '' });
      expect(await cody.spawn(['status'], { through })).toMatchObject({ code: 0, stderr: '' });
      expect(cody.read(cody.sessionFile())).toEqual(before);
    });

    test('is no trouble for a token from the environment', async () => {
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

    test('lets a token that has ended end: nothing is sent that could be lost', async () => {
      const cody = await loggedIn();
      await cody.alter(context, { expiresAt: past });
      const before = cody.read(cody.sessionFile());
      const result = await cody.spawn(['clusters'], { through: wrapper(cody.home) });
      expect(expectError(result, 7)).toMatch(reason);
      expect(sandbox.asked()).toEqual([]);
      expect(cody.read(cody.sessionFile())).toEqual(before);
      expect(await cody.tpks(['clusters'])).toMatchObject({ code: 0, stderr: '' });
    });

    test('lets a token live that would have been renewed in passing, with a warning', async () => {
      const cody = await loggedIn();
      await cody.alter(context, { expiresAt: soon() });
      const before = cody.read(cody.sessionFile());
      const { code, stderr } = await cody.spawn(['clusters'], { through: wrapper(cody.home) });
      expect(code).toBe(0);
      expect(stderr).toMatch(/^Warning: the token was not renewed \(Cannot write .*\n$/);
      expect(stderr).toMatch(reason);
      expect(sandbox.asked()).toEqual(['api GET /v1/clusters']);
      expect(cody.read(cody.sessionFile())).toEqual(before);
    });

    test('refuses a login before the password is sent, and keeps what was there', async () => {
      const cody = await loggedIn();
      const before = cody.files().map((file) => [file, cody.read(file).toString('base64')]);
      const result = await cody.spawn(newLogin(), {
        through: wrapper(cody.home),
        stdin: 'alana-password',
      });
      expect(expectError(result, 7)).toMatch(reason);
      expect(sandbox.asked()).toEqual([]);
      expect(cody.files().map((file) => [file, cody.read(file).toString('base64')])).toEqual(
        before,
      );
    });

    test('refuses a first login before the password is sent', async () => {
      const person = createUser();
      sandbox.forget();
      const result = await person.spawn(newLogin(), {
        through: wrapper(person.env['HOME'] ?? ''),
        stdin: 'alana-password',
      });
      expect(expectError(result, 7)).toMatch(reason);
      expect(sandbox.asked()).toEqual([]);
    });

    test('leaves the settings whole', async () => {
      const cody = await loggedIn();
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

  describe('a read-only home', () => {
    test.each([['logout'], ['logout', '--all'], ['context', 'delete', context]])(
      'keeps a session that %s cannot remove, and says so',
      async (...words) => {
        const cody = await loggedIn();
        const before = cody.read('config.json');
        const { code, stderr } = await cody.spawn(words, { through: readOnly(cody.home) });
        expect(code).toBe(7);
        expect(stderr).toMatch(/\nError: Cannot write .*: read-only file system\nHint: .*\n$/);
        expect(statSync(`${cody.home}/${cody.sessionFile()}`).isFile()).toBe(true);
        expect(cody.read('config.json')).toEqual(before);
      },
    );
  });

  describe('a full disk', () => {
    test('lets a session go: a logout needs no room', async () => {
      const cody = await loggedIn();
      const through = full(cody.home);
      expect(await cody.spawn(['logout'], { through })).toMatchObject({ code: 0 });
      expect(cody.files()).toEqual(['config.json']);
    });

    test('lets a context go', async () => {
      const cody = await loggedIn();
      const words = ['context', 'delete', context];
      expect(await cody.spawn(words, { through: full(cody.home) })).toMatchObject({ code: 0 });
      expect(JSON.parse(cody.read('config.json').toString())).toMatchObject({ contexts: {} });
    });
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { withKeychain, type KeychainEnv } from '../support/keychain/keychain.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

/**
 * Written by tpks 0.1.0 with the file store: two logins to a sandbox, a UAA target, and a client with a
 * saved secret. The access tokens expire in 2121.
 */
const storedHome = fileURLToPath(new URL('home-0.1.0', import.meta.url));

let sandbox: TestSandbox;
let user: TestUser;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());

beforeEach(() => {
  user = createUser();
  copyStoredHome(user.home);
  sandbox.clearRequests();
});

/**
 * Copies the home with the permissions that tpks 0.1.0 set, which Git does not store, and replaces
 * the addresses and the CA of the sandbox that has stopped.
 */
function copyStoredHome(home: string): void {
  cpSync(storedHome, home, { recursive: true });
  for (const name of ['', ...readdirSync(home, { recursive: true })]) {
    const path = join(home, String(name));
    chmodSync(path, statSync(path).isDirectory() ? 0o700 : 0o600);
  }
  const text = user
    .read('config.json')
    .toString()
    .replaceAll('https://localhost:19021', sandbox.api)
    .replaceAll('https://localhost:18443', sandbox.uaa)
    .replaceAll(/"-----BEGIN CERTIFICATE-----[^"]+"/g, JSON.stringify(sandbox.caPem));
  writeFileSync(join(home, 'config.json'), text);
}

function readClaims(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

describe('a home directory of tpks 0.1.0', () => {
  test('contains contexts that are still logged in', async () => {
    const { code, stdout } = await user.tpks(['contexts', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'cody@localhost', current: true, currentUaa: false, store: 'file', loggedIn: true },
      { name: 'ops team', identity: 'alana', current: false, store: 'file', loggedIn: true },
      { name: 'admin@localhost', currentUaa: true, store: 'file', loggedIn: true },
    ]);
  });

  test.each([
    ['cody@localhost', 'cody'],
    ['ops team', 'alana'],
  ])('contains the access token of %s', async (context, name) => {
    const { code, stdout } = await user.tpks(['token', '--context', context]);
    expect(code).toBe(0);
    expect(readClaims(stdout)).toMatchObject({ user_name: name });
    expect(sandbox.requests()).toEqual([]);
  });

  test('contains the client secret, which renews a rejected token', async () => {
    const { code, stderr } = await user.tpks(['uaa', 'users', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(sandbox.requests()).toEqual([
      'uaa GET /Users',
      'uaa POST /oauth/token',
      'uaa GET /Users',
    ]);
  });

  test('keeps its sessions when a setting changes', async () => {
    expect(await user.tpks(['context', 'use', 'ops team'])).toMatchObject({ code: 0 });
    const { stdout } = await user.tpks(['contexts', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { current: false, loggedIn: true },
      { current: true, loggedIn: true },
      { loggedIn: true },
    ]);
  });
});

describeIfPart('secret-service', 'a keychain item of tpks 0.1.0', () => {
  /** Moves the key of the context from its file to the item that tpks 0.1.0 and 0.2.0 used. */
  const storeKey = (env: KeychainEnv): void => {
    const [keyFile = ''] = user.files().filter((file) => file.startsWith('keys/cody-localhost-'));
    const key = user.read(keyFile).toString().trim();
    rmSync(join(user.home, 'keys'), { recursive: true });
    const config = user.read('config.json').toString();
    writeFileSync(
      join(user.home, 'config.json'),
      config.replace('"store": "file"', '"store": "keychain"'),
    );
    writeItem(env, key);
  };
  // The attributes, the label and the format of the key are those that tpks 0.1.0 wrote.
  const writeItem = (env: KeychainEnv, key: string): void => {
    const attributes = ['service', 'tpks', 'username', 'cody@localhost'];
    const label = 'keyring:cody@localhost@tpks';
    execFileSync('secret-tool', ['store', '--label', label, ...attributes], { env, input: key });
  };
  const listAccounts = (env: KeychainEnv): readonly string[] => {
    const { stdout, stderr } = spawnSync(
      'secret-tool',
      ['search', '--all', '--unlock', 'service', 'tpks'],
      { env, encoding: 'utf8' },
    );
    return [...`${stdout}${stderr}`.matchAll(/^attribute\.username = (.*)$/gm)]
      .map(([, account = '']) => account)
      .sort();
  };
  const ownAccount = expect.stringMatching(/^cody@localhost [0-9a-f]{16}$/);

  test('decrypts the session, is copied for this home, and is deleted by a logout', async () => {
    await withKeychain('unlocked', async (env) => {
      storeKey(env);
      const results = await Promise.all(
        Array.from({ length: 4 }, () => user.spawn(['token'], { env })),
      );
      for (const { code, stdout } of results) {
        expect(code).toBe(0);
        expect(readClaims(stdout)).toMatchObject({ user_name: 'cody' });
      }
      expect(listAccounts(env)).toEqual(['cody@localhost', ownAccount]);
      expect(await user.tpks(['logout'], { env })).toMatchObject({ code: 0 });
      expect(listAccounts(env)).toEqual([]);
    });
  });

  test("that belongs to another home is not used, and stays after this home's logout", async () => {
    await withKeychain('unlocked', async (env) => {
      storeKey(env);
      writeItem(env, Buffer.alloc(32, 7).toString('base64'));
      expect(await user.tpks(['token'], { env })).toMatchObject({ code: 4 });
      const words = ['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin'];
      const login = [...words, '--store', 'keychain'];
      expect(await user.tpks(login, { env, stdin: 'cody-password' })).toMatchObject({ code: 0 });
      expect(listAccounts(env)).toEqual(['cody@localhost', ownAccount]);
      expect(await user.tpks(['token'], { env })).toMatchObject({ code: 0 });
      expect(await user.tpks(['logout'], { env })).toMatchObject({ code: 0 });
      expect(listAccounts(env)).toEqual(['cody@localhost']);
    });
  });
});

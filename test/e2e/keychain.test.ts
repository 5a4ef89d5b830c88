import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TpksError } from '../../src/base/errors.js';
import type { Keychain } from '../../src/platform/keychain/keychain.js';
import { createOsKeychain } from '../../src/platform/keychain/os-keychain.js';
import { likeKubectl, startKubernetesSession } from '../support/fixtures/kubernetes-session.js';
import { keychainContract } from '../support/keychain/contract.js';
import { type KeychainEnv, withHome, withKeychain } from '../support/keychain/keychain.js';
import { bundle } from '../support/program/bundle.js';
import { createUser } from '../support/program/cli.js';
import { isOtherProgram, runtimeWords } from '../support/program/spawned.js';
import { isNightly } from '../support/runner/nightly.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const run = promisify(execFile);
/** The documented limit for a whole command. */
const limitMilliseconds = 4000;

/** Runs a function, and returns the time that it took. */
async function measure(body: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await body();
  return performance.now() - started;
}

describeIfPart('secret-service', 'the OS keychain', () => {
  describe('with an unlocked Secret Service', () => {
    /** The limit is high, so that no operation fails because the machine is busy. */
    const connect = (env: KeychainEnv) => createOsKeychain({ env, limitMilliseconds: 20_000 });

    keychainContract((body) => withKeychain('unlocked', (env) => body(connect(env))));

    test('stores a key under service and username, and leaves no entry after a probe', async () => {
      await withKeychain('unlocked', async (env) => {
        const search = ['search', '--all', 'service', 'tpks'];
        const lookup = 'lookup service tpks username cody@api.example.com'.split(' ');
        const keychain = connect(env);
        await keychain.probe();
        expect(await run('secret-tool', search, { env })).toMatchObject({ stdout: '', stderr: '' });
        await keychain.write('cody@api.example.com', 'a2V5');
        expect((await run('secret-tool', lookup, { env })).stdout).toBe('a2V5');
        await keychain.remove('cody@api.example.com');
        await expect(run('secret-tool', lookup, { env })).rejects.toMatchObject({ code: 1 });
      });
    });
  });

  test.each([
    ['absent', /^No Secret Service is running on the D-Bus session bus/, /^1\. start one/],
    ['collection-less', /^The keyring is not set up/, /^1\. create one/],
    ['locked', /^The keyring is locked$/, /^1\. unlock it/],
    ['prompting', /^The keyring is locked$/, /^1\. unlock it/],
    ['hung', /^The Secret Service does not respond$/, /^1\. restart it/],
  ] as const)(
    'reports a Secret Service that is %s within 4 s, and stores nothing in the keyring of the kernel',
    async (variant, message, hint) => {
      const account = randomUUID();
      const operations: readonly ((keychain: Keychain) => Promise<unknown>)[] = [
        ({ probe }) => probe(),
        ({ read }) => read(account),
        ({ write }) => write(account, 'a2V5'),
      ];
      await withKeychain(variant, async (env) => {
        const milliseconds = await measure(() =>
          Promise.all(
            operations.map((operate) =>
              expect(operate(createOsKeychain({ env }))).rejects.toMatchObject({
                kind: 'keychain',
                message: expect.stringMatching(message),
                hint: expect.stringMatching(hint),
              }),
            ),
          ),
        );
        expect(milliseconds).toBeLessThan(limitMilliseconds);
      });
      expect(await readFile('/proc/keys', 'utf8').catch(() => '')).not.toContain(account);
    },
  );

  test.each(['locked', 'prompting'] as const)(
    'a stored key in a keyring that is %s is reported as an error and kept',
    async (variant) => {
      await withHome(async (home) => {
        const withKeys = async (
          state: 'unlocked' | typeof variant,
          body: (keychain: Keychain) => Promise<void>,
        ) => withKeychain(state, (env) => body(createOsKeychain({ env })), { home });
        await withKeys('unlocked', ({ write }) => write('cody', 'a2V5'));
        await withKeys(variant, async ({ read, remove }) => {
          await expect(read('cody')).rejects.toMatchObject({ kind: 'keychain' });
          await expect(remove('cody')).rejects.toMatchObject({ kind: 'keychain' });
        });
        await withKeys('unlocked', async ({ read }) => expect(await read('cody')).toBe('a2V5'));
      });
    },
    20_000,
  );

  test('waits for a hung service only once and without blocking the event loop', async () => {
    await withKeychain('hung', async (env) => {
      const { read, write, remove } = createOsKeychain({ env });
      let [last, longestMilliseconds] = [performance.now(), 0];
      const timer = setInterval(() => {
        const now = performance.now();
        longestMilliseconds = Math.max(longestMilliseconds, now - last);
        last = now;
      }, 10);
      const milliseconds = await measure(async () => {
        for (const operate of [read, read, remove]) {
          await expect(operate('cody')).rejects.toMatchObject({ kind: 'keychain' });
        }
        await expect(write('cody', 'a2V5')).rejects.toMatchObject({ kind: 'keychain' });
      });
      clearInterval(timer);
      expect(milliseconds).toBeLessThan(limitMilliseconds);
      expect(longestMilliseconds).toBeLessThan(1000);
    });
  });

  describe('is used by', () => {
    let sandbox: TestSandbox;
    beforeAll(async () => {
      sandbox = await startTestSandbox();
    });
    afterAll(() => sandbox.close());

    test('login and other commands, and logout deletes only the key of its own home', async () => {
      const [user, other] = [createUser(), createUser()];
      await withKeychain('unlocked', async ({ DBUS_SESSION_BUS_ADDRESS = '' }) => {
        const env = { DBUS_SESSION_BUS_ADDRESS };
        const search = async () =>
          (await run('secret-tool', ['search', '--all', 'service', 'tpks'], { env })).stdout;
        const words = ['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin'];
        for (const each of [user, other]) {
          const login = await each.tpks(words, { env, stdin: 'cody-password' });
          expect(login).toMatchObject({ code: 0, stderr: '' });
          expect(each.files().filter((file) => file.endsWith('.key'))).toEqual([]);
        }
        expect(await search()).toContain('cody@localhost');
        expect(await user.tpks(['clusters'], { env })).toMatchObject({ code: 0, stderr: '' });
        expect(await user.tpks(['logout'], { env })).toMatchObject({ code: 0 });
        expect(await other.tpks(['clusters'], { env })).toMatchObject({ code: 0, stderr: '' });
        expect(await other.tpks(['logout'], { env })).toMatchObject({ code: 0 });
        expect(await search()).toBe('');
      });
    });

    test('login --store keychain, which makes the keychain the default store again', async () => {
      const user = createUser();
      await sandbox.login(user, 'cody');
      const path = join(user.home, 'config.json');
      const config = () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      writeFileSync(path, JSON.stringify({ ...config(), defaultStore: 'file' }));
      await withKeychain('unlocked', async ({ DBUS_SESSION_BUS_ADDRESS = '' }) => {
        const env = { DBUS_SESSION_BUS_ADDRESS };
        const words = ['login', ...sandbox.loginOptions, '-u', 'alana', '--password-stdin'];
        const login = (more: readonly string[] = []) =>
          user.tpks([...words, ...more], { env, stdin: 'alana-password' });
        expect(await login()).toMatchObject({ code: 0 });
        expect(config()).toMatchObject({
          defaultStore: 'file',
          contexts: { 'alana@localhost': { store: 'file' } },
        });
        expect(await login(['--store', 'keychain'])).toMatchObject({ code: 0 });
        expect(config()).toMatchObject({ contexts: { 'alana@localhost': { store: 'keychain' } } });
        expect(config()).not.toHaveProperty('defaultStore');
      });
    });

    test('the command in the hint, which unlocks it', async () => {
      await withKeychain('locked', async (env) => {
        const keychain = () => createOsKeychain({ env });
        const error: unknown = await keychain()
          .probe()
          .catch((thrown: unknown) => thrown);
        const [, command = ''] = /^ +(bash -c .*)$/m.exec((error as TpksError).hint ?? '') ?? [];
        await run('sh', ['-c', `echo password | ${command}`], { env });
        await expect(keychain().probe()).resolves.toBeUndefined();
      });
    });

    /** No other test runs the standalone binary with a Secret Service that cannot be used. */
    const variants =
      isOtherProgram || isNightly
        ? (['locked', 'prompting', 'hung', 'absent'] as const)
        : (['locked', 'hung'] as const);

    test('kube-credential, which reports a keyring that cannot be used, and keeps the session', async () => {
      const user = createUser();
      const name = 'alana@localhost';
      const plugin = async (env: KeychainEnv) => {
        const { DBUS_SESSION_BUS_ADDRESS = '', XDG_RUNTIME_DIR = '' } = env;
        const kubectl = { ...likeKubectl.env, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR };
        return user.spawn(['kube-credential', '--context', name], { ...likeKubectl, env: kubectl });
      };
      await withHome(async (home) => {
        const unlocked = await withKeychain(
          'unlocked',
          async (env) => {
            await startKubernetesSession(user, sandbox, name, { store: 'keychain' }, env);
            return plugin(env);
          },
          { home },
        );
        expect(unlocked).toMatchObject({ code: 0, stderr: '' });
        for (const variant of variants) {
          const result = await withKeychain(variant, plugin, { home });
          expect(result).toMatchObject({ code: 7, stdout: '' });
          expect(result.stderr).toMatch(/^Error: .*(keyring|Secret Service).*\nHint: .*\n$/);
          expect(result.milliseconds).toBeLessThan(limitMilliseconds * 2);
        }
        const secondResult = await withKeychain('unlocked', plugin, { home });
        expect(secondResult).toMatchObject({ code: 0, stdout: unlocked.stdout, stderr: '' });
      });
    }, 60_000);
  });
});

const nodeOnly = createNodeOnly('replaces a module that the standalone binary contains');

nodeOnly.describe('on macOS and Windows', () => {
  let program = '';
  beforeAll(async () => {
    program = await bundle('test/support/keychain/os-keychain-program.ts');
  });
  afterAll(() => rm(dirname(program), { recursive: true }));

  /** @returns the results of the operations, which a program runs as on macOS. */
  async function runSteps(env: KeychainEnv, ...steps: string[]): Promise<readonly unknown[]> {
    const [command, ...args] = runtimeWords(program);
    const { stdout } = await run(command, [...args, ...steps], {
      env: { PATH: process.env['PATH'] ?? '', HOME: dirname(program), ...env },
      timeout: 30_000,
    });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }

  test('the interface of keytar is used', async () => {
    await withHome(async (home) => {
      const folder = join(home, '@napi-rs/keyring');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'keytar.js'), fakeKeytar);
      const steps = ['read:cody', 'write:cody:a2V5', 'read:cody', 'remove:cody', 'remove:cody'];
      expect(await runSteps({ NODE_PATH: home }, ...steps)).toEqual([
        ...[{}, {}, { value: 'a2V5' }, { value: true }, { value: false }],
      ]);
    });
  });

  test('a missing native module is reported', async () => {
    expect(await runSteps({ NODE_PATH: '/nowhere' }, 'probe')).toMatchObject([
      {
        kind: 'keychain',
        message: expect.stringMatching(/^The keychain module cannot be loaded on this platform \(/),
        hint: expect.stringMatching(/--store file/),
      },
    ]);
  });
});

/** Accepts only the service of tpks. */
const fakeKeytar = `
  const keys = new Map();
  const check = (service) => { if (service !== 'tpks') throw new Error(service); };
  exports.getPassword = async (service, account) => (check(service), keys.get(account) ?? null);
  exports.setPassword = async (service, account, key) => (check(service), keys.set(account, key), undefined);
  exports.deletePassword = async (service, account) => (check(service), keys.delete(account));
`;

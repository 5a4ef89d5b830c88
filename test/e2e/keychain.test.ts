import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Keychain } from '../../src/keychain/keychain.js';
import { bundle } from '../support/program/bundle.js';
import { keychainContract } from '../support/keychain/contract.js';
import { session, withFakeSecretService } from '../support/keychain/fake-secret-service.js';
import { type KeychainEnv, withHome, withKeychain } from '../support/keychain/keychain.js';
import { createUser } from '../support/program/cli.js';
import { likeKubectl, startKubernetesSession } from '../support/fixtures/kubernetes-session.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { runtimeWords } from '../support/program/spawned.js';
import { startTestSandbox } from '../support/servers/sandbox.js';

const run = promisify(execFile);
/** The documented limit for a whole command. */
const limitMilliseconds = 4000;

let program = '';
beforeAll(async () => {
  program = await bundle('test/support/keychain/os-keychain-program.ts');
});
afterAll(() => rm(dirname(program), { recursive: true }));

describeIfPart('secret-service', 'the OS keychain', () => {
  describe('with an unlocked Secret Service', () => {
    keychainContract((body) => withKeychain('unlocked', (env) => body(createProcessKeychain(env))));

    test('stores a key under service and username, where other programs find it', async () => {
      await withKeychain('unlocked', async (env) => {
        await runSteps(env, 'write:cody%40api.example.com:a2V5');
        const lookup = 'lookup service tpks username cody@api.example.com'.split(' ');
        expect((await run('secret-tool', lookup, { env })).stdout).toBe('a2V5');
        await runSteps(env, 'remove:cody%40api.example.com');
        await expect(run('secret-tool', lookup, { env })).rejects.toMatchObject({ code: 1 });
      });
    });

    test('leaves no entry after a probe', async () => {
      await withKeychain('unlocked', async (env) => {
        expect((await runSteps(env, 'probe')).lines).toEqual([{}]);
        const search = ['search', '--all', 'service', 'tpks'];
        expect(await run('secret-tool', search, { env })).toMatchObject({ stdout: '', stderr: '' });
      });
    });
  });

  describe.each([
    ['absent', /^No Secret Service is running on the D-Bus session bus/, /^start one/],
    ['collection-less', /^The keyring has no collection/, /^create one/],
    ['locked', /^The keyring is locked$/, /^unlock it/],
    ['prompting', /^The keyring is locked$/, /^unlock it/],
    ['hung', /^The Secret Service does not respond$/, /^restart it/],
  ] as const)('with a Secret Service that is %s', (variant, message, hint) => {
    test('reports its state within 4 s for every operation', async () => {
      await withKeychain(variant, async (env) => {
        for (const step of ['probe', 'read:cody']) {
          const { lines, milliseconds } = await runSteps(env, step);
          expect(lines).toEqual([
            {
              kind: 'keychain',
              message: expect.stringMatching(message),
              hint: expect.stringMatching(hint),
            },
          ]);
          expect(milliseconds).toBeLessThan(limitMilliseconds);
        }
      });
    }, 20_000);

    test('stores nothing in the keyring of the kernel', async () => {
      await withKeychain(variant, async (env) => {
        const account = randomUUID();
        await runSteps(env, `write:${account}:a2V5`);
        expect(await readFile('/proc/keys', 'utf8').catch(() => '')).not.toContain(account);
      });
    });
  });

  test.each(['locked', 'prompting'] as const)(
    'a stored key in a keyring that is %s is reported as an error and kept',
    async (variant) => {
      await withHome(async (home) => {
        await withKeychain('unlocked', (env) => runSteps(env, 'write:cody:a2V5'), { home });
        await withKeychain(
          variant,
          async (env) => {
            const { lines, milliseconds } = await runSteps(env, 'read:cody', 'remove:cody');
            expect(lines).toMatchObject([{ kind: 'keychain' }, { kind: 'keychain' }]);
            expect(milliseconds).toBeLessThan(limitMilliseconds);
          },
          { home },
        );
        await withKeychain(
          'unlocked',
          async (env) => {
            expect((await runSteps(env, 'read:cody')).lines).toEqual([{ value: 'a2V5' }]);
          },
          { home },
        );
      });
    },
    20_000,
  );

  test('login stores its key there, other commands read it, and logout deletes it', async () => {
    const sandbox = await startTestSandbox();
    const user = createUser();
    try {
      await withKeychain('unlocked', async ({ DBUS_SESSION_BUS_ADDRESS = '' }) => {
        const env = { DBUS_SESSION_BUS_ADDRESS };
        const search = async () =>
          (await run('secret-tool', ['search', '--all', 'service', 'tpks'], { env })).stdout;
        const words = ['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin'];
        const login = await user.spawn(words, { env, stdin: 'cody-password' });
        expect(login).toMatchObject({ code: 0, stderr: '' });
        expect(await search()).toContain('cody@localhost');
        expect(user.files().filter((file) => file.endsWith('.key'))).toEqual([]);
        expect(await user.spawn(['clusters'], { env })).toMatchObject({ code: 0, stderr: '' });
        expect(await user.spawn(['logout'], { env })).toMatchObject({ code: 0 });
        expect(await search()).toBe('');
      });
    } finally {
      await sandbox.close();
    }
  });

  test('a logout does not change the session of the same user in another home folder', async () => {
    const sandbox = await startTestSandbox();
    const users = [createUser(), createUser()] as const;
    try {
      await withKeychain('unlocked', async ({ DBUS_SESSION_BUS_ADDRESS = '' }) => {
        const env = { DBUS_SESSION_BUS_ADDRESS };
        const words = ['login', ...sandbox.loginOptions, '-u', 'cody', '--password-stdin'];
        for (const user of users) {
          const login = await user.spawn(words, { env, stdin: 'cody-password' });
          expect(login).toMatchObject({ code: 0, stderr: '' });
        }
        expect(await users[0].spawn(['logout'], { env })).toMatchObject({ code: 0 });
        expect(await users[1].spawn(['clusters'], { env })).toMatchObject({ code: 0, stderr: '' });
      });
    } finally {
      await sandbox.close();
    }
  });

  test('kube-credential reports a locked keyring, and keeps the session', async () => {
    const sandbox = await startTestSandbox();
    const user = createUser();
    const name = 'alana@localhost';
    const plugin = async (env: KeychainEnv) => {
      const { DBUS_SESSION_BUS_ADDRESS = '', XDG_RUNTIME_DIR = '' } = env;
      const kubectl = { ...likeKubectl.env, DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR };
      return user.spawn(['kube-credential', '--context', name], { ...likeKubectl, env: kubectl });
    };
    try {
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
        for (const variant of ['locked', 'prompting', 'hung', 'absent'] as const) {
          const result = await withKeychain(variant, plugin, { home });
          expect(result).toMatchObject({ code: 7, stdout: '' });
          expect(result.stderr).toMatch(/^Error: .*(keyring|Secret Service).*\nHint: .*\n$/);
          expect(result.milliseconds).toBeLessThan(limitMilliseconds * 2);
        }
        const secondResult = await withKeychain('unlocked', plugin, { home });
        expect(secondResult).toMatchObject({ code: 0, stdout: unlocked.stdout, stderr: '' });
      });
    } finally {
      await sandbox.close();
    }
  }, 60_000);

  test('waits for a hung service only once and without blocking the event loop', async () => {
    await withKeychain('hung', async (env) => {
      const steps = ['read:a', 'read:b', 'write:c:a2V5', 'remove:d', 'longest'];
      const { lines, milliseconds } = await runSteps(env, ...steps);
      expect(lines.slice(0, 4)).toMatchObject(Array(4).fill({ kind: 'keychain' }));
      expect(milliseconds).toBeLessThan(limitMilliseconds);
      const longest = lines[4] && 'value' in lines[4] ? Number(lines[4].value) : Number.NaN;
      expect(longest).toBeLessThan(1000);
    });
  });
});

test('a malformed initialization vector is an error, and does not abort the process', async () => {
  // With 2 bytes instead of 16 the native module panics.
  const types = '(oayays)';
  const values = [[session, [1, 2], Array(16).fill(9), 'text/plain']];
  await withFakeSecretService({ GetSecret: { types, values } }, async ({ env }) => {
    const { lines } = await runSteps({ PATH: process.env['PATH'] ?? '', ...env }, 'read:cody');
    expect(lines).toEqual([
      {
        kind: 'keychain',
        message: 'The Secret Service sent an invalid reply (Invalid initialization vector)',
        hint: expect.stringMatching(/^restart it/),
      },
    ]);
  });
});

const nodeOnly = createNodeOnly('replaces a module that the standalone binary contains');

nodeOnly.test('macOS and Windows use the interface of keytar', async () => {
  await withHome(async (home) => {
    const folder = join(home, '@napi-rs/keyring');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'keytar.js'), fakeKeytar);
    const env = { PATH: process.env['PATH'] ?? '', NODE_PATH: home, TEST_PLATFORM: 'darwin' };
    const steps = ['read:cody', 'write:cody:a2V5', 'read:cody', 'remove:cody', 'remove:cody'];
    expect((await runSteps(env, ...steps)).lines).toEqual([
      ...[{}, {}, { value: 'a2V5' }, { value: true }, { value: false }],
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

nodeOnly.test('a missing native module is reported', async () => {
  const { lines } = await runSteps(
    { PATH: process.env['PATH'] ?? '', NODE_PATH: '/nowhere', TEST_PLATFORM: 'darwin' },
    'probe',
  );
  expect(lines).toMatchObject([
    {
      kind: 'keychain',
      message: expect.stringMatching(/^The keychain module cannot be loaded on this platform \(/),
      hint: expect.stringMatching(/--store file/),
    },
  ]);
});

interface Outcome {
  /** One object for each step. */
  readonly lines: readonly object[];
  /** From the start of the process to its end. */
  readonly milliseconds: number;
}

async function runSteps(env: KeychainEnv, ...steps: string[]): Promise<Outcome> {
  const started = performance.now();
  // The program is outside the repository, but its native module is inside.
  const [command, ...args] = runtimeWords(program);
  const { stdout } = await run(command, [...args, ...steps], {
    env: { NODE_PATH: resolve('node_modules'), HOME: dirname(program), ...env },
    timeout: 30_000,
  });
  const milliseconds = performance.now() - started;
  return { lines: stdout.trim().split('\n').map(toObject), milliseconds };
}

/** A keychain that runs each operation in a separate process. */
function createProcessKeychain(env: KeychainEnv): Keychain {
  const readValue = async (...parts: string[]): Promise<unknown> => {
    const step = parts.map(encodeURIComponent).join(':');
    const [outcome] = (await runSteps(env, step)).lines;
    if (outcome === undefined || 'kind' in outcome || 'bug' in outcome) {
      throw new Error(JSON.stringify(outcome));
    }
    return 'value' in outcome ? outcome.value : undefined;
  };
  return {
    isShared: true,
    probe: async () => {
      await readValue('probe');
    },
    read: async (account) => {
      const value = await readValue('read', account);
      return typeof value === 'string' ? value : undefined;
    },
    write: async (account, key) => {
      await readValue('write', account, key);
    },
    remove: async (account) => (await readValue('remove', account)) === true,
  };
}

function toObject(line: string): object {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error(line);
  return value;
}

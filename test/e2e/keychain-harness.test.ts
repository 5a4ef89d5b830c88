import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect } from '@jest/globals';
import { type KeychainEnv, withHome, withKeychain } from '../support/keychain/keychain.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { describeIfPart, describeMissingPart } from '../support/runner/optional-part.js';

const { test } = createNodeOnly('tests the keyring package, and starts no tpks');

/**
 * Runs the keyring package itself against each state of a Secret Service, because the keychain tests
 * of tpks depend on how it behaves.
 */
describeIfPart('secret-service', 'a Secret Service that is', () => {
  test('unlocked stores a password that other processes can read', async () => {
    await withKeychain('unlocked', async (env) => {
      expect(await keyring(env, 'set')).toEqual({ value: null });
      expect(await keyring(env, 'get')).toEqual({ value: 'a secret' });
      const { stdout } = await run('secret-tool', 'lookup service tpks username a'.split(' '), {
        env,
      });
      expect(stdout).toBe('a secret');
      expect(await keyring(env, 'delete')).toEqual({ value: true });
      expect(await keyring(env, 'get')).toEqual({ value: null });
    });
  });

  test('locked fails immediately, because there is no user to unlock it', async () => {
    await withKeychain('locked', async (env) => {
      expect(await keyring(env, 'set')).toEqual({ call: expect.stringMatching(/dismissed/) });
    });
  });

  test('locked keeps stored passwords but does not return them', async () => {
    await withHome(async (home) => {
      await withKeychain('unlocked', (env) => keyring(env, 'set'), { home });
      await withKeychain(
        'locked',
        async (env) => {
          expect(await keyring(env, 'get')).toEqual({ call: expect.stringMatching(/dismissed/) });
        },
        { home },
      );
      await withKeychain(
        'unlocked',
        async (env) => {
          expect(await keyring(env, 'get')).toEqual({ value: 'a secret' });
        },
        { home },
      );
    });
  });

  test('prompting waits as long as the dialog is open', async () => {
    await withKeychain('prompting', async (env) => {
      await expect(keyring(env, 'set', 3_000)).rejects.toMatchObject({ killed: true });
    });
  });

  test('hung blocks the constructor for two seconds', async () => {
    await withKeychain('hung', async (env) => {
      const started = performance.now();
      expect(await keyring(env, 'get')).toEqual({
        constructor: expect.stringMatching(/Did not receive a reply/),
      });
      expect(performance.now() - started).toBeGreaterThan(1_900);
    });
  });

  test('collection-less cannot store a password', async () => {
    await withKeychain('collection-less', async (env) => {
      expect(await keyring(env, 'get')).toEqual({ value: null });
      expect(await keyring(env, 'set')).toEqual({ call: expect.stringMatching(/no result found/) });
    });
  });

  test('absent makes the constructor fail', async () => {
    await withKeychain('absent', async (env) => {
      expect(env).not.toHaveProperty('DBUS_SESSION_BUS_ADDRESS');
      expect(await keyring(env, 'get')).toEqual({ constructor: expect.stringMatching(/D-?Bus/i) });
    });
  });

  test('ended leaves no process and no home directory', async () => {
    const home = await withKeychain('locked', async (env) => {
      await keyring(env, 'get');
      expect((await listProcessNames(env['HOME'])).sort()).toEqual(
        expect.arrayContaining(['dbus-daemon', 'gnome-keyring-d']),
      );
      return env['HOME'];
    });
    expect(await listProcessNames(home)).toEqual([]);
    expect(existsSync(home ?? '')).toBe(false);
  });
});

describe('a program that is not installed', () => {
  test('is reported with the command that installs it', () => {
    expect(describeMissingPart('secret-service', '/nowhere')).toBe(
      'secret-service needs dbus-run-session, dbus-test-tool, gnome-keyring-daemon, secret-tool: ' +
        'apt-get install dbus dbus-tests gnome-keyring libsecret-tools',
    );
  });
});

const run = promisify(execFile);

const program = `
const { AsyncEntry } = require('@napi-rs/keyring');
const report = (answer) => process.stdout.write(JSON.stringify(answer));
let entry;
try {
  entry = new AsyncEntry('tpks', 'a', { linux: { store: 'secret-service' } });
} catch (error) {
  report({ constructor: error.message });
}
const calls = {
  get: () => entry.getPassword(),
  set: () => entry.setPassword('a secret'),
  delete: () => entry.deletePassword(),
};
if (entry) {
  calls[process.argv[1]]().then(
    (value) => report({ value: value ?? null }),
    (error) => report({ call: error.message }),
  );
}
`;

/** @returns the result of a call of the package, or the message and the place of its failure. */
async function keyring(
  env: KeychainEnv,
  call: 'get' | 'set' | 'delete',
  timeout = 20_000,
): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['-e', program, call], { env, timeout });
  return JSON.parse(stdout);
}

/** @returns the names of the running processes whose home is `home`. */
async function listProcessNames(home: string | undefined): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const names = pids.map(async (pid) => {
    try {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
      if (!environment.split('\0').includes(`HOME=${String(home)}`)) return [];
      return [(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()];
    } catch {
      return []; // The process has ended.
    }
  });
  return (await Promise.all(names)).flat();
}

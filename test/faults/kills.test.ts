import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Keychain } from '../../src/platform/keychain/keychain.js';
import type { KeyStore } from '../../src/platform/keychain/keychain.js';
import { withSecretService } from '../../src/platform/keychain/secret-service.js';
import { withKeychain } from '../support/keychain/keychain.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';
import {
  kubeconfigOf,
  killRepeatedly,
  type KilledRuns,
  type KilledRunsDeps,
  type Scenario,
} from './killed-runs.js';

/** One more than there are cores, because commands also wait. */
const parallel = 3;
const past = '2020-01-01T00:00:00.000Z';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0 });
}, 60_000);
afterAll(() => sandbox.close());

/** Logs in a user with the given context name. */
function login(context: string, user: string, store: 'file' | 'keychain') {
  const words = ['-u', user, '--password-stdin', '--store', store, '--name', context];
  return { words: ['login', ...sandbox.loginOptions, ...words], stdin: `${user}-password` };
}

/** Runs a command that is not killed, so it needs no process of its own. */
async function prepare(
  user: TestUser,
  words: readonly string[],
  options: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> },
): Promise<void> {
  const { code, stderr } = await user.tpks(words, options);
  if (code !== 0) throw new Error(stderr);
}

async function logIn(
  user: TestUser,
  context: string,
  store: 'file' | 'keychain',
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { words, stdin } = login(context, 'cody', store);
  await prepare(user, words, { stdin, env });
}

const clusterPassword = { PKS_USER_PASSWORD: 'cody-password' };

async function getCredentials(user: TestUser, cluster: string): Promise<void> {
  await logIn(user, 'work', 'file');
  const env = { ...clusterPassword, ...kubeconfigOf(user) };
  await prepare(user, ['get-credentials', cluster], { env });
}

test('a killed command leaves the old state or the new one, with the file store', async () => {
  const scenario = (name: string, rest: Partial<Scenario>): Scenario => ({
    name,
    context: 'work',
    prepare: (user) => logIn(user, 'work', 'file'),
    words: [],
    ...rest,
  });
  const nothing = () => Promise.resolve();
  await killAll(
    [
      scenario('first login', { ...login('work', 'cody', 'file'), prepare: nothing }),
      scenario('login of the same user', login('work', 'cody', 'file')),
      scenario('login of another user', login('work', 'naomi', 'file')),
      scenario('renewal', {
        words: ['clusters'],
        prepare: async (user) => {
          await logIn(user, 'work', 'file');
          await user.changeSession('work', { expiresAt: past });
        },
      }),
      scenario('logout', { words: ['logout'] }),
      scenario('context rename', {
        words: ['context', 'rename', 'work', 'play'],
        codesAfterwards: [0, 1],
      }),
      scenario('context delete', {
        words: ['context', 'delete', 'work'],
        mayEndLoggedOut: true,
        codesAfterwards: [0, 1],
      }),
      scenario('context use', {
        words: ['context', 'use', 'work'],
        prepare: async (user) => {
          await logIn(user, 'work', 'file');
          await logIn(user, 'play', 'file');
        },
      }),
    ],
    {},
  );
}, 600_000);

test('a killed kubectl command leaves the old or the new kubeconfig, and every session', async () => {
  const scenario = (name: string, rest: Partial<Scenario>): Scenario => ({
    name,
    context: 'work',
    prepare: (user) => getCredentials(user, 'dev-1'),
    words: [],
    mayStopBetweenFiles: true,
    ...rest,
  });
  await killAll(
    [
      scenario('first get-credentials', {
        prepare: (user) => logIn(user, 'work', 'file'),
        words: ['get-credentials', 'dev-1'],
      }),
      scenario('get-credentials of another cluster', { words: ['get-credentials', 'dev-2'] }),
      scenario('kubeconfig remove', {
        words: ['kubeconfig', 'remove', 'dev-1'],
        codesAfterwards: [0, 1],
      }),
      scenario('context rename --prune-kubeconfig', {
        words: ['context', 'rename', 'work', 'play', '--prune-kubeconfig'],
        codesAfterwards: [0, 1],
      }),
      scenario('logout with credentials', {
        words: ['logout', '--prune-kubeconfig'],
        mayEndLoggedOut: true,
      }),
      scenario('renewal for kubectl', {
        words: ['kube-credential', '--context', 'work'],
        prepare: async (user) => {
          await getCredentials(user, 'dev-1');
          await user.changeSession('kubernetes:work', { expiresAt: past });
        },
      }),
    ],
    { env: clusterPassword },
  );
}, 600_000);

describeIfPart('secret-service', 'with an OS keychain', () => {
  test(
    'a killed command leaves the old state or the new one',
    () =>
      withKeychain('unlocked', async (session) => {
        const env = { DBUS_SESSION_BUS_ADDRESS: session['DBUS_SESSION_BUS_ADDRESS'] ?? '' };
        // One keyring for all scenarios; each one uses its own key.
        const scenario = (
          context: string,
          store: 'file' | 'keychain',
          rest: Partial<Scenario>,
        ) => ({
          name: context,
          context,
          prepare: (user: TestUser) => logIn(user, context, store, env),
          words: [],
          ...rest,
        });
        const toKeychain = login('file to keychain', 'cody', 'keychain');
        const ofAnotherUser = login('key of tpks 0.2.0', 'naomi', 'keychain');
        const toFile = login('keychain to file', 'cody', 'file');
        await killAll(
          [
            scenario('file to keychain', 'file', toKeychain),
            scenario('keychain to file', 'keychain', toFile),
            scenario('logout with a keychain', 'keychain', { words: ['logout'] }),
            scenario('key of tpks 0.2.0', 'keychain', { ...ofAnotherUser, sharedItem: 'own' }),
            scenario('key of another home', 'keychain', {
              words: ['logout'],
              sharedItem: 'foreign',
            }),
          ],
          { env, keychain: keychainOf(env) },
        );
      }),
    600_000,
  );
});

/** The keychain of the commands, for this process. */
function keychainOf(env: NodeJS.ProcessEnv): Keychain {
  const ask = <T>(work: (items: KeyStore) => Promise<T>) =>
    withSecretService(env, 'tpks', new AbortController().signal, work);
  return {
    isShared: true,
    probe: () => Promise.reject(new Error('not used')),
    read: (account) => ask(({ read }) => read(account)),
    write: (account, key) => ask(({ write }) => write(account, key)),
    remove: (account) => ask(({ remove }) => remove(account)),
  };
}

async function killAll(scenarios: readonly Scenario[], deps: KilledRunsDeps): Promise<void> {
  const remaining: [Scenario, TestUser][] = [];
  // One after another, because these commands run in this process.
  for (const scenario of scenarios) {
    const start = createUser();
    await scenario.prepare(start);
    remaining.push([scenario, start]);
  }
  const results: KilledRuns[] = [];
  const worker = async (): Promise<void> => {
    for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
      results.push(await killRepeatedly(...next, deps));
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  process.stdout.write(`${report(results)}\n`);
  expect(
    results.flatMap(({ scenario, faults }) => faults.map((fault) => `${scenario} ${fault}`)),
  ).toEqual([]);
  // Both states must occur, so that there are kills before and after the decisive moment.
  for (const { scenario, old, new: after } of results) {
    expect({ scenario, old: old > 0, new: after > 0 }).toEqual({ scenario, old: true, new: true });
  }
}

function report(results: readonly KilledRuns[]): string {
  const lines = results.map(
    ({ scenario, calls, kills, old, new: after, loggedOut, between, faults }) =>
      `${scenario}: ${String(kills)} kills (of ${String(calls)} calls), ${String(old)} old, ` +
      `${String(after)} new, ${String(loggedOut)} logged out, ${String(between)} between, ` +
      `${String(faults.length)} faults`,
  );
  return [...lines, `${String(killsOf(results))} kills in all`].join('\n');
}

function killsOf(results: readonly KilledRuns[]): number {
  return results.reduce((total, { kills }) => total + kills, 0);
}

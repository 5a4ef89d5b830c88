import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.js';
import { errorMessage, TpksError } from '../../src/base/errors.js';
import { keychainAccount } from '../../src/domain/auth/session-files.js';
import { type SessionLocation } from '../../src/domain/auth/session-repository.js';
import { toStoreName } from '../../src/domain/contexts/context-names.js';
import { findIdentities } from '../../src/domain/contexts/current-installation.js';
import { createSettingsFile } from '../../src/platform/config/settings-file.js';
import { createLock } from '../../src/platform/disk/lock.js';
import { toFileName } from '../../src/platform/disk/private-files.js';
import type { Keychain } from '../../src/platform/keychain/keychain.js';
import { openSessionFiles } from '../support/fixtures/session-files.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { preloadVariables, type SpawnResult } from '../support/program/spawned.js';
import { isNightly } from '../support/runner/nightly.js';
import { createRandom } from './seed.js';

/** A command that is killed at many moments, each time starting from the same state. */
export interface Scenario {
  readonly name: string;
  /** Restores the home directory to its state before the command. */
  readonly prepare: (user: TestUser) => Promise<void>;
  readonly words: readonly string[];
  readonly stdin?: string;
  /** The context whose session is checked. */
  readonly context: string;
  /** The session may be gone while the context is still there, as after a logout. */
  readonly mayEndLoggedOut?: boolean;
  /** The session may already be in its new state while the kubeconfig is still in its old state, or vice versa. */
  readonly mayStopBetweenFiles?: boolean;
  /** Whether the keychain item that tpks 0.2.0 created belongs to this config folder or to another one. */
  readonly sharedItem?: 'own' | 'foreign';
  /** Exit codes of the same command after a kill; includes 1 if the killed run may have completed. */
  readonly codesAfterwards?: readonly number[];
}

export interface KilledRunsDeps {
  /** The OS keychain of the commands; none of them uses it if absent. */
  readonly keychain?: Keychain;
  readonly env?: Readonly<Record<string, string>>;
}

export interface KilledRuns {
  readonly scenario: string;
  /** Number of calls of the command that change a file or the keychain. */
  readonly calls: number;
  readonly kills: number;
  /** Number of kills after which the state was the old one, the new one, or the state after a logout. */
  readonly old: number;
  readonly new: number;
  readonly loggedOut: number;
  /** Number of kills after which one file had its old content and another one its new content. */
  readonly between: number;
  /** Failures, one line each, with the moment of the kill. */
  readonly faults: readonly string[];
}

/**
 * In a normal run, a command is killed just before each call that replaces or removes a permanent file, and before
 * its last call. In a nightly run, it is also killed before a sample of all other calls that change files or the
 * keychain, and at random times.
 */
const nightlyKills = { calls: 20, times: 3 };
/** Calls that create, replace or remove a file that is not temporary. */
const decisiveCall = /^(rename|rm|unlink)\w* .*(config\.json|\.session|\.key|kubeconfig)$/;

interface Moment {
  readonly call?: number;
  readonly milliseconds?: number;
}

const runAgainEvery = 4;
const preload = fileURLToPath(new URL('../support/preload/kill-at.cjs', import.meta.url));

/**
 * Kills a command at many moments, and checks the state after each kill.
 * @param start - the user before the command, prepared with `scenario.prepare`.
 */
export async function killRepeatedly(
  scenario: Scenario,
  start: TestUser,
  deps: KilledRunsDeps,
): Promise<KilledRuns> {
  const { context, words, sharedItem } = scenario;
  const startKey = await readOwnKey(start, deps, context);
  const startState = await readState(start, deps);
  const describe = async (user: TestUser) => describeState(await readState(user, deps), startState);
  const oldState = await describe(start);

  const createStartUser = async (): Promise<TestUser> => {
    const user = createUser();
    if (existsSync(start.home)) cpSync(start.home, user.home, { recursive: true });
    const { keychain } = deps;
    if (keychain === undefined) return user;
    const account = sharedItem === 'own' ? context : await accountOf(user, keychain, context);
    if (startKey !== undefined) await keychain.write(account, startKey);
    if (sharedItem === 'foreign') await keychain.write(context, foreignKey);
    return user;
  };
  const run = (user: TestUser, env: Record<string, string> = {}, killAfter?: number) =>
    user.spawn(words, {
      env: { ...deps.env, ...kubeconfigOf(user), ...env },
      ...(scenario.stdin === undefined ? {} : { stdin: scenario.stdin }),
      started: (child) => {
        if (killAfter === undefined) return;
        const timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
        child.once('exit', () => clearTimeout(timer));
      },
    });
  const runWithPreload = (user: TestUser, env: Record<string, string>) =>
    run(user, { ...preloadVariables(preload), ...env });

  const completeUser = await createStartUser();
  const listFile = join(completeUser.env['HOME'] ?? '', 'calls');
  const { code, milliseconds, stderr } = await runWithPreload(completeUser, {
    TPKS_KILL_LIST: listFile,
  });
  if (code !== 0) throw new Error(`${scenario.name} fails without a kill: ${stderr}`);
  const calls = readFileSync(listFile, 'utf8').split('\n');
  const newState = await describe(completeUser);
  const finalFiles = await listFiles(completeUser, deps, context);

  const loggedOutState = oldState.replaceAll('old session', 'no session');
  const possibleStates = [oldState, newState];
  if (scenario.mayEndLoggedOut === true) possibleStates.push(loggedOutState);
  const counts = { old: 0, new: 0, loggedOut: 0, between: 0, kills: 0 };
  const faults: string[] = [];
  const chosenMoments = chooseMoments(scenario.name, calls, milliseconds);
  for (const [index, moment] of chosenMoments.entries()) {
    const user = await createStartUser();
    const addFault = (what: string) => faults.push(`${JSON.stringify(moment)}: ${what}`);
    const result =
      moment.call === undefined
        ? await run(user, {}, moment.milliseconds)
        : await runWithPreload(user, { TPKS_KILL_AT: String(moment.call) });
    if (result.signal === 'SIGKILL') counts.kills += 1;
    else if (moment.call !== undefined)
      addFault(`the command was not killed: ${describeEnd(result)}`);
    const state = await describe(user).catch((error: unknown) => errorMessage(error));
    if (state === oldState) counts.old += 1;
    else if (state === newState) counts.new += 1;
    else if (scenario.mayEndLoggedOut === true && state === loggedOutState) counts.loggedOut += 1;
    else if (scenario.mayStopBetweenFiles === true && isMixture(state, ...possibleStates))
      counts.between += 1;
    else addFault(`the state is neither old nor new: ${state}`);

    if (sharedItem === 'foreign' && (await deps.keychain?.read(context)) !== foreignKey)
      addFault('the item of another home was changed');

    for (const lock of locksOf(user, context)) {
      const foreignTimeoutError = ({ path }: { readonly path: string }) =>
        new TpksError('storage', `${path} is still held`);
      const isShared = lock.endsWith('kubeconfig.lock');
      const shared = isShared ? { foreignTimeoutError } : {};
      await createLock(lock, { clock: systemClock, waitSeconds: 10, ...shared })
        .runExclusively(() => Promise.resolve())
        .catch((error: unknown) => addFault(errorMessage(error)));
    }
    // Starting a process is slow, so the command is repeated only after some of the kills.
    if (index % runAgainEvery === 1) {
      const rerun = await run(user);
      const { codesAfterwards = [0] } = scenario;
      if (!codesAfterwards.includes(rerun.code ?? -1))
        addFault(`the next run fails: ${describeEnd(rerun)}`);
      const endState = await describe(user).catch((error: unknown) => errorMessage(error));
      // A command that has nothing left to change keeps the changes of the killed run.
      const mayBeMixture = rerun.code !== 0 && scenario.mayStopBetweenFiles === true;
      const isEndState = mayBeMixture
        ? isMixture(endState, ...possibleStates)
        : endState === newState;
      if (!isEndState) addFault(`the next run ends in another state: ${endState}`);
      const files = await listFiles(user, deps, context);
      if (rerun.code === 0 && files !== finalFiles)
        addFault(`the next run leaves ${files}, not ${finalFiles}`);
    }
    rmSync(user.home, { recursive: true, force: true });
  }
  return { scenario: scenario.name, calls: calls.length, ...counts, faults };
}

function chooseMoments(
  name: string,
  calls: readonly string[],
  milliseconds: number,
): readonly Moment[] {
  const numbers = calls.map((_, index) => index + 1);
  const decisive = numbers.filter((number) => decisiveCall.test(calls[number - 1]!));
  const always = [...new Set([...decisive, calls.length])];
  if (!isNightly) return always.map((call) => ({ call }));
  const random = createRandom(`kills ${name}`);
  const sample = numbers
    .filter((number) => !always.includes(number))
    .map((call) => ({ call, order: random() }))
    .sort((one, other) => one.order - other.order)
    .slice(0, nightlyKills.calls);
  const times = Array.from({ length: nightlyKills.times }, () => ({
    milliseconds: Math.floor(random() * milliseconds),
  }));
  return [...always.map((call) => ({ call })), ...sample.map(({ call }) => ({ call })), ...times];
}

interface State {
  readonly current: string | undefined;
  /** Identity, store and UAA of each context. */
  readonly contexts: Readonly<Record<string, string>>;
  /** Access token of each context that has a session, and of each Kubernetes session. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Identity, store and clusters of each Kubernetes session. */
  readonly kubernetesSessions: Readonly<Record<string, string>>;
  /** Content of the kubeconfig; empty if it does not exist. */
  readonly kubeconfig: string;
}

/** In the home directory of tpks, so that it is copied with it. */
export function kubeconfigOf({ home }: Pick<TestUser, 'home'>): { readonly KUBECONFIG: string } {
  return { KUBECONFIG: join(home, 'kubeconfig') };
}

/**
 * The state that the next command would find.
 * @throws if the settings or a session cannot be read.
 */
async function readState(user: TestUser, { keychain }: KilledRunsDeps): Promise<State> {
  const settings = await createSettingsFile({
    directory: user.home,
    program: 'tpks',
    withLock: () => Promise.reject(new Error('the settings must not be written')),
  }).read();
  const files = openSessionFiles(user.home, keychain);
  const tokens: Record<string, string> = {};
  const { kubernetesSessions = {} } = settings;
  const locations: readonly SessionLocation[] = [
    ...Object.entries(settings.contexts).map(([name, context]) => ({ ...context, name })),
    ...Object.entries(kubernetesSessions).map(([name, { store }]) => ({
      name: toStoreName(name),
      store,
    })),
  ];
  for (const location of locations) {
    const stored = await files.load(location);
    if (stored !== undefined) tokens[location.name] = stored.accessToken.reveal();
  }
  const { KUBECONFIG: path } = kubeconfigOf(user);
  const contexts = Object.entries(settings.contexts).map(
    ([name, { identity, store, uaa }]) => [name, `${identity} ${store} ${uaa}`] as const,
  );
  return {
    current: findIdentities(settings).pks,
    contexts: Object.fromEntries(contexts),
    tokens,
    kubernetesSessions: Object.fromEntries(
      Object.entries(kubernetesSessions).map(([name, { identity, store, clusters }]) => [
        toStoreName(name),
        `${identity} ${store} ${clusters.join('+')}`,
      ]),
    ),
    // The entries contain the path of the home directory in which they were created.
    kubeconfig: existsSync(path)
      ? readFileSync(path, 'utf8').replaceAll(/\/\S*tpks-home-\w+/g, 'HOME')
      : '',
  };
}

/** Describes the settings and sessions, then the kubeconfig. */
function describeState(state: State, start: State): string {
  const { current = 'none', contexts, kubernetesSessions, kubeconfig, tokens } = state;
  const oldTokens = Object.values(start.tokens);
  const describe = (all: Readonly<Record<string, string>>) =>
    Object.entries(all)
      .map(([name, what]) => {
        const token = tokens[name];
        const session =
          token === undefined
            ? 'no session'
            : oldTokens.includes(token)
              ? 'old session'
              : 'new session';
        return `${name}: ${what}, ${session}`;
      })
      .sort();
  const hash = createHash('sha256').update(kubeconfig).digest('hex').slice(0, 8);
  return [
    [`current: ${current}`, ...describe(contexts)].join('; '),
    describe(kubernetesSessions).join('; '),
    kubeconfig === '' ? 'no kubeconfig' : `kubeconfig ${hash}`,
  ].join(partSeparator);
}

const partSeparator = ' | ';

/** Whether the contexts, the Kubernetes sessions and the kubeconfig each have one of the states. */
function isMixture(state: string, ...states: readonly string[]): boolean {
  const parts = states.map((each) => each.split(partSeparator));
  return state
    .split(partSeparator)
    .every((part, index) => parts.some((each) => each[index] === part));
}

/** The remaining files and the key, without parts of names that differ from run to run. */
async function listFiles(user: TestUser, deps: KilledRunsDeps, context: string): Promise<string> {
  const files = user.files().map((file) => file.replace(/\.[0-9a-f]{16}\.session$/, '.session'));
  const key = await readOwnKey(user, deps, context);
  return [...files, ...(key === undefined ? [] : ['a key in the keychain'])].join(', ');
}

async function readOwnKey(
  user: TestUser,
  { keychain }: KilledRunsDeps,
  context: string,
): Promise<string | undefined> {
  return keychain?.read(await accountOf(user, keychain, context));
}

function accountOf({ home }: TestUser, keychain: Keychain, context: string): Promise<string> {
  return keychainAccount(context, join(home, 'sessions'), keychain);
}

const foreignKey = Buffer.alloc(32, 7).toString('base64');

function locksOf(user: TestUser, context: string): readonly string[] {
  const sessions = [context, toStoreName(context)].map((name) =>
    join(user.home, 'sessions', `${toFileName(name)}.lock`),
  );
  return [join(user.home, 'config.lock'), ...sessions, `${kubeconfigOf(user).KUBECONFIG}.lock`];
}

function describeEnd({ code, signal, stderr }: SpawnResult): string {
  return `${String(code ?? signal)} ${stderr.trim()}`;
}

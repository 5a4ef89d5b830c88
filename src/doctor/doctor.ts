import { formatLoginCommand } from '../auth/login-command.js';
import type { Session } from '../auth/session.js';
import type { Clock } from '../clock.js';
import type { Environment } from '../config/environment.js';
import type { Folders } from '../config/folders.js';
import type { Settings } from '../config/settings.js';
import type { Context } from '../contexts/context.js';
import type { Send, Trust } from '../http/send.js';
import type { Keychain, StoreKind } from '../keychain/keychain.js';
import type { Kubeconfig } from '../kube/kubeconfig/kubeconfig.js';
import { redact } from '../secret.js';
import {
  runCheck,
  skip,
  toFailure,
  withinSeconds,
  type CheckName,
  type CheckResult,
} from './check.js';
import { checkProxySetting, type ConnectionProbes, type ProxySetting } from './connection.js';
import { checkKeychain } from './keychain.js';
import { fileCheck, localChecks, type OwnProcess } from './local-checks.js';
import type { RunProgram } from './run-program.js';
import { describeSelection, resolveSelection, type Selection } from './selection.js';
import { checkServer, type ReadResult, type ReadSession } from './check-server.js';
import { checkSession } from './session.js';

/** What `tpks doctor` reports. */
export interface Diagnosis {
  /** Name of the context of the PKS commands; `undefined` without one. */
  readonly context: string | undefined;
  /** Name of the context of `tpks uaa`; `undefined` without one. */
  readonly uaaContext: string | undefined;
  readonly results: readonly CheckResult[];
}

export interface DoctorDeps {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly ownProcess: OwnProcess;
  readonly folders: Folders;
  /** @throws {TpksError} `storage` */
  readonly readSettings: () => Promise<Settings>;
  readonly kubeconfig: () => Promise<Pick<Kubeconfig, 'listOwn'>>;
  readonly send: (trust: Trust) => Promise<Send>;
  readonly session: (context: Context) => Promise<Pick<Session, 'readStored'>>;
  readonly keychain: (store: 'keychain' | 'file') => Promise<Pick<Keychain, 'probe'>>;
  readonly probes: Omit<ConnectionProbes, 'now'>;
  readonly runProgram: RunProgram;
  /** `undefined` if no proxy is set. */
  readonly proxy: ProxySetting | undefined;
}

export interface DoctorInput {
  /** `--context` */
  readonly context: string | undefined;
  /** Whether tpks was started from an interactive shell. */
  readonly isInteractive: boolean;
}

export type Doctor = (input: DoctorInput) => Promise<Diagnosis>;

/**
 * Creates a function that runs all checks in at most 15 s. Independent checks run at the same time, and
 * each check has its own time limit. It renews no token and changes no settings.
 */
export function createDoctor(deps: DoctorDeps): Doctor {
  return async ({ context, isInteractive }) => {
    const local = { ...deps, isInteractive };
    const files = runCheck(fileCheck(local));
    // Reading a key corrects the permissions of its file, so the files are checked first.
    const readSession = createSessionReader(files, deps);
    const { selection, result } = await selectContexts(context, readSession, deps);
    const groups = await Promise.all([
      Promise.resolve([result]),
      checkServers(selection, readSession, deps),
      checkSessions(selection, readSession, deps),
      files.then(() => checkStore(selection, deps)),
      files,
      ...localChecks(local).map(runCheck),
    ]);
    return {
      context: selection?.context?.name,
      uaaContext: selection?.uaaContext?.name,
      results: withoutDuplicates(groups.flat()).map(withoutSecrets),
    };
  };
}

/** @returns only the result if the settings or the variables are invalid. */
async function selectContexts(
  context: string | undefined,
  readSession: ReadSession,
  { env, readSettings }: DoctorDeps,
): Promise<{ readonly selection?: Selection; readonly result: CheckResult }> {
  let selection: Selection | undefined;
  const [result] = await runCheck({
    name: 'context',
    subject: 'settings',
    seconds: 3,
    run: async () => {
      const input = { settings: await readSettings(), env, context };
      // A slow keychain is reported by another check.
      const read = (each: Context) =>
        withinSeconds(2, async () => (await readSession(each)).stored);
      selection = await resolveSelection(input, async (each) =>
        (await read(each).catch(() => undefined))?.scope.split(' '),
      );
      return [describeSelection(selection)];
    },
  });
  if (result === undefined) throw new Error('a check has no result');
  return selection === undefined ? { result } : { selection, result };
}

const serverChecks: readonly CheckName[] = ['dns', 'tcp', 'tls', 'version', 'clock', 'issuer'];

async function checkServers(
  selection: Selection | undefined,
  readSession: ReadSession,
  deps: DoctorDeps,
): Promise<readonly CheckResult[]> {
  const servers = selection?.servers ?? [];
  if (servers.length === 0) {
    const proxy = await runCheck({
      name: 'proxy',
      subject: 'proxy',
      seconds: 1,
      run: () => Promise.resolve([checkProxySetting(deps.proxy)]),
    });
    const skippedChecks = serverChecks.map((name) =>
      skip(name, 'no context, so there is no server to check'),
    );
    return [...proxy, ...skippedChecks];
  }
  const all = await Promise.all(servers.map((server) => checkServer(server, readSession, deps)));
  return all.flat();
}

/** The keychain and the disk have shorter limits. */
const sessionSeconds = 5;

/** Reads each session once, after the permissions of the files have been checked. */
function createSessionReader(files: Promise<unknown>, { session }: DoctorDeps): ReadSession {
  const results = new Map<string, Promise<ReadResult>>();
  const read = async (context: Context): Promise<ReadResult> => {
    await files;
    try {
      const stored = await withinSeconds(sessionSeconds, async () =>
        (await session(context)).readStored(),
      );
      return { stored };
    } catch (error) {
      return { stored: undefined, error };
    }
  };
  return (context) => {
    const result = results.get(context.name) ?? read(context);
    results.set(context.name, result);
    return result;
  };
}

async function checkSessions(
  selection: Selection | undefined,
  readSession: ReadSession,
  { clock }: DoctorDeps,
): Promise<readonly CheckResult[]> {
  const contexts = [selection?.context, selection?.uaaContext].filter((each) => each !== undefined);
  if (contexts.length === 0) return [skip('session', 'no context')];
  return Promise.all(
    contexts.map(async (context) => {
      const { stored, error } = await readSession(context);
      if (error !== undefined) return toFailure('session', context.name, error);
      const loginCommand = formatLoginCommand(context);
      return checkSession({ context, stored, loginCommand, now: clock.now() });
    }),
  );
}

/** Checks the store of the context, or the store that the next login will use. */
async function checkStore(
  selection: Selection | undefined,
  { env, keychain, clock }: DoctorDeps,
): Promise<readonly CheckResult[]> {
  const context = selection?.context ?? selection?.uaaContext;
  const store = context?.store ?? selectStore(env);
  return runCheck({
    name: 'keychain',
    subject: 'keychain',
    seconds: 5,
    run: async () => [await checkKeychain({ store, keychain, monotonic: clock.monotonic })],
  });
}

function selectStore({ TPKS_STORE: store }: Environment): StoreKind {
  return store === 'file' || store === 'none' ? store : 'keychain';
}

/** Servers on the same host have the same results for some checks. */
function withoutDuplicates(results: readonly CheckResult[]): readonly CheckResult[] {
  return [...new Map(results.map((result) => [JSON.stringify(result), result])).values()];
}

function withoutSecrets({ fix, ...result }: CheckResult): CheckResult {
  return {
    ...result,
    message: redact(result.message),
    ...(fix === undefined ? {} : { fix: redact(fix) }),
  };
}

import { argv, geteuid } from 'node:process';
import type { Session } from '../auth/session.js';
import type { Clock } from '../clock.js';
import { findProxyVariables, type Environment } from '../config/environment.js';
import type { Folders } from '../config/folders.js';
import type { Settings } from '../config/settings.js';
import type { Context } from '../contexts/context.js';
import { createProxy } from '../http/proxy.js';
import type { Send, Trust } from '../http/send.js';
import { readSystemRoots } from '../http/system-roots.js';
import type { Keychain } from '../keychain/keychain.js';
import type { Kubeconfig } from '../kube/kubeconfig/kubeconfig.js';
import { redact } from '../secret.js';
import { runCheck, skip, withinSeconds, type CheckName, type CheckResult } from './check.js';
import { checkProxySetting, createNetwork, type ProxySetting } from './connection.js';
import { fileCheck, localChecks } from './local-checks.js';
import { createRunProgram } from './run-program.js';
import { describeSelection, resolveSelection, type Selection } from './selection.js';
import { checkServer } from './server-checks.js';
import {
  checkKeychain,
  checkSessions,
  createSessionReader,
  type ReadSession,
} from './session-checks.js';

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
  readonly folders: Folders;
  /** @throws {TpksError} `storage` */
  readonly readSettings: () => Promise<Settings>;
  readonly kubeconfig: () => Promise<Pick<Kubeconfig, 'listOwn'>>;
  readonly send: (trust: Trust) => Promise<Send>;
  readonly session: (context: Context) => Promise<Pick<Session, 'readStored'>>;
  readonly keychain: (store: 'keychain' | 'file') => Promise<Pick<Keychain, 'probe'>>;
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
  const { env, clock } = deps;
  const ownProcess = { program: argv[1] ?? '', user: geteuid?.() };
  return async ({ context, isInteractive }) => {
    const local = { ...deps, ownProcess, runProgram: createRunProgram(deps), isInteractive };
    const files = runCheck(fileCheck(local));
    const readSession = createSessionReader(files, deps.session);
    const { selection, result } = await selectContexts(context, readSession, deps);
    const contexts = [selection?.context, selection?.uaaContext].filter(
      (each) => each !== undefined,
    );
    const groups = await Promise.all([
      Promise.resolve([result]),
      checkServers(selection, readSession, deps),
      checkSessions(contexts, readSession, clock.now()),
      files.then(() => checkStore(contexts[0]?.store ?? selectStore(env), deps)),
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
      selection = await resolveSelection(input, async (each) => {
        // A slow keychain is reported by another check.
        const read = withinSeconds(2, () => readSession(each)).catch(() => undefined);
        return (await read)?.stored?.scope.split(' ');
      });
      return describeSelection(selection);
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
  const systemRoots = () => readSystemRoots(deps.env);
  const proxy = findProxySetting(deps.env, systemRoots);
  const servers = selection?.servers ?? [];
  if (servers.length === 0) {
    const result = await runCheck({
      name: 'proxy',
      subject: 'proxy',
      seconds: 1,
      run: () => checkProxySetting(proxy),
    });
    const skippedChecks = serverChecks.map((name) =>
      skip(name, 'no context, so there is no server to check'),
    );
    return [...result, ...skippedChecks];
  }
  const serverDeps = { ...deps, proxy, network: createNetwork(systemRoots) };
  const all = servers.map((server) => checkServer(server, readSession, serverDeps));
  return (await Promise.all(all)).flat();
}

function findProxySetting(
  env: Environment,
  systemRoots: () => readonly string[],
): ProxySetting | undefined {
  const variables = findProxyVariables(env);
  if (variables === undefined) return undefined;
  // The result omits the address, because it can contain a password.
  const { variable, noProxy } = variables;
  return { variable, noProxy, create: () => createProxy({ ...variables, systemRoots }) };
}

/** @param store - the store of the context, or the store that the next login will use. */
function checkStore(
  store: Context['store'],
  { keychain, clock }: DoctorDeps,
): Promise<readonly CheckResult[]> {
  return runCheck({
    name: 'keychain',
    subject: 'keychain',
    seconds: 5,
    run: () => checkKeychain({ store, keychain, monotonic: clock.monotonic }),
  });
}

function selectStore({ TPKS_STORE: store }: Environment): Context['store'] {
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

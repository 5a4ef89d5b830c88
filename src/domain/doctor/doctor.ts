import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { argv, geteuid } from 'node:process';
import type { Clock } from '../../base/clock.js';
import { isTpksError } from '../../base/errors.js';
import { redact } from '../../base/secret.js';
import {
  isOn,
  type Environment,
  locatePksCreds,
  locateUaacFile,
} from '../../platform/config/environment.js';
import type { Settings } from '../../platform/config/settings.js';
import { selectStore } from '../auth/login-store.js';
import type { Context } from '../contexts/context.js';
import {
  runCheck,
  skip,
  withinSeconds,
  type CheckName,
  type CheckResult,
  type DoctorDeps,
} from './check.js';
import { checkCompletion, zshSeconds } from './completion.js';
import { checkConnection, checkProxySetting } from './connection.js';
import {
  describeSelection,
  resolveSelection,
  checkKeychain,
  checkSession,
  createSessionReader,
  sessionSeconds,
  type Server,
  type ReadSession,
} from './contexts.js';
import {
  checkCaFiles,
  checkFiles,
  checkLocks,
  checkPlainTextFiles,
  findPlainTextFiles,
  listLocks,
  listStoredFiles,
} from './files.js';
import {
  checkKubeconfig,
  checkKubectl,
  checkLink,
  checkOwnProgram,
  findPrograms,
  kubectlSeconds,
} from './programs.js';
import { checkServer, skipServer } from './servers.js';

export interface Diagnosis {
  /** Name of the context of the PKS commands; `undefined` without one. */
  readonly context: string | undefined;
  /** Name of the context of `tpks uaa`; `undefined` without one. */
  readonly uaaContext: string | undefined;
  readonly results: readonly CheckResult[];
}

export interface DoctorInput {
  readonly context: string | undefined;
  readonly isInteractive: boolean;
}

const diskSeconds = 3;
const settingsSeconds = 3;

/** Runs independent checks in parallel, in at most 15 s. Renews no token and changes no settings. */
export async function diagnose(
  { context, isInteractive }: DoctorInput,
  deps: DoctorDeps,
): Promise<Diagnosis> {
  const { env, clock, folders } = deps;
  const user = geteuid?.();
  // Must run before the keychain, which corrects the permissions of some files.
  const files = runCheck('files', folders.config, diskSeconds, async () =>
    checkFiles(await listStoredFiles(folders), user),
  );
  const readSession = createSessionReader(files, deps.session);
  const selecting = withinSeconds(settingsSeconds, async () =>
    resolveSelection(await deps.readSettings(), env, context, async (each) => {
      // A slow keychain is reported by another check.
      const read = withinSeconds(2, () => readSession(each)).catch(() => undefined);
      return (await read)?.scope.split(' ');
    }),
  );
  const selectionResults = await runCheck('context', 'settings', settingsSeconds, async () =>
    describeSelection(await selecting),
  );
  // Without a selection if the settings or the variables are invalid, which the check has reported.
  const selection = await selecting.catch(() => undefined);
  const contexts = [selection?.context, selection?.uaaContext].filter((each) => each !== undefined);
  const keychain = files.then(() =>
    runCheck('keychain', 'keychain', 5, () =>
      checkKeychain(contexts[0]?.store ?? findNewStore(env, selection?.defaultStore), deps),
    ),
  );
  const results = await Promise.all([
    checkServers(selection?.servers ?? [], readSession, deps),
    checkSessions(contexts, readSession, keychain, clock),
    keychain,
    files,
    ...runLocalChecks(deps, user, isInteractive),
  ]);
  return {
    context: selection?.context?.name,
    uaaContext: selection?.uaaContext?.name,
    results: withoutDuplicates([...selectionResults, ...results.flat()]).map(withoutSecrets),
  };
}

async function checkSessions(
  contexts: readonly Context[],
  readSession: ReadSession,
  keychain: Promise<readonly CheckResult[]>,
  clock: Clock,
): Promise<readonly CheckResult[]> {
  if (contexts.length === 0) return [skip('session', 'no context')];
  const results = contexts.map((each) =>
    runCheck('session', each.name, sessionSeconds + diskSeconds, async () => {
      try {
        return checkSession(each, await readSession(each), clock.now());
      } catch (error) {
        // Otherwise, a keychain that cannot be used would be reported twice, with the same fix.
        const isKeychainError = isTpksError(error) && error.kind === 'keychain';
        const isReported = isKeychainError && (await keychain).some(isFailure);
        if (!isReported) throw error;
        return skip('session', `${each.name}: not checked, because the keychain cannot be used`);
      }
    }),
  );
  return (await Promise.all(results)).flat();
}

function isFailure({ status }: CheckResult): boolean {
  return status === 'fail';
}

const serverChecks: readonly CheckName[] = ['dns', 'tcp', 'tls', 'version', 'clock', 'issuer'];

async function checkServers(
  servers: readonly Server[],
  readSession: ReadSession,
  deps: DoctorDeps,
): Promise<readonly CheckResult[]> {
  const { env, clock } = deps;
  if (servers.length === 0) {
    const result = await runCheck('proxy', 'proxy', 1, () => checkProxySetting(env));
    const reason = 'no context, so there is no server to check';
    return [...result, ...serverChecks.map((name) => skip(name, reason))];
  }
  const results = servers.map(async (server) => {
    const connection = await checkConnection(server, env, clock.now());
    const hasFailed = connection.some(isFailure);
    const rest = hasFailed ? skipServer(server) : await checkServer(server, readSession, deps);
    return [...connection, ...rest];
  });
  return (await Promise.all(results)).flat();
}

/** The store of new contexts. @throws {TpksError} `usage` for an unknown store */
function findNewStore({ TPKS_STORE: store }: Environment, defaultStore: Settings['defaultStore']) {
  return store === 'none' ? store : selectStore(store, defaultStore);
}

/** @param user - effective user id; `undefined` on Windows. */
function runLocalChecks(deps: DoctorDeps, user: number | undefined, isInteractive: boolean) {
  const { env, platform, folders, clock, kubeconfig } = deps;
  const ownProgram = argv[1] ?? '';
  const search = { path: env.PATH ?? '', platform, ownProgram };
  return [
    runCheck('caFiles', 'CA files', diskSeconds, () => checkCaFiles(env)),
    runCheck('plainText', 'home folder', diskSeconds, async () =>
      checkPlainTextFiles(
        await findPlainTextFiles(await listPlainTextPaths(deps)),
        isOn(env.TPKS_PKS_CREDS),
        user,
      ),
    ),
    runCheck('locks', folders.sessions, diskSeconds, async () =>
      checkLocks(await listLocks(folders, clock.now())),
    ),
    // Longer than the limit for zsh, so that zsh is killed before this check times out.
    runCheck('completion', 'completion', zshSeconds + 1, () =>
      checkCompletion(deps, isInteractive),
    ),
    // Longer than the limit for kubectl, as above.
    runCheck('kubectl', 'kubectl', kubectlSeconds + 1, () => checkKubectl(deps)),
    runCheck('kubectl', 'kubeconfig', diskSeconds, async () =>
      checkKubeconfig(await kubeconfig.listOwn(), (program) =>
        isAbsolute(program)
          ? existsSync(program)
          : findPrograms(program, search).some(({ kind }) => kind !== 'broken'),
      ),
    ),
    runCheck('links', 'PATH', diskSeconds, () => [
      checkOwnProgram(findPrograms('tpks', search), ownProgram),
      ...['pks', 'tkgi', 'uaac'].map((name) => checkLink(name, findPrograms(name, search))),
    ]),
  ];
}

/** Lists the files of the original CLIs, and the files that tpks has written for scripts. */
async function listPlainTextPaths({ env, platform, readSettings }: DoctorDeps) {
  const { contexts } = await readSettings().catch((error: unknown): Pick<Settings, 'contexts'> => {
    if (!isTpksError(error)) throw error;
    // The context check reports this error.
    return { contexts: {} };
  });
  const copies = Object.entries(contexts).flatMap(([context, { pksCreds }]) => {
    if (pksCreds === undefined) return [];
    const { path, isAlwaysWritten } = pksCreds;
    return [{ tool: 'pks' as const, path, copyOf: { context, isAlwaysWritten } }];
  });
  const path = locatePksCreds(env, platform);
  return [
    ...(copies.some((copy) => copy.path === path) ? [] : [{ tool: 'pks' as const, path }]),
    ...copies,
    { tool: 'uaac' as const, path: locateUaacFile(env, platform) },
  ];
}

/** Servers on the same host have the same results for some checks. */
function withoutDuplicates(results: readonly CheckResult[]): readonly CheckResult[] {
  return [...new Map(results.map((result) => [JSON.stringify(result), result])).values()];
}

function withoutSecrets({ fix, ...result }: CheckResult): CheckResult {
  return { ...result, message: redact(result.message), fix: fix && redact(fix) };
}

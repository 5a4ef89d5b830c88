import { lstat, rm } from 'node:fs/promises';
import { mapInParallel } from '../../api/client/in-parallel.js';
import { isStoreError, isTpksError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { ContextSettings, SettingsFile } from '../../platform/config/settings.js';
import { readText, userFileOptions } from '../../platform/disk/bounded-read.js';
import { describeDiskError } from '../../platform/disk/disk-error.js';
import { readJoseHeader } from '../auth/claims.js';
import type { LoginStore } from '../auth/login-store.js';
import { findTokenFileProblem } from '../auth/pks-creds-file.js';
import type { SessionRepository } from '../auth/session-repository.js';
import { listStoredInstallations } from '../contexts/installation.js';
import { addTargets, findNewTargets, type ImportedTargets } from './imported-targets.js';
import { parseFile, readFiles, type FileSource, type FileText } from './old-files.js';
import { describeExpiry, expiryOf, type OldSession } from './old-session.js';
import {
  planContexts,
  type ContextPlan,
  type PlannedContext,
  type Verification,
  type VerifiedSession,
} from './plan-import.js';

export interface ImportPlan extends ContextPlan, ImportedTargets {
  readonly files: readonly FileText[];
  readonly notes: readonly string[];
  /** Warnings about files that other users can access. */
  readonly warnings: readonly string[];
}

export interface ImportOptions {
  /** Files to read; `-` is stdin; if empty, the files at the default locations. */
  readonly paths: readonly string[];
  /** `false` sends no requests. */
  readonly verify: boolean;
  /** `--store`. */
  readonly store: string | undefined;
}

export type Importer = ReturnType<typeof createImporter>;

export interface ImporterDeps extends FileSource, Omit<VerifyDeps, 'now' | 'deadline'> {
  readonly settings: SettingsFile;
  readonly store: Pick<LoginStore, 'test' | 'save' | 'selectStore'>;
  readonly sessions: Pick<SessionRepository, 'load'>;
  readonly now: () => Date;
  /** Starts the time limit for all servers. A network that is down must not prevent an import. */
  readonly startTimeLimit: () => AbortSignal;
}

export function createImporter(deps: ImporterDeps) {
  const { settings, store } = deps;
  return {
    /**
     * Reads the files and verifies their sessions. Changes nothing.
     * @throws {TpksError} `usage` for an unknown format; `storage`; `notFound` if there are no files.
     */
    plan: (options: ImportOptions) => createPlan(options, deps),
    /** Called before a prompt. @throws {TpksError} `keychain`, `storage` */
    testStores: async (contexts: readonly PlannedContext[]) => {
      for (const kind of new Set(contexts.map((each) => each.settings.store))) {
        await store.test(kind);
      }
    },
    /**
     * @returns the settings before and after.
     * @throws {TpksError} `keychain`, `storage`; `conflict` if another process has created a new context
     */
    save: async (plan: ImportPlan, contexts: readonly PlannedContext[]) => {
      const before = await settings.read();
      for (const context of contexts) await saveContext(context, deps);
      const after = await settings.update((current) => addTargets(current, plan, contexts));
      return { before, after };
    },
    deleteFile,
  };
}

async function createPlan(
  { paths, verify, store }: ImportOptions,
  deps: ImporterDeps,
): Promise<ImportPlan> {
  const now = deps.now();
  const texts = await readFiles(paths, deps);
  const settings = await deps.settings.read();
  const known = listStoredInstallations(settings);
  const files = texts.map((text) => parseFile(text, known, now));
  const sessions = files.flatMap((file) => file.sessions);
  const skipped = { result: 'unknown', text: 'skipped with --no-verify' } as const;
  const verifiedSessions = verify
    ? await verifySessions(sessions, { ...deps, now, deadline: deps.startTimeLimit() })
    : sessions.map((session) => ({ session, verification: skipped }));
  const { contexts, unusable } = await planContexts(verifiedSessions, {
    settings,
    now,
    selectStore: (existing) => deps.store.selectStore(store, existing),
    readSession: (name, context) => readSession(name, context, deps),
  });
  const findContext = (session: OldSession | undefined) =>
    contexts.find(
      (each) => session !== undefined && [each.session, ...each.duplicates].includes(session),
    );
  const targets = files
    .flatMap((file) => file.targets)
    .map((target) => ({ target, context: findContext(target.currentSession)?.name }));
  return {
    files: texts,
    contexts,
    unusable: [...files.flatMap((file) => file.unusable), ...unusable],
    targets,
    newTargets: findNewTargets(settings, targets),
    notes: files.flatMap((file) => file.notes),
    warnings: texts.flatMap(({ path, isStdin }) =>
      isStdin ? [] : (findTokenFileProblem(path) ?? []),
    ),
  };
}

interface VerifyDeps {
  readonly now: Date;
  /** Sends the token to the PKS API. @throws {TpksError} `unauthenticated` if it rejects the token */
  readonly probe: (session: OldSession & { readonly api: string }) => Promise<void>;
  /** Verifies the signature with the keys of the UAA. @throws {TpksError} `failed` if it is invalid */
  readonly verifySignature: (session: OldSession) => Promise<void>;
  /** When to stop waiting for all servers: every request would time out if the network is down. */
  readonly deadline: AbortSignal;
}

/** Verifies the access tokens of sessions in parallel. */
export async function verifySessions(
  sessions: readonly OldSession[],
  deps: VerifyDeps,
): Promise<readonly VerifiedSession[]> {
  // One listener for all sessions, because Node warns about more than 10.
  const late = new Promise<void>((resolve) => {
    deps.deadline.addEventListener('abort', () => {
      resolve();
    });
  });
  return mapInParallel(sessions, async (session) => ({
    session,
    verification: await verifySession(session, late, deps),
  }));
}

/**
 * Verifies the access token of a session, if possible: the PKS API must accept it, or else the UAA must
 * have signed it. The refresh token is not used, because it may work only once.
 */
async function verifySession(
  session: OldSession,
  late: Promise<void>,
  deps: VerifyDeps,
): Promise<Verification> {
  const { now, deadline } = deps;
  if (expiryOf(session.token) <= now) {
    const text = `${describeExpiry(session.token)}; the next command renews it`;
    return { result: 'unknown', text };
  }
  const lateResult = { result: 'unknown', text: 'the servers did not respond in time' } as const;
  if (deadline.aborted) return lateResult;
  const { api } = session;
  return Promise.race([
    api === undefined ? checkSignature(session, deps) : probe({ ...session, api }, deps),
    late.then(() => lateResult),
  ]);
}

async function probe(
  session: OldSession & { readonly api: string },
  deps: VerifyDeps,
): Promise<Verification> {
  try {
    await deps.probe(session);
    return { result: 'verified', text: 'the API accepts the token' };
  } catch (error) {
    if (!isTpksError(error)) throw error;
    if (error.kind === 'forbidden') {
      return {
        result: 'verified',
        text: 'the API accepts the token, but the token lacks the required scope',
      };
    }
    const result = error.kind === 'unauthenticated' ? 'rejected' : 'unknown';
    return { result, text: error.message };
  }
}

async function checkSignature(session: OldSession, deps: VerifyDeps): Promise<Verification> {
  const algorithm = readJoseHeader(session.token.accessToken)?.['alg'];
  if (typeof algorithm !== 'string' || algorithm.startsWith('HS')) {
    return { result: 'unknown', text: 'only the UAA can verify this token' };
  }
  try {
    await deps.verifySignature(session);
    return { result: 'verified', text: 'the UAA signed the token' };
  } catch (error) {
    if (!isTpksError(error)) throw error;
    // An error with a status is about the response, not about the signature.
    const isInvalid = error.kind === 'failed' && error.status === undefined;
    return { result: isInvalid ? 'rejected' : 'unknown', text: error.message };
  }
}

/** @returns `undefined` if no session is stored, or if it is unreadable, so that it cannot be compared. */
async function readSession(name: string, context: ContextSettings, { sessions }: ImporterDeps) {
  try {
    return await sessions.load({ ...context, name });
  } catch (error) {
    if (isStoreError(error) || (isTpksError(error) && error.kind === 'unauthenticated')) {
      return undefined;
    }
    throw error;
  }
}

async function saveContext(
  { name, settings, session, state }: PlannedContext,
  { store }: ImporterDeps,
): Promise<void> {
  await store.test(settings.store, name);
  const mustBeNew = state === 'new';
  await store.save({ ...settings, name, role: undefined, mustBeNew }, session.token);
}

/** @throws {TpksError} `storage` if the file has changed since it was read, or cannot be deleted. */
async function deleteFile({ path, content }: FileText): Promise<void> {
  try {
    if ((await lstat(path)).isSymbolicLink()) {
      throw notDeletedError(path, 'it is a symbolic link, and only the link would be deleted');
    }
    if (readText(path, userFileOptions) !== content) {
      throw notDeletedError(path, 'it has changed since it was imported');
    }
    await rm(path);
  } catch (error) {
    throw isTpksError(error) ? error : notDeletedError(path, describeDiskError(error));
  }
}

function notDeletedError(path: string, reason: string): TpksError {
  return new TpksError('storage', `${path} was not deleted: ${reason}`, {
    hint: `check the file, and delete it: rm ${quoteForShell(path)}`,
  });
}

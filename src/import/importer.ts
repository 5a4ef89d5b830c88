import { lstat, rm } from 'node:fs/promises';
import type { LoginStore } from '../auth/login-store.js';
import type { SessionLocation, SessionStore } from '../auth/session-file.js';
import { findTokenFileProblem } from '../auth/pks-creds-file.js';
import type { ContextSettings, Settings, SettingsFile } from '../config/settings.js';
import { listStoredInstallations } from '../contexts/installation.js';
import { readText, userFileOptions } from '../disk/bounded-read.js';
import { describeDiskError } from '../disk/disk-error.js';
import { isStoreError, isTpksError, TpksError } from '../errors.js';
import { mapInParallel } from '../in-parallel.js';
import { quoteForShell } from '../shell-quote.js';
import { addTargets, findNewTargets, type ImportedTarget } from './import-targets.js';
import type { OldFile } from './old-file.js';
import { parseFile, readFiles, type FileSource, type FileText } from './read-files.js';
import { planContexts, type ContextPlan, type PlannedContext } from './plan-import.js';
import { findMismatches, verifySession, type Deadline, type VerifyDeps } from './verify-session.js';

/** What an import will do. */
export interface ImportPlan extends ContextPlan {
  readonly files: readonly FileText[];
  /** All targets in the files, with their current contexts. */
  readonly targets: readonly ImportedTarget[];
  /** The targets that tpks does not know yet. */
  readonly newTargets: readonly ImportedTarget[];
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

/** Imports the sessions of the original CLIs. */
export interface Importer {
  /**
   * Reads the files, verifies their sessions, and determines what to import. Changes nothing.
   * @throws {TpksError} `usage` for a file in an unknown format; `storage` for an unreadable file;
   *   `notFound` if no file exists at the default locations.
   */
  readonly plan: (options: ImportOptions) => Promise<ImportPlan>;
  /**
   * Tests the stores of these contexts, so that the user is prompted only if they can be used.
   * @throws {TpksError} `keychain`, `storage`
   */
  readonly testStores: (contexts: readonly PlannedContext[]) => Promise<void>;
  /**
   * Stores these contexts of the plan, and its targets.
   * @returns the settings before and after.
   * @throws {TpksError} `keychain`, `storage`; `conflict` if another process has created a new context
   */
  readonly save: (
    plan: ImportPlan,
    contexts: readonly PlannedContext[],
  ) => Promise<{ readonly before: Settings; readonly after: Settings }>;
  /**
   * Deletes an imported file.
   * @throws {TpksError} `storage` if it has changed since it was read, or cannot be deleted.
   */
  readonly deleteFile: (file: FileText) => Promise<void>;
}

export interface ImporterDeps extends FileSource, Omit<VerifyDeps, 'now' | 'deadline'> {
  readonly settings: SettingsFile;
  readonly store: Pick<LoginStore, 'prepare' | 'selectStore'>;
  readonly sessionStore: (name: string, location: SessionLocation) => Promise<SessionStore>;
  readonly now: () => Date;
  /** Resolves when the time limit for all servers has passed. */
  readonly timeout: () => Promise<void>;
}

export function createImporter(deps: ImporterDeps): Importer {
  const { settings, store } = deps;
  return {
    plan: (options) => createPlan(options, deps),
    testStores: async (contexts) => {
      for (const kind of new Set(contexts.map((each) => each.settings.store))) {
        await store.prepare(kind);
      }
    },
    save: async (plan, contexts) => {
      const before = await settings.read();
      for (const context of contexts) await saveContext(context, deps);
      const imported = contexts.map(({ name }) => name);
      const pksContext = contexts.find(({ session }) => session.api !== undefined)?.name;
      const after = await settings.update((current) =>
        addTargets(current, { targets: plan.targets, imported, pksContext }),
      );
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
  const deadline = startDeadline(deps);
  const verifiedSessions = await mapInParallel(sessions, async (session) => ({
    session,
    verification: verify
      ? await verifySession(session, { ...deps, now, deadline })
      : { result: 'unknown' as const, text: 'skipped with --no-verify' },
  }));
  const { contexts, unusable } = await planContexts(verifiedSessions, {
    settings,
    now,
    selectStore: (existing) => deps.store.selectStore(store, existing),
    readSession: (name, context) => readSession(name, context, deps),
  });
  const targets = files.flatMap((file) =>
    file.targets.map((target) => ({ target, ...findContextOf(target.currentSession, contexts) })),
  );
  return {
    files: texts,
    contexts,
    unusable: [...files.flatMap((file) => file.unusable), ...unusable],
    targets,
    newTargets: findNewTargets(settings, { targets, imported: [] }),
    notes: [...files.flatMap((file) => file.notes), ...contexts.flatMap(describeMismatches)],
    warnings: texts.flatMap(({ path, isStdin }) =>
      isStdin ? [] : (findTokenFileProblem(path) ?? []),
    ),
  };
}

/** One deadline for all sessions, because every request would time out if the network is down. */
function startDeadline({ timeout }: ImporterDeps): Deadline {
  const state = { isOver: false };
  const end = timeout().then(() => {
    state.isOver = true;
  });
  return { end, isOver: () => state.isOver };
}

function findContextOf(
  session: OldFile['sessions'][number] | undefined,
  contexts: readonly PlannedContext[],
): { readonly context: string | undefined } {
  const found = contexts.find(
    (each) => session !== undefined && [each.session, ...each.duplicates].includes(session),
  );
  return { context: found?.name };
}

function describeMismatches({ name, session, verification }: PlannedContext): readonly string[] {
  const { file, line } = session;
  return findMismatches(session, verification).map(
    (text) => `${name}: ${text} (${file}, line ${String(line)})`,
  );
}

/** @returns `undefined` if no session is stored, or if it is unreadable, so that it cannot be compared. */
async function readSession(name: string, context: ContextSettings, { sessionStore }: ImporterDeps) {
  try {
    return await (await sessionStore(name, context)).read();
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
  const preparedStore = await store.prepare(settings.store, name);
  const mustBeNew = state === 'new';
  await preparedStore.save({ ...settings, name, role: undefined, mustBeNew }, session.token);
}

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

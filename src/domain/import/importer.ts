import { lstat, rm } from 'node:fs/promises';
import { isStoreError, isTpksError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { ContextSettings, SettingsFile } from '../../platform/config/settings.js';
import { readText, userFileOptions } from '../../platform/disk/bounded-read.js';
import { describeDiskError } from '../../platform/disk/disk-error.js';
import type { LoginStore } from '../auth/login-store.js';
import { findTokenFileProblem } from '../auth/pks-creds-file.js';
import type { SessionRepository } from '../auth/session-repository.js';
import { listStoredInstallations } from '../contexts/installation.js';
import { addTargets, findNewTargets, type ImportedTargets } from './imported-targets.js';
import { parseFile, readFiles, type FileSource, type FileText } from './original-files.js';
import { type OldSession } from './original-session.js';
import { planContexts, type ContextPlan, type PlannedContext } from './plan-import.js';

export interface ImportPlan extends ContextPlan, ImportedTargets {
  readonly files: readonly FileText[];
  readonly notes: readonly string[];
  /** Warnings about files that other users can access. */
  readonly warnings: readonly string[];
}

export interface ImportOptions {
  /** Files to read; `-` is stdin; if empty, the files at the default locations. */
  readonly paths: readonly string[];
  /** `--store`. */
  readonly store: string | undefined;
}

export type Importer = ReturnType<typeof createImporter>;

export interface ImporterDeps extends FileSource {
  readonly settings: SettingsFile;
  readonly store: Pick<LoginStore, 'test' | 'save' | 'selectStore'>;
  readonly sessions: Pick<SessionRepository, 'load'>;
  readonly now: () => Date;
}

export function createImporter(deps: ImporterDeps) {
  const { settings, store } = deps;
  return {
    /**
     * Reads the files. Sends no requests and changes nothing.
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
  { paths, store }: ImportOptions,
  deps: ImporterDeps,
): Promise<ImportPlan> {
  const now = deps.now();
  const texts = await readFiles(paths, deps);
  const settings = await deps.settings.read();
  const known = listStoredInstallations(settings);
  const files = texts.map((text) => parseFile(text, known, now));
  const sessions = files.flatMap((file) => file.sessions);
  const { contexts, unusable } = await planContexts(sessions, {
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

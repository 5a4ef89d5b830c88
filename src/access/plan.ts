import { createProblems, type Problem } from '../input/problems.js';
import { checkNames, checkNewEntries, newEntries } from './checks.js';
import { difference, type Change } from './difference.js';
import { readAccessFile } from './file.js';
import { toAccess, toIds, type Ids } from './found.js';
import { findNamed, withUnnamedMembers, type ReadingDeps } from './lookup.js';
import { resolve } from './resolve.js';
import { readSecrets, type Secrets } from './secrets.js';

export interface PlanningDeps extends ReadingDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly uaaContext: () => Promise<{ readonly uaa: string }>;
}

export interface PlanInput {
  /** Path of the access file. */
  readonly path: string;
  /** Whether to remove what the lists of the file do not name. */
  readonly prune: boolean;
}

/** The changes that make a UAA match a file, and what is needed to apply them. */
export interface Plan {
  readonly path: string;
  readonly uaa: string;
  readonly changes: readonly Change[];
  readonly ids: Ids;
  readonly secrets: Secrets;
  /** Secrets that could not be read. A plan can be shown without them, but not applied. */
  readonly missing: readonly Problem[];
}

/**
 * Compares a file with a UAA. Sends only requests that read.
 * @throws {TpksError} `usage` with every problem of the file, by line
 */
export async function createPlan({ path, prune }: PlanInput, deps: PlanningDeps): Promise<Plan> {
  // The session is checked before the file.
  const { uaa } = await deps.uaaContext();
  const file = await readAccessFile(path);
  const { report, throwIfAny } = createProblems(file);
  const named = await findNamed(file, deps);
  const wanted = resolve(file, named, report);
  const found = prune ? await withUnnamedMembers(file, named, deps) : named;
  const changes = difference(wanted, toAccess(found), { prune });
  const added = newEntries(changes, file);
  checkNewEntries(added, report);
  checkNames(changes, file, report);
  throwIfAny();
  const missing = createProblems(file);
  const secrets = readSecrets(added, { path, env: deps.env, report: missing.report });
  return { path, uaa, changes, ids: toIds(found), secrets, missing: missing.all };
}

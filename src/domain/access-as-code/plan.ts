import type { FileInput } from '../../platform/input/input-file.js';
import { createProblems, type Problem } from '../../platform/input/parsed-text.js';
import {
  checkNames,
  checkNewEntries,
  findNewEntries,
  readSecrets,
  type Secrets,
} from './checks.js';
import { type Change, compareAccess } from './difference.js';
import { readAccessFile } from './file.js';
import { resolveNames } from './resolve.js';
import {
  findUnmanagedMembers,
  type Ids,
  readContentForFile,
  type ReadDeps,
  toAccess,
  toIds,
  type UnmanagedMembers,
  withPruneCandidates,
} from './uaa-content.js';

interface PlanDeps extends ReadDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly uaa: string;
}

export interface PlanInput {
  /** The access file. */
  readonly file: FileInput;
  /** Whether to remove entries from the UAA's lists that are not in the file's lists. */
  readonly prune: boolean;
}

/** The changes that make a UAA match a file, and the data needed to apply them. */
export interface Plan {
  readonly path: string;
  readonly uaa: string;
  readonly changes: readonly Change[];
  readonly ids: Ids;
  readonly secrets: Secrets;
  /** Secrets that could not be read. A plan can be shown without them, but not applied. */
  readonly missingSecrets: readonly Problem[];
  readonly unmanaged: Pick<UnmanagedMembers, 'unknown' | 'missing'>;
}

/**
 * Compares a file with a UAA. Sends only read requests.
 * @throws {TpksError} `usage` with every problem in the file, sorted by line
 */
export async function createPlan({ file: input, prune }: PlanInput, deps: PlanDeps): Promise<Plan> {
  const file = await readAccessFile(input);
  const { report, throwIfAny } = createProblems(file);
  const content = await readContentForFile(file, deps);
  const wanted = resolveNames(file, content, report);
  const found = prune ? await withPruneCandidates(file, content, deps) : content;
  const actual = toAccess(found);
  const changes = compareAccess(wanted, actual, { prune });
  const added = findNewEntries(changes, file);
  checkNewEntries(added, report);
  checkNames(changes, file, report);
  throwIfAny();
  const missing = createProblems(file);
  const secrets = readSecrets(added, { path: input.path, env: deps.env, report: missing.report });
  return {
    path: file.path,
    uaa: deps.uaa,
    changes,
    ids: toIds(found),
    secrets,
    missingSecrets: missing.all,
    unmanaged: findUnmanagedMembers(actual, found),
  };
}

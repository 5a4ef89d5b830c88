import type { Clock } from '../clock.js';
import type { Send } from '../http/send.js';
import type { FileInput } from '../input/input-file.js';
import { createProblems, type Problem } from '../input/problems.js';
import { createClients } from '../uaa/clients.js';
import { createDirectory } from '../uaa/directory.js';
import { createGroups } from '../uaa/groups.js';
import { createMappings } from '../uaa/mappings.js';
import { createMembers, createMembershipSources } from '../uaa/members.js';
import { createUserUpdates } from '../uaa/user-updates.js';
import { createUsers } from '../uaa/users.js';
import { type ApplyDeps, applyPlan, type Progress } from './apply.js';
import {
  checkNames,
  checkNewEntries,
  findNewEntries,
  readSecrets,
  type Secrets,
} from './checks.js';
import { type Change, compareAccess } from './difference.js';
import { exportAccess, type ExportedAccess } from './export.js';
import { readAccessFile } from './file.js';
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
import { resolveNames } from './resolve.js';

export interface PlanDeps extends ReadDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly uaaContext: () => Promise<{ readonly uaa: string }>;
}

export interface PlanInput {
  /** The access file. */
  readonly file: FileInput;
  /** Whether to remove entries that the lists of the file do not contain. */
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
  // Report a missing session before problems in the file.
  const { uaa } = await deps.uaaContext();
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
    uaa,
    changes,
    ids: toIds(found),
    secrets,
    missingSecrets: missing.all,
    unmanaged: findUnmanagedMembers(actual, found),
  };
}

/** Access as code: users, groups and clients of a UAA in a file. */
export interface AccessAsCode {
  /** @throws {TpksError} `usage` with every problem in the file, sorted by line */
  readonly plan: (input: PlanInput) => Promise<Plan>;
  /** @param onInterrupt - called on Ctrl-C with the number of requests in flight. */
  readonly apply: (plan: Plan, onInterrupt: (inFlight: number) => void) => Promise<Progress>;
  readonly export: () => Promise<ExportedAccess>;
}

interface AccessDeps
  extends Pick<PlanDeps, 'env' | 'uaaContext'>, Pick<ApplyDeps, 'untilInterrupted'> {
  /** Creates the client of a resource, with the token of the context. */
  readonly uaaResource: <T>(create: (send: Send, uaa: string, clock: Clock) => T) => Promise<T>;
}

export function createAccessAsCode({ uaaResource, ...others }: AccessDeps): AccessAsCode {
  const resource =
    <T>(create: (send: Send, uaa: string, clock: Clock) => T) =>
    (): Promise<T> =>
      uaaResource(create);
  const deps = {
    ...others,
    directory: resource(createDirectory),
    users: resource(createUsers),
    userUpdates: resource(createUserUpdates),
    groups: resource(createGroups),
    members: resource(createMembers),
    mappings: resource(createMappings),
    membershipSources: resource(createMembershipSources),
    clients: resource(createClients),
  };
  return {
    plan: (input) => createPlan(input, deps),
    apply: (plan, onInterrupt) => applyPlan(plan, deps, onInterrupt),
    export: () => exportAccess(deps),
  };
}

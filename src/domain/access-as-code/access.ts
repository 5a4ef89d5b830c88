import type { Clock } from '../../base/clock.js';
import type { Send } from '../../platform/http/send.js';
import type { FileInput } from '../../platform/input/input-file.js';
import { createProblems, type Problem } from '../../platform/input/problems.js';
import { createClients } from '../../api/uaa/clients.js';
import { createDirectory } from '../../api/uaa/directory.js';
import { createGroups } from '../../api/uaa/groups.js';
import { createMappings } from '../../api/uaa/mappings.js';
import { createMembers, createMembershipSources } from '../../api/uaa/members.js';
import { createUserUpdates } from '../../api/uaa/user-updates.js';
import { createUsers } from '../../api/uaa/users.js';
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
async function createPlan({ file: input, prune }: PlanInput, deps: PlanDeps): Promise<Plan> {
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

/** Access as code: users, groups and clients of a UAA in a file. */
export type AccessAsCode = ReturnType<typeof createAccessAsCode>;

interface AccessDeps extends Pick<ApplyDeps, 'untilInterrupted'> {
  readonly env: NodeJS.ProcessEnv;
  readonly uaaContext: () => Promise<{ readonly uaa: string }>;
  /** Creates the client of a resource, with the token of the context. */
  readonly uaaResource: <T>(create: (send: Send, uaa: string, clock: Clock) => T) => Promise<T>;
}

export function createAccessAsCode({ uaaResource, ...others }: AccessDeps) {
  const resources = () =>
    uaaResource((send, uaa, clock) => ({
      ...others,
      directory: createDirectory(send, uaa),
      users: createUsers(send, uaa),
      userUpdates: createUserUpdates(send, uaa, clock),
      groups: createGroups(send, uaa),
      members: createMembers(send, uaa),
      mappings: createMappings(send, uaa),
      membershipSources: createMembershipSources(send, uaa),
      clients: createClients(send, uaa),
    }));
  return {
    /** @throws {TpksError} `usage` with every problem in the file, sorted by line */
    plan: async (input: PlanInput) => {
      // Report a missing session before problems in the file.
      const { uaa } = await others.uaaContext();
      return createPlan(input, { ...(await resources()), uaa });
    },
    /** @param onInterrupt - called on Ctrl-C with the number of requests in flight. */
    apply: async (plan: Plan, onInterrupt: (inFlight: number) => void): Promise<Progress> =>
      applyPlan(plan, await resources(), onInterrupt),
    export: async (): Promise<ExportedAccess> => exportAccess(await resources()),
  };
}

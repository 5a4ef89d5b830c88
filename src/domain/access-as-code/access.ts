import { createClients } from '../../api/uaa/clients.js';
import { createDirectory } from '../../api/uaa/directory.js';
import { createGroups } from '../../api/uaa/groups.js';
import { createMappings } from '../../api/uaa/mappings.js';
import { createMembers, createMembershipSources } from '../../api/uaa/members.js';
import { createUsers } from '../../api/uaa/users.js';
import type { Clock } from '../../base/clock.js';
import type { Asynchronous } from '../../base/lazy.js';
import type { Send } from '../../platform/http/send.js';
import { type ApplyDeps, applyPlan, type Progress } from './apply.js';
import { exportAccess, type ExportedAccess } from './export.js';
import { createPlan, type Plan, type PlanInput } from './plan.js';

/** Access as code: users, groups and clients of a UAA in a file. */
export type AccessAsCode = ReturnType<typeof createAccessAsCode>;

interface AccessDeps extends Pick<ApplyDeps, 'untilInterrupted'> {
  readonly env: NodeJS.ProcessEnv;
  readonly uaaContext: () => Promise<{ readonly uaa: string }>;
  /** Creates the client of a resource, with the token of the context. */
  readonly uaaResource: <T extends Asynchronous<T>>(
    create: (send: Send, uaa: string, clock: Clock) => T,
  ) => T;
}

export function createAccessAsCode({ uaaResource, ...others }: AccessDeps) {
  const deps = {
    ...others,
    directory: uaaResource(createDirectory),
    users: uaaResource(createUsers),
    groups: uaaResource(createGroups),
    members: uaaResource(createMembers),
    mappings: uaaResource(createMappings),
    membershipSources: uaaResource(createMembershipSources),
    clients: uaaResource(createClients),
  };
  return {
    /** @throws {TpksError} `usage` with every problem in the file, sorted by line */
    plan: async (input: PlanInput) => {
      // Report a missing session before problems in the file.
      const { uaa } = await others.uaaContext();
      return createPlan(input, { ...deps, uaa });
    },
    /** @param onInterrupt - called on Ctrl-C with the number of requests in flight. */
    apply: async (plan: Plan, onInterrupt: (inFlight: number) => void): Promise<Progress> =>
      applyPlan(plan, deps, onInterrupt),
    export: async (): Promise<ExportedAccess> => exportAccess(deps),
  };
}

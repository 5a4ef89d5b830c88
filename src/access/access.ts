import type { Clock } from '../clock.js';
import type { Send } from '../http/send.js';
import { createClients } from '../uaa/clients.js';
import { createDirectory } from '../uaa/directory.js';
import { createGroups } from '../uaa/groups.js';
import { createMappings } from '../uaa/mappings.js';
import { createMembershipSources } from '../uaa/membership-sources.js';
import { createMembers } from '../uaa/members.js';
import { createUserUpdates } from '../uaa/user-updates.js';
import { createUsers } from '../uaa/users.js';
import { applyPlan, type Progress, type ApplyDeps } from './apply.js';
import { exportAccess, type ExportedAccess } from './export.js';
import { createPlan, type Plan, type PlanInput, type PlanDeps } from './plan.js';

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

import { mapInParallel } from '../../base/in-parallel.js';
import type { Clients } from '../../api/uaa/clients.js';
import type { Groups } from '../../api/uaa/groups.js';
import type { Mappings } from '../../api/uaa/mappings.js';
import { isDefaultGroupError, type Members } from '../../api/uaa/members.js';
import type { Users } from '../../api/uaa/users.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import type { Change } from './difference.js';
import { isUserName, memberKey, userKey, type AccessUser, type Member } from './model.js';
import type { Plan } from './plan.js';

export interface ApplyDeps {
  readonly users: Users;
  readonly groups: Groups;
  readonly members: Members;
  readonly mappings: Mappings;
  readonly clients: Clients;
  readonly untilInterrupted: () => Promise<void>;
}

export type Outcome = 'done' | 'failed' | 'notStarted';

export interface Progress {
  /** One per change, in the order of the plan. */
  readonly outcomes: readonly Outcome[];
  /** The errors of failed changes, in the order of the plan. Several changes can fail, because they run in parallel. */
  readonly failures: readonly TpksError[];
  /** Whether Ctrl-C stopped the run before all changes were started. */
  readonly isInterrupted: boolean;
}

/**
 * Applies the changes of a plan, independent ones in parallel. After a failure or Ctrl-C, it starts no
 * more changes and waits for those in flight, so that the outcome of each change is known. A new plan
 * contains exactly the remaining changes.
 */
export async function applyPlan(
  plan: Plan,
  deps: ApplyDeps,
  onInterrupt: (inFlight: number) => void = () => undefined,
): Promise<Progress> {
  const outcomes = plan.changes.map((): Outcome => 'notStarted');
  const errors = plan.changes.map((): TpksError | undefined => undefined);
  const run = { inFlight: 0, isFinished: false, isInterrupted: false };
  void deps.untilInterrupted().then(() => {
    if (run.isFinished) return;
    run.isInterrupted = true;
    onInterrupt(run.inFlight);
  });
  const attempt = async ({ index, change }: Step): Promise<void> => {
    if (run.isInterrupted || outcomes.includes('failed')) return;
    run.inFlight += 1;
    try {
      await applyChange(change, plan, deps);
      outcomes[index] = 'done';
    } catch (error) {
      if (!isTpksError(error)) throw error;
      outcomes[index] = 'failed';
      errors[index] = error;
    } finally {
      run.inFlight -= 1;
    }
  };
  try {
    for (const steps of groupIntoStages(plan.changes)) await mapInParallel(steps, attempt);
  } finally {
    run.isFinished = true;
  }
  return {
    outcomes,
    failures: errors.filter((error) => error !== undefined),
    isInterrupted: run.isInterrupted && outcomes.includes('notStarted'),
  };
}

interface Step {
  /** Position in the plan. */
  readonly index: number;
  readonly change: Change;
}

/** Groups the changes into stages that run one after the other. Changes in one stage are independent. */
function groupIntoStages(changes: readonly Change[]): readonly (readonly Step[])[] {
  const steps = changes.map((change, index): Step => ({ index, change }));
  return [0, 1, 2, 3].map((stage) => steps.filter(({ change }) => findStage(change) === stage));
}

function findStage({ action, kind }: Change): number {
  // Removals come last, so that no identity loses access before its replacement is granted.
  if (action === 'remove') return 3;
  switch (kind) {
    // Members and mappings need the ids of new users and groups.
    case 'user':
    case 'group':
      return 0;
    case 'member':
    case 'external':
      return 1;
    // A client can use a new group as a scope, so the group gets its members first.
    case 'client':
      return 2;
  }
}

async function applyChange(change: Change, plan: Plan, deps: ApplyDeps): Promise<void> {
  switch (change.kind) {
    case 'user':
      return change.action === 'add'
        ? addUser(change.user, plan, deps)
        : updateUser(change.user, plan, deps);
    case 'group': {
      const { name, description } = change;
      const { id } = await deps.groups.add({ displayName: name, description });
      plan.ids.members.set(memberKey({ group: name }), id);
      plan.ids.groups.set(name, id);
      return;
    }
    case 'member':
      return changeMember(change, plan, deps);
    case 'external':
      return changeMapping(change, plan, deps);
    case 'client': {
      if (change.action === 'change') {
        const attributes = change.fields.map(({ name, to }) => [name, to] as const);
        await deps.clients.update(change.id, Object.fromEntries(attributes));
        return;
      }
      const { id, attributes } = change.client;
      await deps.clients.add({ id, attributes, secret: plan.secrets.clients.get(id) });
    }
  }
}

async function addUser(user: AccessUser, plan: Plan, deps: ApplyDeps): Promise<void> {
  const key = userKey(user);
  const added = await deps.users.add({
    userName: user.user,
    origin: user.origin,
    password: plan.secrets.users.get(key),
    emails: user.emails ?? [],
    phoneNumbers: user.phones ?? [],
    givenName: user.givenName,
    familyName: user.familyName,
  });
  plan.ids.members.set(key, added.id);
}

async function updateUser(user: AccessUser, plan: Plan, deps: ApplyDeps): Promise<void> {
  const { emails, phones: phoneNumbers, givenName, familyName } = user;
  const key = { id: findMemberId(user, plan) };
  await deps.users.update(key, { emails, phoneNumbers, givenName, familyName });
}

async function changeMember(
  change: Extract<Change, { kind: 'member' }>,
  plan: Plan,
  { members }: ApplyDeps,
): Promise<void> {
  const { action, group, member } = change;
  const id = findMemberId(member, plan);
  const groupId = findGroupId(group, plan);
  if (change.action === 'change') {
    return members.repair(groupId, { id, name: change.member.user });
  }
  try {
    await (action === 'add'
      ? members.add(groupId, { id, type: isUserName(member) ? 'USER' : 'GROUP' })
      : members.remove(groupId, id));
  } catch (error) {
    // The member was added or removed in the meantime, so there is nothing left to do.
    if (!isTpksError(error)) throw error;
    if (action === 'remove' && error.oauthError === 'member_not_found') return;
    if (action === 'remove' || error.oauthError !== 'member_already_exists') throw error;
    if (isDefaultGroupError(error)) throw defaultGroupError(group, error);
  }
}

async function changeMapping(
  { action, group, external }: Extract<Change, { kind: 'external' }>,
  plan: Plan,
  { mappings }: ApplyDeps,
): Promise<void> {
  const { origin, name: externalGroup } = external;
  const mapping = { group: { id: findGroupId(group, plan) }, externalGroup, origin };
  try {
    await (action === 'add' ? mappings.map(mapping) : mappings.unmap(mapping));
  } catch (error) {
    const isGone = action === 'remove' && isTpksError(error) && error.kind === 'notFound';
    if (!isGone) throw error;
  }
}

/** The UAA returns the same error code for this as for an existing member. */
function defaultGroupError(group: string, cause: TpksError): TpksError {
  return new TpksError(
    'conflict',
    `All users belong to the group ${group} by default, so members cannot be added to it`,
    { hint: `remove the members of ${group} from the file`, cause },
  );
}

function findMemberId(member: Member, { ids }: Plan): string {
  return requireId(ids.members.get(memberKey(member)), memberKey(member));
}

function findGroupId(group: string, { ids }: Plan): string {
  return requireId(ids.groups.get(group), group);
}

/** Every name in a plan either exists or is created by an earlier change. */
function requireId(id: string | undefined, name: string): string {
  if (id === undefined) throw new Error(`${name} has no id`);
  return id;
}

import { isTpksError } from '../errors.js';
import type { UserIdentity } from '../uaa/users.js';
import { requestError } from './uaac-error.js';
import { readArgument, requireContext, createResource, type UaacRun } from './uaac-run.js';
import { createGroups } from '../uaa/groups.js';
import { createMembers } from '../uaa/members.js';
import { createUsers } from '../uaa/users.js';

/** Adds members one by one. Nothing is added if one of the users does not exist. */
export async function add(run: UaacRun): Promise<void> {
  const { groupId, users } = await findMembers(run, 'not all users found, none added');
  const members = await createResource(run, createMembers);
  const addedCount = await changeEach(users, 'member_already_exists', ({ id }) =>
    members.add(groupId, { id }),
  );
  if (addedCount === 0) throw requestError('RuntimeError', 'no new users given');
  await run.print('success');
}

/** Removes members one by one. Nothing is removed if one of the users does not exist. */
export async function remove(run: UaacRun): Promise<void> {
  const { groupId, users } = await findMembers(run, 'not all users found, none deleted');
  const members = await createResource(run, createMembers);
  const removedCount = await changeEach(users, 'member_not_found', ({ id }) =>
    members.remove(groupId, id),
  );
  if (removedCount === 0) throw requestError('RuntimeError', 'no existing users to delete');
  await run.print('success');
}

async function findMembers(
  run: UaacRun,
  missingMessage: string,
): Promise<{ readonly groupId: string; readonly users: readonly UserIdentity[] }> {
  await requireContext(run);
  const name = await readArgument(run, 0, 'Group name');
  const groupId = (await (await createResource(run, createGroups)).identify(name)).id;
  const names = run.args.slice(1);
  const found = await (await createResource(run, createUsers)).identify(names);
  const users = found.flatMap((user) => (isTpksError(user) ? [] : [user]));
  if (users.length < names.length || names.length === 0)
    throw requestError('RuntimeError', missingMessage);
  return { groupId, users };
}

/**
 * Changes each membership with its own request, so that parallel changes do not overwrite each other.
 * @param unchangedError - error code of the UAA for a membership that is already as requested.
 * @returns the number of changes.
 */
async function changeEach(
  users: readonly UserIdentity[],
  unchangedError: 'member_already_exists' | 'member_not_found',
  change: (user: UserIdentity) => Promise<unknown>,
): Promise<number> {
  let changedCount = 0;
  for (const user of users) {
    try {
      await change(user);
      changedCount += 1;
    } catch (error) {
      if (!isTpksError(error) || error.oauthError !== unchangedError) throw error;
      const { isDefaultGroupError } = await import('../uaa/members.js');
      if (isDefaultGroupError(error)) throw error;
    }
  }
  return changedCount;
}

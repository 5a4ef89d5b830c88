import { createGroups, type GroupKey } from '../api/uaa/groups.js';
import { createRawObjects } from '../api/uaa/list-resources.js';
import { createMappings } from '../api/uaa/mappings.js';
import { createMembers, isDefaultGroupError } from '../api/uaa/members.js';
import { createUsers, type UserIdentity } from '../api/uaa/users.js';
import { isTpksError } from '../base/errors.js';
import { toAttributeNames } from '../commands/uaa/attribute-names.js';
import { defaultOrigin } from '../commands/uaa/mappings.js';
import { printAll, toQuery } from './lists.js';
import { toLowerCaseFields } from './tree.js';
import {
  deletionError,
  formatFailure,
  notFoundType,
  requestError,
  UaacError,
} from './uaac-error.js';
import { readArgument, requireContext, type UaacRun } from './uaac-run.js';

export function groups(run: UaacRun): Promise<void> {
  return printAll(run, { path: ['Groups'], nameKey: 'displayname' });
}

export async function get(run: UaacRun): Promise<void> {
  await requireContext(run);
  await printGroup(await readArgument(run, 0, 'Group name'), run);
}

async function printGroup(name: string, run: UaacRun): Promise<void> {
  const resource = run.services.uaaResource(createGroups);
  const attributes = run.options.list('attributes');
  const found = await (attributes === undefined
    ? resource.get(name)
    : resource.getFields(name, toAttributeNames(attributes)));
  await run.printTree(toLowerCaseFields(found));
}

export async function add(run: UaacRun): Promise<void> {
  await requireContext(run);
  const resource = run.services.uaaResource(createGroups);
  const group = await resource.add({ displayName: await readArgument(run, 0, 'Group name') });
  await run.printTree(toLowerCaseFields(group));
}

export async function remove(run: UaacRun): Promise<void> {
  const { uaa } = await requireContext(run);
  const resource = run.services.uaaResource(createGroups);
  const name = await readArgument(run, 0, 'Group name');
  const id = await resource.findId({ name }).catch((error: unknown) => {
    const isNotFound =
      isTpksError(error) && error.kind === 'notFound' && error.status === undefined;
    throw isNotFound ? requestError(notFoundType, `${name} not found in ${uaa}/Groups`) : error;
  });
  await resource.remove({ id });
  await run.print('success');
}

/** Lists one page of mappings, grouped by origin. */
export async function mappings(run: UaacRun): Promise<void> {
  await requireContext(run);
  const raw = run.services.uaaResource(createRawObjects);
  const page = toLowerCaseFields(await raw.get(['Groups', 'External'], toQuery(run)));
  const resources = page.get('resources');
  const byOrigin = new Map<string, Map<string, unknown>[]>();
  for (const mapping of Array.isArray(resources) ? resources : []) {
    if (!(mapping instanceof Map)) continue;
    const origin = String(mapping.get('origin'));
    const entry = new Map([[String(mapping.get('displayname')), mapping.get('externalgroup')]]);
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), entry]);
  }
  await run.printTree(page.set('resources', byOrigin));
}

export async function map(run: UaacRun): Promise<void> {
  const { args, options, print } = run;
  const [externalGroup] = args;
  const id = options.text('id');
  const name = options.text('name');
  if (id === undefined && name === undefined)
    throw new UaacError(['Please provide a group name or id']);
  if (externalGroup === undefined) throw new UaacError(['Please provide an external group']);
  const origin = options.text('origin') ?? defaultOrigin;
  const group: GroupKey = id === undefined ? { name: name ?? '' } : { id };
  await requireContext(run);
  const resource = run.services.uaaResource(createMappings);
  const { displayName } = await resource.map({ group, externalGroup, origin });
  await print(`Successfully mapped ${displayName} to ${externalGroup} for origin ${origin}`);
}

export async function unmap(run: UaacRun): Promise<void> {
  const { args, options, print } = run;
  const [name, externalGroup] = args;
  if (name === undefined || externalGroup === undefined) {
    throw new UaacError(['Please provide a group name and external group']);
  }
  const origin = options.text('origin') ?? defaultOrigin;
  await requireContext(run)
    .then(() => printGroup(name, run))
    .catch((error: unknown) => {
      throw new UaacError([...formatFailure(error).lines, `Group ${name} not found`], error);
    });
  const id = await run.services.uaaResource(createGroups).findId({ name });
  const resource = run.services.uaaResource(createMappings);
  await resource.unmap({ group: { id }, externalGroup, origin }).catch((error: unknown) => {
    const path = `/Groups/External/groupId/${id}/externalGroup/${externalGroup}/origin/${origin}`;
    throw deletionError(error, path);
  });
  await print(`Successfully unmapped ${externalGroup} from ${name} for origin ${origin}`);
}

/** Adds members one by one. Nothing is added if one of the users does not exist. */
export async function addMembers(run: UaacRun): Promise<void> {
  const { groupId, users } = await findMembers(run, 'not all users found, none added');
  const members = run.services.uaaResource(createMembers);
  const addedCount = await changeEach(users, 'member_already_exists', ({ id }) =>
    members.add(groupId, { id }),
  );
  if (addedCount === 0) throw requestError('RuntimeError', 'no new users given');
  await run.print('success');
}

/** Removes members one by one. Nothing is removed if one of the users does not exist. */
export async function removeMembers(run: UaacRun): Promise<void> {
  const { groupId, users } = await findMembers(run, 'not all users found, none deleted');
  const members = run.services.uaaResource(createMembers);
  const removedCount = await changeEach(users, 'member_not_found', ({ id }) =>
    members.remove(groupId, id),
  );
  if (removedCount === 0) throw requestError('RuntimeError', 'no existing users to delete');
  await run.print('success');
}

async function findMembers(run: UaacRun, missingMessage: string) {
  await requireContext(run);
  const name = await readArgument(run, 0, 'Group name');
  const { id: groupId } = await run.services.uaaResource(createGroups).identify(name);
  const names = run.args.slice(1);
  const found = await run.services.uaaResource(createUsers).identify(names);
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
      const isUnchanged = isTpksError(error) && error.oauthError === unchangedError;
      if (!isUnchanged || isDefaultGroupError(error)) throw error;
    }
  }
  return changedCount;
}

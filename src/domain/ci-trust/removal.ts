import { mapInParallel } from '../../base/in-parallel.js';
import { readAttributes, toList } from '../../api/uaa/client-attributes.js';
import type { Client } from '../../api/uaa/clients.js';
import { formatEquals } from '../../api/uaa/filters.js';
import { isTrustClient, isTrustProvider } from '../../api/uaa/trust-marks.js';
import type { User } from '../../api/uaa/users.js';
import { TpksError } from '../../base/errors.js';
import {
  findGroup,
  ignoreNotFound,
  readContent,
  usersOf,
  type TrustResources,
  type TrustStep,
} from './content.js';

/** Plans what to delete with a trust. The user comes first, because the UAA would delete it with its provider. */
export async function planRemoval(
  name: string,
  resources: TrustResources,
): Promise<readonly TrustStep[]> {
  const content = await readContent(resources);
  const group = findGroup(name, content);
  const users = usersOf(group, content);
  const [user, other] = users;
  if (other !== undefined) {
    throw new TpksError('failed', `The group ${group.displayName} has ${users.length} members`, {
      hint: `tpks adds only one; list them and remove the others: tpks uaa members ${group.displayName}`,
    });
  }
  const others = content.groups.filter(({ id }) => id !== group.id);
  const isUsed = (origin: string): boolean =>
    others.some((each) => usersOf(each, content).some((one) => one.origin === origin));
  const isOidc = (origin: string): boolean =>
    content.providers.every(({ originKey, type }) => originKey !== origin || type === 'oidc1.0');
  // If an earlier removal was interrupted after the user was deleted, its origin is unknown.
  const isUnused = (origin: string): boolean =>
    !isUsed(origin) && (user === undefined ? isOidc(origin) : origin === user.origin);

  const steps: TrustStep[] = [];
  if (user !== undefined) {
    const run = () => removeUser(user, group.id, resources);
    steps.push({ action: 'remove', kind: 'user', name: user.userName, run });
  }
  for (const client of content.clients.filter(isTrustClient)) {
    steps.push(...planClientRemoval(client, isUnused, resources));
  }
  for (const provider of content.providers.filter(isTrustProvider)) {
    const { id, originKey } = provider;
    if (!isUnused(originKey) || (await hasOtherUsers(originKey, user, resources))) continue;
    const run = () => resources.providers.remove(id);
    steps.push({ action: 'remove', kind: 'identity provider', name: originKey, run });
  }
  const run = () => resources.groups.remove({ id: group.id });
  return [...steps, { action: 'remove', kind: 'group', name: group.displayName, run }];
}

/**
 * Deletes a user, and first its memberships: UAA 4.30.0 keeps those that have another origin, and then cannot list the
 * members of these groups. @see docs/contributing/servers/uaa.md#groups
 * @param trustGroupId - the group that is deleted last, so that an interrupted removal can be finished.
 */
async function removeUser(
  { id, groups }: User,
  trustGroupId: string,
  { users, members }: TrustResources,
): Promise<void> {
  const groupIds = (groups ?? []).flatMap(({ value, type }) =>
    value === trustGroupId || type === 'INDIRECT' ? [] : (value ?? []),
  );
  await mapInParallel(groupIds, async (groupId) => {
    // The UAA also lists default groups, which have no members.
    const member = await ignoreNotFound(members.get(groupId, id));
    if (member !== undefined) await members.remove(groupId, id);
  });
  await users.remove({ id });
}

/** Deletes a client without any allowed origin, because an empty list would allow all origins. */
function planClientRemoval(
  client: Client,
  isUnused: (origin: string) => boolean,
  { clients }: TrustResources,
): readonly TrustStep[] {
  const { client_id: name } = client;
  const origins = toList(readAttributes(client)['allowedproviders'] ?? []);
  const allowedproviders = origins.filter((origin) => !isUnused(origin));
  if (allowedproviders.length === origins.length) return [];
  if (allowedproviders.length === 0) {
    return [{ action: 'remove', kind: 'client', name, run: () => clients.remove(name) }];
  }
  const run = () => clients.update(name, { allowedproviders });
  return [{ action: 'change', kind: 'client', name, values: { allowedproviders }, run }];
}

async function hasOtherUsers(
  origin: string,
  user: User | undefined,
  { users }: TrustResources,
): Promise<boolean> {
  const filter = formatEquals('origin', origin);
  const found = await users.select({ filter, attributes: ['id'], limit: 2 });
  return found.some(({ id }) => id !== user?.id);
}

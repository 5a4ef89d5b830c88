import { profileKinds, type Profile, type ProfileKind } from '../broker/profiles.js';
import type { JsonObject } from '../body.js';
import type { Release } from '../release.js';
import { json, empty, type Route, type SandboxResponse } from '../router.js';
import { invalid } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { admins, maySee, readers, writers, type Caller, type Guard } from './guard.js';
import { readNewProfile } from './profile-request.js';

/**
 * Scopes that allow creating and deleting profiles of a kind. Network and compute profiles belong
 * to administrators and are for all users; a Kubernetes profile belongs to its creator.
 *
 * @see pks-api, section 4
 */
const creators: Readonly<Record<ProfileKind, readonly string[]>> = {
  network: admins,
  compute: admins,
  kubernetes: writers,
};

/** Profiles of all three kinds. @see pks-api, routes 11 to 15 */
export function profileRoutes(
  guarded: Guard,
  broker: BrokerClient,
  { name: release }: Release,
): Route[] {
  return profileKinds.flatMap((kind) => {
    const path = `/v1/${kind}-profiles`;
    const notFound = (name: string): SandboxResponse =>
      json(404, { body: `The ${kind} profile named "${name}" not found.` });
    return [
      guarded('GET', path, readers, async ({ caller }) => {
        const visible = (await broker.profiles(kind)).filter((each) => isVisible(caller, each));
        return json(200, visible.map(profileToJson));
      }),
      guarded('GET', `${path}/:name`, readers, async ({ caller, params: { name = '' } }) => {
        const found = await broker.profile(kind, name);
        return found && isVisible(caller, found) ? json(200, profileToJson(found)) : notFound(name);
      }),
      guarded('POST', path, creators[kind], async ({ request: { body }, caller }) => {
        const profile = readNewProfile(kind, body, release);
        await broker.createProfile(kind, { ...profile, owner: caller.name });
        return empty(201);
      }),
      guarded(
        'DELETE',
        `${path}/:name`,
        creators[kind],
        async ({ caller, params: { name = '' } }) => {
          const found = await broker.profile(kind, name);
          if (!found || !isVisible(caller, found)) return notFound(name);
          await broker.deleteProfile(kind, name);
          return empty(204);
        },
      ),
    ];
  });
}

/**
 * Checks that the profiles of a cluster exist and that the caller may use them.
 *
 * @throws ErrorResponse 400
 */
export async function checkProfiles(
  broker: BrokerClient,
  caller: Caller,
  cluster: JsonObject,
): Promise<void> {
  for (const kind of profileKinds) {
    const name = cluster[`${kind}_profile_name`];
    if (typeof name !== 'string' || name === '') continue;
    const found = await broker.profile(kind, name);
    if (!found || !isVisible(caller, found)) {
      throw invalid(`The ${kind} profile named "${name}" not found.`);
    }
  }
}

/** Callers can use the profiles that they see, and delete them if they may delete any. */
function isVisible(caller: Caller, { kind, owner }: Profile): boolean {
  return kind !== 'kubernetes' || maySee(caller, owner);
}

/** @see pks-api, section 6 */
function profileToJson({ kind, name, uuid, owner, createdAt, content }: Profile): JsonObject {
  if (kind !== 'kubernetes') return { name, uuid, ...content };
  return {
    name,
    uuid,
    owner,
    description: content['description'] ?? null,
    created_at: Math.floor(createdAt / 1000),
    customizations: content['customizations'] ?? [],
    experimental_customizations: content['experimental_customizations'] ?? [],
  };
}

import { profileKinds, type Profile, type ProfileKind } from '../broker/profiles.js';
import type { JsonObject } from '../body.js';
import type { Release } from '../release.js';
import { json, empty, type Route, type SandboxResponse } from '../router.js';
import { badRequestError } from './body.js';
import type { BrokerClient } from './broker-client.js';
import {
  adminScopes,
  canSee,
  readScopes,
  writeScopes,
  type Caller,
  type GuardedRoute,
} from './guard.js';
import { readNewProfile } from './profile-request.js';

/**
 * Scopes to create and delete profiles of each kind. Administrators manage network and compute
 * profiles for all users; a Kubernetes profile belongs to its creator.
 *
 * @see pks-api, section 4
 */
const manageScopes: Readonly<Record<ProfileKind, readonly string[]>> = {
  network: adminScopes,
  compute: adminScopes,
  kubernetes: writeScopes,
};

/** Creates the routes for all three kinds of profiles. @see pks-api, routes 11 to 15 */
export function profileRoutes(
  guardedRoute: GuardedRoute,
  broker: BrokerClient,
  { name: release }: Release,
): Route[] {
  return profileKinds.flatMap((kind) => {
    const path = `/v1/${kind}-profiles`;
    const notFound = (name: string): SandboxResponse =>
      json(404, { body: `The ${kind} profile named "${name}" not found.` });
    return [
      guardedRoute('GET', path, readScopes, async ({ caller }) => {
        const visible = (await broker.profiles(kind)).filter((each) => canSeeProfile(caller, each));
        return json(200, visible.map(profileToJson));
      }),
      guardedRoute(
        'GET',
        `${path}/:name`,
        readScopes,
        async ({ caller, params: { name = '' } }) => {
          const found = await broker.profile(kind, name);
          return found && canSeeProfile(caller, found)
            ? json(200, profileToJson(found))
            : notFound(name);
        },
      ),
      guardedRoute('POST', path, manageScopes[kind], async ({ request: { body }, caller }) => {
        const profile = readNewProfile(kind, body, release);
        await broker.createProfile(kind, { ...profile, owner: caller.name });
        return empty(201);
      }),
      guardedRoute(
        'DELETE',
        `${path}/:name`,
        manageScopes[kind],
        async ({ caller, params: { name = '' } }) => {
          const found = await broker.profile(kind, name);
          if (!found || !canSeeProfile(caller, found)) return notFound(name);
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
export async function validateProfiles(
  broker: BrokerClient,
  caller: Caller,
  cluster: JsonObject,
): Promise<void> {
  for (const kind of profileKinds) {
    const name = cluster[`${kind}_profile_name`];
    if (typeof name !== 'string' || name === '') continue;
    const found = await broker.profile(kind, name);
    if (!found || !canSeeProfile(caller, found)) {
      throw badRequestError(`The ${kind} profile named "${name}" not found.`);
    }
  }
}

/** Callers with one of `manageScopes` can also delete the profiles that they can see. */
function canSeeProfile(caller: Caller, { kind, owner }: Profile): boolean {
  return kind !== 'kubernetes' || canSee(caller, owner);
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

import { randomUUID } from 'node:crypto';
import type { Broker } from '../broker/broker.js';
import { profileKinds, type Profile, type ProfileKind } from '../broker/state.js';
import { omitMembers, type JsonObject } from '../json.js';
import type { Release } from '../pks-releases.js';
import { empty, ErrorResponse, json, type Route } from '../router.js';
import {
  adminScopes,
  canSee,
  readScopes,
  writeScopes,
  type Caller,
  type GuardedRoute,
} from './guard.js';
import { badRequestError, readNewProfile } from './requests.js';

/**
 * Scopes to create and delete profiles of each kind. Administrators manage network and compute
 * profiles for all users; a Kubernetes profile belongs to its creator.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
const manageScopes: Readonly<Record<ProfileKind, readonly string[]>> = {
  network: adminScopes,
  compute: adminScopes,
  kubernetes: writeScopes,
};

/**
 * Creates the routes for all three kinds of profiles.
 * @param now - returns epoch milliseconds.
 * @see docs/contributing/servers/pks-api.md#routes
 */
export function createProfileRoutes(
  guardedRoute: GuardedRoute,
  broker: Broker,
  { name: release }: Release,
  now: () => number,
): Route[] {
  const { profiles, clusters } = broker;
  return profileKinds.flatMap((kind) => {
    const path = `/v1/${kind}-profiles`;
    const createError = (status: number, name: string, problem: string) =>
      new ErrorResponse(json(status, { body: `The ${kind} profile named "${name}" ${problem}` }));

    function requireProfile(caller: Caller, name: string): Profile {
      const profile = profiles.get(kind, name);
      if (profile && canSeeProfile(caller, profile)) return profile;
      throw createError(404, name, 'not found.');
    }

    return [
      guardedRoute('GET', path, readScopes, ({ caller }) => {
        const visible = profiles.listByKind(kind).filter((each) => canSeeProfile(caller, each));
        return json(200, visible.map(profileToJson));
      }),
      guardedRoute('GET', `${path}/:name`, readScopes, ({ caller, params: { name = '' } }) =>
        json(200, profileToJson(requireProfile(caller, name))),
      ),
      guardedRoute('POST', path, manageScopes[kind], ({ request: { body }, caller }) => {
        const input = readNewProfile(kind, body, release);
        const { name } = input;
        if (profiles.get(kind, name)) throw createError(409, name, 'already exists.');
        const content = omitMembers(input, ['name']);
        const created = { uuid: randomUUID(), createdAt: now() };
        profiles.put({ kind, name, owner: caller.name, ...created, content });
        return empty(201);
      }),
      guardedRoute(
        'DELETE',
        `${path}/:name`,
        manageScopes[kind],
        ({ caller, params: { name = '' } }) => {
          requireProfile(caller, name);
          const isUsed = clusters
            .list()
            .some(({ cluster }) => cluster[`${kind}_profile_name`] === name);
          if (isUsed) throw createError(409, name, 'is in use and cannot be deleted.');
          profiles.delete(kind, name);
          return empty(204);
        },
      ),
    ];
  });
}

/** Checks that the profiles of a cluster exist and that the caller may use them. @throws ErrorResponse 400 */
export function validateProfiles({ profiles }: Broker, caller: Caller, cluster: JsonObject): void {
  for (const kind of profileKinds) {
    const name = cluster[`${kind}_profile_name`];
    if (typeof name !== 'string' || name === '') continue;
    const profile = profiles.get(kind, name);
    if (!profile || !canSeeProfile(caller, profile)) {
      throw badRequestError(`The ${kind} profile named "${name}" not found.`);
    }
  }
}

/** Callers with one of `manageScopes` can also delete the profiles that they can see. */
function canSeeProfile(caller: Caller, { kind, owner }: Profile): boolean {
  return kind !== 'kubernetes' || canSee(caller, owner);
}

/** @see docs/contributing/servers/pks-api.md#profiles */
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

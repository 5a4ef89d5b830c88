import type { Release } from '../release.js';
import { json, route, type Route, type SandboxResponse } from '../router.js';
import type { Json } from './body.js';
import type { Caller } from './caller.js';
import { readers, type Guard } from './guard.js';
import type { OwnedProfile, ProfileAccess, ProfileKind } from './profile-access.js';
import { toWantedProfile } from './profile-request.js';

const admins = ['pks.clusters.admin'];

/**
 * Who makes profiles of a kind. Those of networks and machines are the administrators' and for
 * everybody; a Kubernetes profile is its maker's own.
 *
 * @see pks-api, section 4
 */
const makers: Readonly<Record<ProfileKind, readonly string[]>> = {
  network: admins,
  compute: admins,
  kubernetes: [...admins, 'pks.clusters.manage'],
};

/** The three families of profiles. @see pks-api, routes 11 to 15 */
export function profileRoutes(
  guarded: Guard,
  broker: ProfileAccess,
  { name: release }: Release,
): Route[] {
  return (['network', 'compute', 'kubernetes'] as const).flatMap((kind) => {
    const path = `/v1/${kind}-profiles`;
    const missing = (name: string): SandboxResponse =>
      json(404, { body: `The ${kind} profile named "${name}" not found.` });
    return [
      route(
        'GET',
        path,
        guarded(readers, async ({ caller }) => {
          const all = await broker.profiles(kind);
          return json(200, all.filter((each) => maySee(caller, kind, each)).map(shown[kind]));
        }),
      ),
      route(
        'GET',
        `${path}/:name`,
        guarded(readers, async ({ caller, params: { name = '' } }) => {
          const found = await broker.profile(kind, name);
          return found && maySee(caller, kind, found)
            ? json(200, shown[kind](found))
            : missing(name);
        }),
      ),
      route(
        'POST',
        path,
        guarded(makers[kind], async ({ request: { body }, caller }) => {
          await broker.addProfile(kind, caller.name, toWantedProfile(kind, body, release));
          return { status: 201, headers: {}, body: '' };
        }),
      ),
      route(
        'DELETE',
        `${path}/:name`,
        guarded(makers[kind], async ({ caller, params: { name = '' } }) => {
          const found = await broker.profile(kind, name);
          if (!found || !maySee(caller, kind, found)) return missing(name);
          await broker.removeProfile(kind, name);
          return { status: 204, headers: {}, body: '' };
        }),
      ),
    ];
  });
}

/** Whether a caller knows of a profile: so may use it, and delete it where they may delete. */
export function maySee(
  { name, scopes }: Caller,
  kind: ProfileKind,
  { owner }: OwnedProfile,
): boolean {
  const all = scopes.has('pks.clusters.admin') || scopes.has('pks.clusters.admin.read');
  return all || kind !== 'kubernetes' || owner === name;
}

/** As the API shows one of each kind. @see pks-api, section 6 */
const shown: Readonly<Record<ProfileKind, (profile: OwnedProfile) => Json>> = {
  network: withId,
  compute: withId,
  kubernetes: ({ name, uuid, owner, createdAt, content }) => ({
    name,
    uuid,
    owner,
    description: content['description'] ?? null,
    created_at: Math.floor(createdAt / 1000),
    customizations: content['customizations'] ?? [],
    experimental_customizations: content['experimental_customizations'] ?? [],
  }),
};

function withId({ name, uuid, content }: OwnedProfile): Json {
  return { name, uuid, ...content };
}

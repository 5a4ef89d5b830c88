import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../body.js';
import { json, route, type Route, type SandboxRequest } from '../router.js';
import type { Storage } from '../storage/storage.js';
import { systemScopes } from './clients/restricted-scopes.js';
import { findRule } from './access-rules.js';
import { emptyError, statusError } from './errors.js';
import { authenticateCaller, hasToken } from './oauth/bearer.js';
import type { Realm } from './realm.js';
import { createState, type State } from './store/state.js';
import { createZoneConfig } from './zone-config.js';

/** An identity zone. Each zone has its own users, groups and clients. */
export interface Zone {
  readonly id: string;
  readonly subdomain: string;
  readonly name: string;
  readonly description: string;
}

/** The zone that all requests use by default. */
export const defaultZone: Zone = {
  id: 'uaa',
  subdomain: '',
  name: 'uaa',
  description: 'The system zone for backwards compatibility',
};

/** The zones of the sandbox. Requests select the second one with a header. */
const zones: readonly Zone[] = [
  defaultZone,
  { id: 'dev-zone', subdomain: 'dev', name: 'dev', description: 'A zone for tests' },
];

/**
 * Creates the routes that list and show zones.
 *
 * @see UAA 77 `IdentityZoneEndpoints`
 */
export function zoneRoutes(realm: Realm): readonly Route[] {
  const visible = zones.filter(({ id }) => realm.zone === defaultZone || id === realm.zone.id);
  const toJson = ({ id, subdomain, name, description }: Zone): JsonObject => ({
    id,
    subdomain,
    config: createZoneConfig(id === defaultZone.id, realm),
    name,
    version: id === defaultZone.id ? 1 : 0,
    description,
    created: createdAt,
    active: true,
    last_modified: createdAt,
  });
  return [
    route('GET', '/identity-zones', () => json(200, visible.map(toJson))),
    route('GET', '/identity-zones/:id', (_, params) => {
      const zone = visible.find(({ id }) => id === params['id']);
      if (!zone) throw emptyError(404);
      return json(200, toJson(zone));
    }),
  ];
}

const createdAt = Date.UTC(2000, 0, 1);

/** The headers that select a zone. The id takes precedence; empty headers are ignored. */
function findRequestedZone({ headers }: SandboxRequest): Zone | 'unknown' | undefined {
  const id = headers['x-identity-zone-id'];
  const subdomain = headers['x-identity-zone-subdomain']?.toLowerCase();
  if (!id && !subdomain) return undefined;
  return zones.find((zone) => (id ? zone.id === id : zone.subdomain === subdomain)) ?? 'unknown';
}

/**
 * Finds the zone that the headers of a request select.
 *
 * @throws ErrorResponse 404 if the zone is unknown, or 403 if the caller may not use it, both
 *   without a description; 401 if the token is missing or invalid.
 */
export async function selectZone(request: SandboxRequest, realm: Realm): Promise<Zone> {
  const zone = findRequestedZone(request);
  if (zone === undefined) return defaultZone;
  const needsToken = findRule(request.method, request.path) !== undefined;
  const scopes =
    needsToken || hasToken(request) ? (await authenticateCaller(request, realm)).scope : [];
  if (zone === 'unknown') throw statusError(request, 404);
  if (scopes.length === 0) throw statusError(request, 403);
  return zone;
}

/** Scopes for a zone, without the prefix `zones.ID.`. */
const zoneScopes = [
  ...['admin', 'read', 'clients.admin', 'clients.read', 'clients.write', 'scim.read'],
  ...['scim.write', 'scim.create', 'idps.read', 'idps.write'],
];

/**
 * If a header selects a zone, keeps only `uaa.admin` and the scopes for this zone, without their
 * prefix.
 *
 * @see UAA 77 `IdentityZoneSwitchingFilter`
 */
export function limitScopeToZone(
  request: SandboxRequest,
  scopes: readonly string[],
): readonly string[] {
  const zone = findRequestedZone(request);
  if (zone === undefined) return scopes;
  const prefix = zone === 'unknown' ? 'zones..' : `zones.${zone.id}.`;
  return scopes.flatMap((name) => {
    if (name === 'uaa.admin') return [name];
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (!zoneScopes.includes(own)) return [];
    // The rules contain these two scopes with the prefix of the default zone.
    return own === 'admin' || own === 'read' ? [`zones.uaa.${own}`] : [own];
  });
}

/** Creates the realm of a zone. Its callers use tokens of the default zone. */
export function createZoneRealm(zone: Zone, callers: Realm, storage: Storage): Realm {
  const zoneStorage: Storage = {
    ...storage,
    collection: (declaration) =>
      storage.collection({ ...declaration, name: `${zone.id} ${declaration.name}` }),
  };
  const { state: callerState, settings } = callers;
  const state = createState(
    callerState.now,
    new Set(newZoneGroups),
    settings.behaviour,
    zoneStorage,
  );
  if (state.groups.size() === 0) seedZone(state);
  return { ...callers, state, zone, callers };
}

/** The groups that every user of a new zone belongs to. */
export const newZoneGroups: readonly string[] = [
  ...['openid', 'password.write', 'uaa.user', 'approvals.me', 'profile', 'roles'],
  ...['user_attributes', 'uaa.offline_token'],
];

function seedZone({ now, groups, providers }: State): void {
  const time = now();
  for (const displayName of new Set([...systemScopes, ...newZoneGroups])) {
    groups.put({ id: randomUUID(), displayName, version: 0, createdAt: time, modifiedAt: time });
  }
  for (const { id, originKey } of providers.all()) if (originKey !== 'uaa') providers.delete(id);
}

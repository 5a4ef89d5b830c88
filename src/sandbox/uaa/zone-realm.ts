import { randomUUID } from 'node:crypto';
import type { SandboxRequest, SandboxResponse } from '../router.js';
import { createMemoryStorage } from '../storage/storage.js';
import { systemScopes } from './clients/restricted-scopes.js';
import type { Realm } from './realm.js';
import { createState } from './store/state.js';
import type { Zone } from './store/zones.js';
import { newZoneGroups } from './zones/zone-config.js';

type Respond = (request: SandboxRequest) => Promise<SandboxResponse>;

/**
 * Returns a function that handles requests for zones other than `uaa`. The data of these zones is
 * stored only in memory, and callers use tokens of the zone `uaa`.
 *
 * @param createRespond - creates the routes of a zone.
 */
export function createZoneRouter(
  realm: Realm,
  createRespond: (zoneRealm: Realm) => Respond,
): (zone: Zone, request: SandboxRequest) => Promise<SandboxResponse> {
  const zones = new Map<string, { readonly createdAt: number; readonly respond: Respond }>();
  return async (zone, request) => {
    const { id, createdAt } = zone;
    for (const known of zones.keys()) if (!realm.state.zones.get(known)) zones.delete(known);
    let entry = zones.get(id);
    if (entry?.createdAt !== createdAt) {
      entry = { createdAt, respond: createRespond(createZoneRealm(realm, zone)) };
      zones.set(id, entry);
    }
    return entry.respond(request);
  };
}

/** Replaces the zone id `uaa`, which routes and security filters use for all zones. */
export function renameZone(response: SandboxResponse, { id }: Zone): SandboxResponse {
  const challenge = response.headers['www-authenticate'];
  const rename = (text: string) => text.replaceAll('zones.uaa.', () => `zones.${id}.`);
  return {
    ...response,
    body: rename(response.body).replaceAll(
      /"(zoneId|identityZoneId)":"uaa"/g,
      (_, name: string) => `"${name}":${JSON.stringify(id)}`,
    ),
    ...(typeof challenge === 'string' && {
      headers: { ...response.headers, 'www-authenticate': rename(challenge) },
    }),
  };
}

function createZoneRealm(realm: Realm, { id }: Zone): Realm {
  const { now, zones } = realm.state;
  const { behaviour } = realm.settings;
  const state = createState(now, new Set(newZoneGroups), behaviour, createMemoryStorage());
  const time = now();
  for (const displayName of new Set([...systemScopes, ...newZoneGroups])) {
    const created = { createdAt: time, modifiedAt: time };
    state.groups.put({ id: randomUUID(), displayName, version: 0, ...created });
  }
  for (const provider of state.providers.all()) {
    if (provider.originKey !== 'uaa') {
      state.providers.delete(provider.id);
      continue;
    }
    const config = { ...provider.config, passwordPolicy: null, lockoutPolicy: null };
    state.providers.put({ ...provider, version: 0, createdAt: time, modifiedAt: time, config });
  }
  return { ...realm, state: { ...state, zones }, zoneId: id, callers: realm };
}

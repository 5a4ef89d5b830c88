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
 * Returns a function that finds the realm of a zone other than `uaa`. The data of such a zone is
 * stored only in memory, until the zone is deleted.
 */
export function createZoneRealms(realm: Realm): (zone: Zone) => Realm {
  const realms = new Map<string, { readonly createdAt: number; readonly zoneRealm: Realm }>();
  return (zone) => {
    const { id, createdAt } = zone;
    for (const known of realms.keys()) if (!realm.state.zones.get(known)) realms.delete(known);
    let entry = realms.get(id);
    if (entry?.createdAt !== createdAt) {
      entry = { createdAt, zoneRealm: createZoneRealm(realm, zone) };
      realms.set(id, entry);
    }
    return entry.zoneRealm;
  };
}

/**
 * Returns a function that handles requests for zones other than `uaa`.
 *
 * @param createRespond - creates the routes of a zone.
 */
export function createZoneRouter(
  { zoneRealm }: Realm,
  createRespond: (realm: Realm) => Respond,
): (zone: Zone, request: SandboxRequest) => Promise<SandboxResponse> {
  const responders = new WeakMap<Realm, Respond>();
  return (zone, request) => {
    const realm = zoneRealm(zone);
    const respond = responders.get(realm) ?? createRespond(realm);
    responders.set(realm, respond);
    return respond(request);
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

/** Callers use tokens of the zone `uaa`. */
function createZoneRealm(callers: Realm, { id }: Zone): Realm {
  const { now, zones } = callers.state;
  const { behaviour } = callers.settings;
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
  const realm: Realm = {
    ...callers,
    ...{ state: { ...state, zones }, zoneId: id, callers },
    zoneRealm: () => realm,
  };
  return realm;
}

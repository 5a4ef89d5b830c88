import { randomUUID } from 'node:crypto';
import type { SandboxRequest, SandboxResponse } from '../router.js';
import type { Storage } from '../storage/storage.js';
import { systemScopes } from './clients/restricted-scopes.js';
import type { Realm } from './realm.js';
import { createState, type State } from './store/state.js';
import type { Zone } from './store/zones.js';
import { newZoneGroups } from './zones/zone-config.js';

type Respond = (request: SandboxRequest) => Promise<SandboxResponse>;

/** The realms of the zones other than `uaa`. */
export interface ZoneRealms {
  readonly find: (zone: Zone) => Realm;
  /** Deletes all data of a zone. */
  readonly delete: (zone: Zone) => void;
}

/** @param storage - stores the data of the zones. */
export function createZoneRealms(realm: Realm, storage: Storage): ZoneRealms {
  const realms = new Map<string, Realm>();
  const find = (zone: Zone): Realm => {
    const found = realms.get(zone.id) ?? createZoneRealm(realm, zone, storage);
    realms.set(zone.id, found);
    return found;
  };
  return {
    find,
    delete(zone) {
      storage.drop(prefixFor(zone));
      realms.delete(zone.id);
    },
  };
}

/** The prefix of the names of a zone's collections. Unlike ids, these names allow only some characters. */
function prefixFor({ id, createdAt }: Zone): string {
  return `zone ${Buffer.from(id).toString('base64url')} ${String(createdAt)} `;
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
function createZoneRealm(callers: Realm, zone: Zone, storage: Storage): Realm {
  const { now, zones } = callers.state;
  const { behaviour } = callers.settings;
  const prefix = prefixFor(zone);
  const zoneStorage: Storage = {
    ...storage,
    collection: (declaration) =>
      storage.collection({ ...declaration, name: `${prefix}${declaration.name}` }),
  };
  const state = createState(now, new Set(newZoneGroups), behaviour, zoneStorage);
  const progress = zoneStorage.collection<{ readonly isSeeded: true }>({
    name: 'progress',
    key: () => 'current',
  });
  if (progress.size() === 0) {
    seedZone(state);
    progress.put({ isSeeded: true });
  }
  const realm: Realm = {
    ...callers,
    ...{ state: { ...state, zones }, zoneId: zone.id, callers },
    zoneRealm: () => realm,
  };
  return realm;
}

/** Creates the groups and the identity provider of a new zone. */
function seedZone(state: State): void {
  const time = state.now();
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
}

import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../body.js';
import {
  empty,
  ErrorResponse,
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import type { Realm } from '../realm.js';
import type { State } from '../store/state.js';
import type { Zone } from '../store/zones.js';
import { checkZoneConfig, invalidZoneError, readZone, zoneExistsError } from './zone-body.js';
import { zoneClientRoutes } from './zone-clients.js';
import { getDefaultZoneConfig, getZoneConfig } from './zone-config.js';

/**
 * Creates the routes below `/identity-zones`. The filter chain has already checked the scopes.
 * Requests to other routes can select a zone with a header, but users can log in only to the zone
 * `uaa`.
 *
 * @see UAA 4.30.0 `IdentityZoneEndpoints`
 */
export function identityZoneRoutes(realm: Realm): readonly Route[] {
  const { zones } = realm.state;
  const isVisible = ({ id }: Zone) => (realm.zoneId ?? id) === id;
  const find = (id = ''): Zone => {
    const zone = findZone(realm.state, id);
    if (!isVisible(zone)) throw new ErrorResponse(empty(404));
    return zone;
  };
  const respond = (status: number, zone: Zone): SandboxResponse =>
    json(status, zoneToJson(zone, realm));
  return [
    route('GET', '/identity-zones', () => {
      const visible = zones.all().filter(isVisible);
      return json(
        200,
        visible.map((zone) => zoneToJson(zone, realm)),
      );
    }),
    route('POST', '/identity-zones', (request) => {
      if (realm.zoneId !== undefined) throw new ErrorResponse(empty(403));
      return respond(201, createZone(request, realm));
    }),
    route('GET', '/identity-zones/:id', (_, { id }) => respond(200, find(id))),
    route('PUT', '/identity-zones/:id', (request, { id }) =>
      respond(200, updateZone(request, realm, id ?? '')),
    ),
    route('DELETE', '/identity-zones/:id', (_, { id }) => {
      const zone = find(id);
      // The real server reports success for the zone `uaa`, but does not delete it.
      if (zone.id !== 'uaa') {
        realm.deleteZoneData(zone);
        zones.delete(zone.id);
      }
      return respond(200, zone);
    }),
    ...zoneClientRoutes(realm),
  ];
}

/** @throws ErrorResponse 404 without a body. */
function findZone({ zones }: State, id: string): Zone {
  const zone = zones.get(id);
  if (!zone) throw new ErrorResponse(empty(404));
  return zone;
}

/** The maximum lengths in the database of the real server. */
const maximumLengths = { id: 36, name: 255 };

function createZone(request: SandboxRequest, { state }: Realm): Zone {
  const { name, subdomain, description, ...input } = readZone(request);
  const problems = [
    ...(name === null ? ['The identity zone must be given a name.'] : []),
    ...(subdomain === null ? ['The subdomain must be provided.'] : []),
  ];
  if (name === null || subdomain === null) throw invalidZoneError(problems.join('\r\n'));
  checkZoneConfig(input.config);
  const id = input.id === null || input.id.trim() === '' ? randomUUID() : input.id;
  if (id.length > maximumLengths.id || name.length > maximumLengths.name) {
    throw new ErrorResponse(empty(500));
  }
  if (state.zones.get(id)) throw zoneExistsError('; SYS_PK_10354 table: IDENTITY_ZONE');
  checkSubdomain(state, id, subdomain);
  const time = state.now();
  const zone = { ...input, id, name, subdomain, description: description ?? undefined };
  const created = { ...zone, createdAt: time, modifiedAt: time };
  state.zones.put(created);
  return created;
}

function updateZone(request: SandboxRequest, { state }: Realm, id: string): Zone {
  const input = readZone(request);
  const { name, subdomain, description } = input;
  if (name === null || subdomain === null) throw new ErrorResponse(empty(400));
  if (input.id === 'uaa' || id === 'uaa') throw new ErrorResponse(empty(403));
  if (input.id !== null && input.id !== id) {
    throw invalidZoneError(
      'The identity zone id from the request body does not match id in the url',
    );
  }
  const existing = findZone(state, id);
  checkZoneConfig(input.config);
  checkSubdomain(state, id, subdomain);
  const { active, config } = input;
  const changed = { name, subdomain, description: description ?? undefined, active, config };
  const version = input.version + 1;
  const updated = { ...existing, ...changed, version, modifiedAt: state.now() };
  state.zones.put(updated);
  return updated;
}

function checkSubdomain({ zones }: State, id: string, subdomain: string): void {
  const isUsed = zones.all().some((zone) => zone.id !== id && zone.subdomain === subdomain);
  if (isUsed) throw zoneExistsError(': SUBDOMAIN');
}

function zoneToJson(zone: Zone, realm: Realm): JsonObject {
  const { id, subdomain, name, version, description, active, createdAt, modifiedAt } = zone;
  return {
    id,
    subdomain,
    config:
      id === 'uaa'
        ? getDefaultZoneConfig(realm)
        : getZoneConfig(zone.config, realm.settings.behaviour),
    name,
    version,
    description,
    created: createdAt,
    active,
    last_modified: modifiedAt,
  };
}

import type { JsonObject } from '../../json.js';
import {
  json,
  route,
  type ErrorResponse,
  type Params,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { badScimRequestError, scimError, unexpectedScimError } from '../errors.js';
import type { Realm } from '../realm.js';
import { hasText } from '../requests.js';
import type { Group, Mapping, MappingKey } from '../store/groups.js';
import { InvalidFilterError, parseFilter, type Filter } from '../store/query.js';
import type { State } from '../store/state.js';
import { createListResponse } from './list.js';
import { readMapping, scimSchema, type MappingInput } from './requests.js';

/** Creates the routes `/Groups/External`, for mappings from groups of identity providers to UAA groups. */
export function createMappingRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('GET', '/Groups/External', (request) => listMappings(request, state)),
    route('GET', '/Groups/External/list', (request) => listMappings(request, state)),
    route('POST', '/Groups/External', (request) =>
      json(201, addMapping(readMapping(request), realm)),
    ),
    ...deletePaths.map((path) =>
      route('DELETE', `/Groups/External/${path}`, (_, params) =>
        json(200, deleteMapping(params, realm)),
      ),
    ),
  ];
}

/** Only the first two are documented. Old clients use the others. */
const deletePaths = [
  'groupId/:groupId/externalGroup/:externalGroup/origin/:origin',
  'displayName/:displayName/externalGroup/:externalGroup/origin/:origin',
  'groupId/:groupId/externalGroup/:externalGroup',
  'displayName/:displayName/externalGroup/:externalGroup',
  'id/:groupId/:externalGroup',
  ':displayName/:externalGroup',
];

function addMapping(input: MappingInput, realm: Realm): JsonObject {
  const { state } = realm;
  const group = findMappedGroup(state, input);
  const externalGroup = input.externalGroup?.trim().toLowerCase();
  if (!externalGroup) {
    throw scimError(
      412,
      'scim_resource_constraint_failed',
      'external group must not be null when mapping an external group',
    );
  }
  const origin = hasText(input.origin) ? input.origin : 'ldap';
  const mapping = { groupId: group.id, externalGroup, origin, createdAt: state.now() };
  state.mappings.add(mapping);
  return mappingToJson(findMapping(realm, mapping), group);
}

function deleteMapping(params: Params, realm: Realm): JsonObject {
  const { state } = realm;
  const group = findMappedGroup(state, params);
  const externalGroup = params['externalGroup']?.trim() ?? '';
  const origin = hasText(params['origin']) ? params['origin'] : 'ldap';
  const key = { groupId: group.id, externalGroup, origin };
  const found = findMapping(realm, key);
  if (!state.mappings.deleteExact(key)) throw notFoundError('No group mappings deleted.');
  return mappingToJson(found, group);
}

/** Like the real server, fails if more than one mapping matches. */
function findMapping({ state, settings }: Realm, key: MappingKey): Mapping {
  const [found, ...others] = state.mappings.findMatching(key);
  if (others.length > 0) {
    const status = settings.behaviour.dataErrorStatus;
    throw scimError(status, 'scim', 'Incorrect result size: expected 1');
  }
  if (found) return found;
  throw notFoundError(
    `The mapping between groupId ${key.groupId} and external group ${key.externalGroup} ` +
      'does not exist',
  );
}

/** Finds a group by its ID, or by its name, which is case-insensitive. */
function findMappedGroup(
  { groups }: State,
  { groupId, displayName }: Pick<MappingInput, 'groupId' | 'displayName'>,
): Group {
  if (hasText(groupId)) {
    const group = groups.get(groupId);
    if (group) return group;
    throw notFoundError(`Group ${groupId} does not exist`);
  }
  if (!hasText(displayName)) throw notFoundError('Group not found, not name provided');
  const name = displayName.toLowerCase();
  const group = groups.all().find((candidate) => candidate.displayName.toLowerCase() === name);
  if (group) return group;
  throw notFoundError(`Group not found:${displayName}`);
}

function notFoundError(message: string): ErrorResponse {
  return scimError(404, 'scim', message);
}

function mappingToJson(mapping: Mapping, { displayName }: Group): JsonObject {
  const { groupId, externalGroup, origin, createdAt } = mapping;
  const created = new Date(createdAt).toISOString();
  return {
    meta: { version: 0, created, lastModified: created },
    groupId,
    externalGroup,
    displayName,
    origin,
    schemas: [scimSchema],
  };
}

/**
 * Lists mappings. Unlike other lists, they are not sorted, `attributes` has no effect, and
 * `itemsPerPage` is the number of mappings on the page.
 */
function listMappings(request: SandboxRequest, { mappings, groups }: State): SandboxResponse {
  return createListResponse(request, {
    find(query) {
      const { origin, externalGroup } = readConditions(query);
      const found = mappings
        .all()
        .filter((mapping) => !hasText(origin) || mapping.origin === origin)
        .filter((mapping) => !hasText(externalGroup) || mapping.externalGroup === externalGroup);
      return { total: found.length, page: (start, count) => found.slice(start, start + count) };
    },
    toJson: ({ groupId, externalGroup, origin }) => ({
      displayName: groups.get(groupId)?.displayName,
      externalGroup,
      groupId,
      origin,
    }),
    schema: scimSchema,
    selectPage({ startIndex: requested, count, total }) {
      const startIndex = Math.max(requested, 1);
      return { startIndex, itemsPerPage: Math.max(Math.min(count, total - startIndex + 1), 0) };
    },
    numberError: unexpectedScimError,
    filterError: () =>
      badScimRequestError('Filter not supported, please use origin and externalGroup parameters'),
  });
}

interface Conditions {
  readonly origin?: string | undefined;
  readonly externalGroup?: string | undefined;
}

function readConditions(query: URLSearchParams): Conditions {
  const filter = query.get('filter');
  const conditions = {
    origin: query.get('origin') ?? undefined,
    externalGroup: query.get('externalGroup') ?? undefined,
  };
  if (!hasText(filter)) return conditions;
  if (Object.values(conditions).some(hasText)) {
    throw badScimRequestError(
      'Deprecated filter parameter may not be used in conjunction with origin or externalGroup ' +
        'parameters',
    );
  }
  return parseConditions(parseFilter(filter));
}

/** @throws InvalidFilterError if the filter contains anything but `and` and `eq`. */
function parseConditions(filter: Filter): Conditions {
  if (filter.kind === 'and') {
    return { ...parseConditions(filter.right), ...parseConditions(filter.left) };
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq') {
    throw new InvalidFilterError('Only "and" and "eq" are supported');
  }
  const value = String(filter.value);
  const attribute = filter.attribute.toLowerCase();
  if (attribute === 'origin') return { origin: value };
  if (attribute === 'externalgroup') return { externalGroup: value };
  throw new InvalidFilterError(`Unknown attribute ${filter.attribute}`);
}

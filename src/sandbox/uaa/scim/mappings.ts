import type * as v from 'valibot';
import type { JsonObject } from '../../body.js';
import {
  json,
  route,
  type Params,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import { containerError } from '../servlet-container.js';
import type { Group } from '../store/groups.js';
import { createListResponse, maxPageSize, type ListSpec } from './list.js';
import type { Mapping, MappingKey } from '../store/mappings.js';
import type { Realm } from '../realm.js';
import { object, optional, readScimBody, schemasField, text } from './body.js';
import { badScimRequestError, scimError, scimSchema, unexpectedScimError } from './error.js';
import type { State } from '../store/state.js';
import { InvalidFilterError, parseFilter, type Filter } from '../store/filter.js';

/**
 * Creates the routes `/Groups/External`, for mappings from groups of identity providers to UAA
 * groups.
 */
export function mappingRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const handleList = async (request: SandboxRequest): Promise<SandboxResponse> => {
    await authorizeCaller(request, realm, ['scim.read']);
    return createListResponse(request, createMappingListSpec(state));
  };
  const handleDelete = async (
    request: SandboxRequest,
    params: Params,
  ): Promise<SandboxResponse> => {
    await authorizeCaller(request, realm, ['scim.write']);
    return json(200, deleteMapping(request, params, state));
  };
  return [
    route('GET', '/Groups/External', handleList),
    route('GET', '/Groups/External/list', handleList),
    route('POST', '/Groups/External', async (request) => {
      await authorizeCaller(request, realm, ['scim.write']);
      return json(201, addMapping(readScimBody(request, mappingSchema), state));
    }),
    ...deletePaths.map((path) => route('DELETE', `/Groups/External/${path}`, handleDelete)),
  ];
}

/** The first two are in UAA's documentation. Old clients use the others. */
const deletePaths = [
  'groupId/:groupId/externalGroup/:externalGroup/origin/:origin',
  'displayName/:displayName/externalGroup/:externalGroup/origin/:origin',
  'groupId/:groupId/externalGroup/:externalGroup',
  'displayName/:displayName/externalGroup/:externalGroup',
  'id/:groupId/:externalGroup',
  ':displayName/:externalGroup',
];

const mappingSchema = object({
  schemas: schemasField('JSON parse error: '),
  groupId: optional(text),
  displayName: optional(text),
  externalGroup: optional(text),
  origin: optional(text),
});

function addMapping(body: v.InferOutput<typeof mappingSchema>, state: State): JsonObject {
  const group = findMappedGroup(state, body.groupId, body.displayName);
  const externalGroup = body.externalGroup?.trim();
  if (!externalGroup) {
    throw scimError(
      412,
      'scim_resource_constraint_failed',
      'external group must not be null when mapping an external group',
    );
  }
  const origin = body.origin?.trim() ? body.origin : 'ldap';
  const key = { groupId: group.id, externalGroup, origin };
  checkLengths(key);
  state.mappings.add({
    ...key,
    externalGroup: externalGroup.toLowerCase(),
    createdAt: state.now(),
  });
  return mappingToJson(findSingleMapping(state, key), group);
}

function deleteMapping(
  request: SandboxRequest,
  { groupId, displayName, externalGroup = '', origin = 'ldap' }: Params,
  state: State,
): JsonObject {
  // On the real server, a path variable cannot contain a line break.
  if (/[\n\r\u0085\u2028\u2029]/.test(`${externalGroup}${origin}`)) {
    throw containerError(request, 405);
  }
  const group = findMappedGroup(state, groupId, displayName);
  const key = { groupId: group.id, externalGroup: externalGroup.trim(), origin };
  const found = findSingleMapping(state, key);
  if (!state.mappings.deleteExact(key)) throw mappingNotFoundError('No group mappings deleted.');
  return mappingToJson(found, group);
}

/** Like the real server, fails if more than one mapping matches. */
function findSingleMapping(state: State, key: MappingKey): Mapping {
  const [found, ...others] = state.mappings.findMatching(key);
  if (others.length > 0) throw unexpectedScimError();
  if (found) return found;
  throw mappingNotFoundError(
    `The mapping between groupId ${key.groupId} and external group ${key.externalGroup} ` +
      'does not exist',
  );
}

function findMappedGroup({ groups }: State, id?: string, displayName?: string): Group {
  if (!id && !displayName) throw mappingNotFoundError('Group not found, not name provided');
  const group = id ? groups.get(id) : groups.findByName(displayName ?? '');
  if (group) return group;
  throw mappingNotFoundError(
    id ? `Group ${id} does not exist` : `Group not found:${displayName ?? ''}`,
  );
}

/** @throws ErrorResponse 400 `scim` with the database's error message. */
function checkLengths({ externalGroup, origin }: MappingKey): void {
  const column =
    externalGroup.length > 255 ? 'EXTERNAL_GROUP' : origin.length > 36 ? 'ORIGIN' : undefined;
  if (column === undefined) return;
  throw badScimRequestError(
    'data exception: string data, right truncation;  ' +
      `table: EXTERNAL_GROUP_MAPPING column: ${column}`,
  );
}

function mappingNotFoundError(message: string) {
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
 * Creates the specification of the list of mappings. Unlike other lists, it is not sorted, it ignores
 * `attributes`, and `itemsPerPage` is the number of mappings on the page.
 */
function createMappingListSpec({ mappings, groups }: State): ListSpec<Mapping> {
  return {
    find(query) {
      const { origin, externalGroup } = readConditions(query);
      const found = (
        externalGroup ? mappings.findByExternalGroup(externalGroup) : mappings.all()
      ).filter((mapping) => !origin || mapping.origin === origin);
      return { total: found.length, page: (start, count) => found.slice(start, start + count) };
    },
    toJson: ({ groupId, externalGroup, origin }) => ({
      displayName: groups.get(groupId)?.displayName,
      externalGroup,
      groupId,
      origin,
    }),
    schema: scimSchema,
    adjustStartIndex: (requested) => Math.max(requested, 1),
    adjustCount: (requested) => Math.min(Math.max(requested, 0), maxPageSize),
    hasActualItemsPerPage: true,
    numberError: unexpectedScimError,
    filterError: () =>
      badScimRequestError('Filter not supported, please use origin and externalGroup parameters'),
  };
}

interface Conditions {
  readonly origin?: string | undefined;
  readonly externalGroup?: string | undefined;
}

function readConditions(query: URLSearchParams): Conditions {
  const filter = query.get('filter');
  const origin = query.get('origin') ?? undefined;
  const externalGroup = query.get('externalGroup') ?? undefined;
  if (!filter) return { origin, externalGroup };
  if (origin ?? externalGroup) {
    throw badScimRequestError(
      'Deprecated filter parameter may not be used in conjunction with origin or externalGroup ' +
        'parameters',
    );
  }
  return parseConditions(parseFilter(filter));
}

/**
 * Converts a filter to conditions. Only `origin` and `externalGroup` have an effect, because the real
 * server ignores other attributes.
 *
 * @throws InvalidFilterError if the filter contains anything but `and` and `eq`.
 */
function parseConditions(filter: Filter): Conditions {
  if (filter.kind === 'and') {
    return { ...parseConditions(filter.left), ...parseConditions(filter.right) };
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq') {
    throw new InvalidFilterError('not supported');
  }
  const { attribute, value } = filter;
  if (attribute === 'origin') return { origin: String(value) };
  return attribute === 'externalGroup' ? { externalGroup: String(value) } : {};
}

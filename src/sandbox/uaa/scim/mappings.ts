import {
  badScimRequestError,
  scimError,
  scimSchema,
  statusError,
  unexpectedScimError,
} from '../errors.js';
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
import type { Group } from '../store/groups.js';
import { createListResponse, type ListSpec, type Page, type PageRequest } from './list.js';
import type { Mapping, MappingKey } from '../store/mappings.js';
import type { Realm } from '../realm.js';
import { rejectedValueError, tooLongProblem } from './database-error.js';
import { mappingBody, type MappingInput } from './group-body.js';
import { findGroupByName } from './group-names.js';
import { readJavaBody } from './java-body.js';
import { readTextParameter } from './parameters.js';
import type { State } from '../store/state.js';
import { InvalidFilterError, parseFilter, type Filter } from '../store/filter.js';

/**
 * Creates the routes `/Groups/External`, for mappings from groups of identity providers to UAA
 * groups.
 */
export function mappingRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const createListHandler =
    (hasConditions: boolean) =>
    async (request: SandboxRequest): Promise<SandboxResponse> => {
      await authorizeCaller(request, realm, ['scim.read']);
      return createListResponse(request, createMappingListSpec(state, hasConditions));
    };
  const handleDelete = async (
    request: SandboxRequest,
    params: Params,
  ): Promise<SandboxResponse> => {
    await authorizeCaller(request, realm, ['scim.write']);
    return json(200, deleteMapping(request, params, state));
  };
  return [
    route('GET', '/Groups/External', createListHandler(true)),
    route('GET', '/Groups/External/list', createListHandler(false)),
    route('POST', '/Groups/External', async (request) => {
      await authorizeCaller(request, realm, ['scim.write']);
      return json(201, addMapping(readJavaBody(request, mappingBody), state));
    }),
    ...deletePaths.map((path) => route('DELETE', `/Groups/External/${path}`, handleDelete)),
  ];
}

/** UAA documents only the first two. Old clients use the others. */
const deletePaths = [
  'groupId/:groupId/externalGroup/:externalGroup/origin/:origin',
  'displayName/:displayName/externalGroup/:externalGroup/origin/:origin',
  'groupId/:groupId/externalGroup/:externalGroup',
  'displayName/:displayName/externalGroup/:externalGroup',
  'id/:groupId/:externalGroup',
  ':displayName/:externalGroup',
];

const insertStatement =
  'insert into external_group_mapping ' +
  '( group_id,external_group,added,origin,identity_zone_id ) values (?,lower(?),?,?,?)';

function addMapping(input: MappingInput, state: State): JsonObject {
  const group = findMappedGroup(state, input.groupId, input.displayName);
  const externalGroup = input.externalGroup?.trim();
  if (!externalGroup) {
    throw scimError(
      412,
      'scim_resource_constraint_failed',
      'external group must not be null when mapping an external group',
    );
  }
  const origin = input.origin?.trim() ? input.origin : 'ldap';
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
  { groupId, displayName, externalGroup = '', origin: requested = '' }: Params,
  state: State,
): JsonObject {
  const origin = requested.trim() === '' ? 'ldap' : requested;
  // On the real server, a path variable cannot contain a line break.
  if (/[\n\r\u0085\u2028\u2029]/.test(`${externalGroup}${origin}`)) {
    throw statusError(request, 405);
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

function findMappedGroup(
  state: State,
  id: string | null | undefined,
  displayName: string | null | undefined,
): Group {
  // If the id in a path is blank, there is no name to use instead.
  if (!id?.trim() && (displayName ?? undefined) !== undefined) {
    return findGroupByName(state, displayName ?? '');
  }
  if (!id) throw mappingNotFoundError('Group not found, not name provided');
  const group = state.groups.get(id);
  if (group) return group;
  throw mappingNotFoundError(`Group ${id} does not exist`);
}

/** @throws ErrorResponse 400 `scim` with the database's error message. */
function checkLengths({ externalGroup, origin }: MappingKey): void {
  const column =
    externalGroup.length > 255 ? 'EXTERNAL_GROUP' : origin.length > 36 ? 'ORIGIN' : undefined;
  if (column === undefined) return;
  throw rejectedValueError(insertStatement, tooLongProblem('EXTERNAL_GROUP_MAPPING', column));
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
 *
 * @param hasConditions - whether the parameters `origin` and `externalGroup` have an effect.
 */
function createMappingListSpec(
  { mappings, groups }: State,
  hasConditions: boolean,
): ListSpec<Mapping> {
  return {
    find(query) {
      const { origin, externalGroup } = readConditions(hasConditions ? query : onlyFilter(query));
      const found = (
        externalGroup?.trim() ? mappings.findByExternalGroup(externalGroup) : mappings.all()
      ).filter((mapping) => !origin?.trim() || mapping.origin === origin);
      return { total: found.length, page: (start, count) => found.slice(start, start + count) };
    },
    toJson: ({ groupId, externalGroup, origin }) => ({
      displayName: groups.get(groupId)?.displayName,
      externalGroup,
      groupId,
      origin,
    }),
    schema: scimSchema,
    selectPage: selectMappings,
    numberError: unexpectedScimError,
    filterError: () =>
      badScimRequestError('Filter not supported, please use origin and externalGroup parameters'),
  };
}

/** @throws ErrorResponse 400 `scim` if the end of the page is too large for a Java integer. */
function selectMappings({ startIndex: requested, count, total }: PageRequest): Page {
  const startIndex = Math.max(requested, 1);
  const start = startIndex - 1;
  if (start < total && start + count >= 2 ** 31) {
    throw badScimRequestError(
      `fromIndex(${String(start)}) > toIndex(${String(start + count - 2 ** 32)})`,
    );
  }
  const length = Math.max(Math.min(count, total - start), 0);
  return { startIndex, itemsPerPage: length, length };
}

function onlyFilter(query: URLSearchParams): URLSearchParams {
  const result = new URLSearchParams();
  for (const filter of query.getAll('filter')) result.append('filter', filter);
  return result;
}

interface Conditions {
  readonly origin?: string | undefined;
  readonly externalGroup?: string | undefined;
}

function readConditions(query: URLSearchParams): Conditions {
  const filter = readTextParameter(query, 'filter');
  const origin = readTextParameter(query, 'origin');
  const externalGroup = readTextParameter(query, 'externalGroup');
  if (!filter?.trim()) return { origin, externalGroup };
  if (origin?.trim() || externalGroup?.trim()) {
    throw badScimRequestError(
      'Deprecated filter parameter may not be used in conjunction with origin or externalGroup ' +
        'parameters',
    );
  }
  return parseConditions(parseFilter(filter));
}

/**
 * Converts a filter to conditions. If an attribute occurs several times, its first condition is used.
 * Like the real server, accepts attribute names in any case, but ignores those that are not exactly
 * `origin` or `externalGroup`.
 *
 * @throws InvalidFilterError if the filter contains anything but `and` and `eq`, or another attribute.
 */
function parseConditions(filter: Filter): Conditions {
  if (filter.kind === 'and') {
    return { ...parseConditions(filter.right), ...parseConditions(filter.left) };
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq') {
    throw new InvalidFilterError('not supported');
  }
  const { attribute, value } = filter;
  if (!['origin', 'externalgroup'].includes(attribute.toLowerCase())) {
    throw new InvalidFilterError(`no attribute ${attribute}`);
  }
  if (attribute === 'origin') return { origin: String(value) };
  return attribute === 'externalGroup' ? { externalGroup: String(value) } : {};
}

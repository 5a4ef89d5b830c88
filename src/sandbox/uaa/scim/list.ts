import { isObject, type JsonObject } from '../../json.js';
import {
  escapeHtml,
  json,
  type ErrorResponse,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { badScimRequestError, unexpectedScimError } from '../errors.js';
import { findRows, InvalidFilterError, type QueryResult, type Source } from '../store/query.js';
import { scimSchema } from './requests.js';

/** Describes the list of a UAA resource: sorting, page size and errors. */
export interface ListSpec<Row> {
  /** @throws InvalidFilterError */
  readonly find: (query: URLSearchParams) => QueryResult<Row>;
  readonly toJson: (row: Row, attributes: readonly string[]) => JsonObject;
  /** URN or URL in the response's `schemas`. */
  readonly schema: string;
  /** Selects the rows of a page. @throws ErrorResponse */
  readonly selectPage: (request: PageRequest) => { startIndex: number; itemsPerPage: number };
  /** If undefined, the parameter `attributes` has no effect. */
  readonly attributes?: {
    /** Converts a requested name to the path of the member in the resource. */
    readonly toPath?: (name: string) => string;
    /** Creates the response for an invalid name. */
    readonly invalidError: (attributes: string) => ErrorResponse;
  };
  /** Creates the response for a `startIndex` or `count` that is not a number. */
  readonly numberError: () => ErrorResponse;
  readonly filterError: (query: URLSearchParams) => ErrorResponse;
}

interface PageRequest {
  readonly startIndex: number;
  readonly count: number;
  /** Number of rows that were found. */
  readonly total: number;
}

/** Maximum page size of most lists. */
export const maxPageSize = 500;

/**
 * Creates the response to a list request: filters and sorts the rows, and returns the requested
 * attributes of one page.
 * @throws ErrorResponse for an invalid number, filter, sort column or attribute list.
 */
export function createListResponse<Row>(
  { query }: SandboxRequest,
  list: ListSpec<Row>,
): SandboxResponse {
  const readNumber = (name: string, fallback: number): number => {
    const text = query.get(name) || String(fallback);
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
    if (Math.abs(value) < 2 ** 31) return value;
    throw list.numberError();
  };
  const request = { startIndex: readNumber('startIndex', 1), count: readNumber('count', 100) };
  const result = runQuery(query, list);
  const { startIndex, itemsPerPage } = list.selectPage({ ...request, total: result.total });
  const names = readAttributes(query, list);
  const rows = itemsPerPage > 0 ? result.page(startIndex - 1, itemsPerPage) : [];
  return json(200, {
    resources: rows.map((row) => pickAttributes(list.toJson(row, names), names, list)),
    startIndex,
    itemsPerPage,
    totalResults: result.total,
    schemas: [list.schema],
  });
}

function runQuery<Row>(query: URLSearchParams, list: ListSpec<Row>): QueryResult<Row> {
  try {
    return list.find(query);
  } catch (error) {
    throw error instanceof InvalidFilterError ? list.filterError(query) : error;
  }
}

/** Like the real server, joins repeated parameters. */
function readParameter(query: URLSearchParams, name: string): string {
  return query.getAll(name).join(',');
}

/** @returns the names of the requested attributes; empty if all are requested. */
function readAttributes<Row>(
  query: URLSearchParams,
  { attributes }: ListSpec<Row>,
): readonly string[] {
  const text = readParameter(query, 'attributes');
  if (!attributes || text === '') return [];
  const names = text.replace(/,$/, '').split(',');
  if (names.every((name) => /^[^\s()]*[^\s().] *$/.test(name))) return names;
  throw attributes.invalidError(text);
}

/** Returns the requested attributes of a resource, with null for those that do not exist. */
function pickAttributes<Row>(
  resource: JsonObject,
  names: readonly string[],
  { attributes }: ListSpec<Row>,
): JsonObject {
  if (names.length === 0) return resource;
  const toPath = attributes?.toPath ?? ((name) => name);
  return Object.fromEntries(names.map((name) => [name, findValue(resource, toPath(name)) ?? null]));
}

/** Finds a member by its path, for example `name.givenName` or `groups[*].display`. */
function findValue(resource: JsonObject, path: string): unknown {
  const find = (value: unknown, [name, ...rest]: readonly string[]): unknown => {
    if (name === undefined) return value;
    if (!Array.isArray(value)) return find(readMember(value, name), rest);
    const items: readonly unknown[] = value;
    return name === '*' ? items.map((item) => find(item, rest)) : find(items[Number(name)], rest);
  };
  return find(resource, path.match(/[^.[\]' ]+/g) ?? []);
}

/** Describes a list of users, user IDs or groups. */
interface ScimListSpec<Row> {
  readonly source: Source<Row>;
  readonly toJson: (row: Row, attributes: readonly string[]) => JsonObject;
  /**
   * For groups, `sortOrder` is case-insensitive, and a `startIndex` below 1 is an error. For users, such a
   * `startIndex` is treated as 1.
   */
  readonly resource: 'user' | 'group';
  readonly toPath?: (name: string) => string;
}

const defaultSort = 'created';

/** Creates the response to a request for a list of users, user IDs or groups. */
export function createScimListResponse<Row>(
  request: SandboxRequest,
  { source, toJson, resource, toPath }: ScimListSpec<Row>,
): SandboxResponse {
  const isAscending = (order: string) =>
    (resource === 'group' ? order.toLowerCase() : order) === 'ascending';
  return createListResponse(request, {
    find: (query) => findSortedRows(source, query, { defaultSort, isAscending }),
    toJson,
    attributes: {
      ...(toPath && { toPath }),
      invalidError: (attributes) => badScimRequestError(`Invalid attributes: [${attributes}]`),
    },
    schema: scimSchema,
    selectPage({ startIndex, count, total }) {
      const itemsPerPage = Math.min(count, maxPageSize);
      if (resource === 'group' && startIndex < 1 && Math.min(itemsPerPage, total) > 0) {
        throw unexpectedScimError();
      }
      return { startIndex: Math.max(startIndex, 1), itemsPerPage };
    },
    numberError: unexpectedScimError,
    filterError(query) {
      const sort = resource === 'user' ? ` [${readParameter(query, 'sortBy') || defaultSort}]` : '';
      const message = `Invalid filter expression: [${readParameter(query, 'filter') || 'id pr'}]${sort}`;
      return badScimRequestError(escapeHtml(message));
    },
  });
}

/** Finds rows by the parameters `filter`, `sortBy` and `sortOrder`. @throws InvalidFilterError */
export function findSortedRows<Row>(
  source: Source<Row>,
  query: URLSearchParams,
  options: {
    readonly defaultSort: string;
    readonly isAscending: (sortOrder: string) => boolean;
  },
): QueryResult<Row> {
  return findRows(source, {
    filter: readParameter(query, 'filter'),
    sortBy: readParameter(query, 'sortBy') || options.defaultSort,
    isAscending: options.isAscending(query.get('sortOrder') || 'ascending'),
  });
}

/** @returns undefined if the value is not an object or does not have the member. */
function readMember(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

import { badScimRequestError, scimSchema, unexpectedScimError } from '../errors.js';
import { escapeHtml } from '../requests.js';
import {
  json,
  type ErrorResponse,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { InvalidFilterError } from '../store/filter.js';
import { findRows, InvalidSqlError, type QueryResult, type Source } from '../store/query.js';
import type { JsonObject } from '../../body.js';
import type { Behaviour } from '../behaviour.js';
import { invalidSortError } from './database-error.js';
import { compileJsonPath, InvalidPathError, type JsonPath } from './json-path.js';
import { readIntParameter, readTextParameter } from './parameters.js';

/** The differences between lists of UAA resources: sorting, limits and errors. */
export interface ListSpec<Row> {
  /** @throws InvalidFilterError */
  readonly find: (query: URLSearchParams) => QueryResult<Row>;
  /** @param attributes - the requested attributes; empty if all are requested. */
  readonly toJson: (row: Row, attributes: readonly string[]) => JsonObject;
  /** URN or URL in the response's `schemas`. */
  readonly schema: string;
  /**
   * Selects the rows of a page.
   *
   * @throws ErrorResponse
   */
  readonly selectPage: (request: PageRequest) => Page;
  /** If undefined, the parameter `attributes` has no effect. */
  readonly attributes?: AttributeSpec;
  /** Creates the response for a `startIndex` or `count` that is not a number. */
  readonly numberError: () => ErrorResponse;
  readonly filterError: (query: URLSearchParams) => ErrorResponse;
  /** Creates the response for a query that the database rejects (default: `filterError`). */
  readonly sqlError?: (sql: string) => ErrorResponse;
}

export interface PageRequest {
  readonly startIndex: number;
  readonly count: number;
  /** Number of rows that were found. */
  readonly total: number;
}

export interface Page {
  /** `startIndex` of the response. */
  readonly startIndex: number;
  /** `itemsPerPage` of the response. */
  readonly itemsPerPage: number;
  /** Number of rows to return; none if it is not positive. */
  readonly length: number;
}

interface AttributeSpec {
  /** Splits the parameter into names. */
  readonly split: (attributes: string) => readonly string[];
  /** Converts a name to a JSONPath in the resource, without its `$.`. */
  readonly toPath?: (name: string) => string;
  /** Creates the response for an invalid path. */
  readonly invalidError: (attributes: string) => ErrorResponse;
  /** Creates the response for a negative `count`. */
  readonly countError: () => ErrorResponse;
}

/** Maximum page size of most lists. */
export const maxPageSize = 500;

/**
 * Creates the response to a list request: filters and sorts the rows, and returns the requested
 * attributes of one page.
 *
 * @throws ErrorResponse for an invalid number, filter, sort column or attribute list.
 */
export function createListResponse<Row>(
  { query }: SandboxRequest,
  list: ListSpec<Row>,
): SandboxResponse {
  const readNumber = (name: string, fallback: number): number =>
    readIntParameter(query, name, { fallback, toError: list.numberError });
  const request = { startIndex: readNumber('startIndex', 1), count: readNumber('count', 100) };
  const found = runQuery(query, list, () => list.find(query));
  const { startIndex, itemsPerPage, length } = list.selectPage({ ...request, total: found.total });
  const [attributes, pick] = readAttributes(query, itemsPerPage, list);
  const page = runQuery(query, list, () => (length > 0 ? found.page(startIndex - 1, length) : []));
  return json(200, {
    resources: page.map((row) => pick(list.toJson(row, attributes))),
    ...{ startIndex, itemsPerPage },
    totalResults: found.total,
    schemas: [list.schema],
  });
}

function runQuery<Row, Result>(
  query: URLSearchParams,
  list: ListSpec<Row>,
  find: () => Result,
): Result {
  try {
    return find();
  } catch (error) {
    if (error instanceof InvalidSqlError && list.sqlError) throw list.sqlError(error.message);
    const isInvalid = error instanceof InvalidFilterError || error instanceof InvalidSqlError;
    throw isInvalid ? list.filterError(query) : error;
  }
}

/**
 * Reads the requested attributes.
 *
 * @returns their names, and a function that returns only these attributes of a resource, with null for
 *   those that do not exist. If none are requested, it returns all attributes.
 * @throws ErrorResponse for an invalid attribute.
 */
function readAttributes<Row>(
  query: URLSearchParams,
  count: number,
  { attributes: spec }: ListSpec<Row>,
): readonly [names: readonly string[], pick: (resource: JsonObject) => JsonObject] {
  const requested = readTextParameter(query, 'attributes');
  if (!spec || requested === undefined) return [[], (resource) => resource];
  if (count < 0) throw spec.countError();
  const names = spec.split(requested);
  const paths = names.map((name): readonly [string, JsonPath] => {
    try {
      return [name, compileJsonPath(`$.${spec.toPath?.(name) ?? name}`)];
    } catch (error) {
      throw error instanceof InvalidPathError ? spec.invalidError(requested) : error;
    }
  });
  const pick = (resource: JsonObject): JsonObject =>
    Object.fromEntries(paths.map(([name, find]) => [name, find(resource) ?? null]));
  return [names, pick];
}

/** Splits at commas like Java, which omits empty names at the end. */
export function splitAttributes(attributes: string): readonly string[] {
  return attributes
    .replace(/,+$/, '')
    .split(',')
    .slice(0, /^,*$/.test(attributes) ? 0 : undefined);
}

/** The differences between lists of users, user ids and groups. */
interface ScimListSpec<Row> {
  readonly behaviour: Pick<Behaviour, 'escapesFilters'>;
  readonly source: Source<Row>;
  readonly toJson: (row: Row, attributes: readonly string[]) => JsonObject;
  readonly isAscending: (sortOrder: string) => boolean;
  /** Replaces a `startIndex` below 1. If undefined, such a request fails. */
  readonly minStartIndex?: number;
  /** Whether the error for an invalid filter also contains the sort column. */
  readonly hasSortInFilterError: boolean;
  /** How the parameter `attributes` is parsed (default: as for groups). */
  readonly attributes?: Pick<AttributeSpec, 'split' | 'toPath'>;
}

const defaultSort = 'created';

/** Creates the response to a request for a list of users, user ids or groups. */
export function createScimListResponse<Row>(
  request: SandboxRequest,
  list: ScimListSpec<Row>,
): SandboxResponse {
  const { source, toJson, isAscending, minStartIndex, hasSortInFilterError } = list;
  const { escapesFilters } = list.behaviour;
  return createListResponse(request, {
    find: (query) => findSortedRows(source, query, { defaultSort, isAscending }),
    toJson,
    attributes: {
      ...(list.attributes ?? { split: splitAttributes }),
      invalidError: (attributes) => badScimRequestError(`Invalid attributes: [${attributes}]`),
      countError: unexpectedScimError,
    },
    schema: scimSchema,
    selectPage({ startIndex, count, total }) {
      const itemsPerPage = Math.min(count, maxPageSize);
      const isOutside = startIndex < 1 && minStartIndex === undefined;
      if (isOutside && Math.min(itemsPerPage, total) > 0) throw unexpectedScimError();
      return {
        startIndex: Math.max(startIndex, minStartIndex ?? startIndex),
        ...{ itemsPerPage, length: itemsPerPage },
      };
    },
    numberError: unexpectedScimError,
    sqlError: invalidSortError,
    filterError(query) {
      const sortBy = readTextParameter(query, 'sortBy') ?? defaultSort;
      const sort = hasSortInFilterError && sortBy.trim() !== '' ? ` [${sortBy}]` : '';
      const filter = readTextParameter(query, 'filter') ?? 'id pr';
      const message = `Invalid filter expression: [${filter}]${sort}`;
      return badScimRequestError(escapesFilters ? escapeHtml(message) : message);
    },
  });
}

/** How the parameter `attributes` of a list of users is parsed. */
export const userAttributes: Pick<AttributeSpec, 'split' | 'toPath'> = {
  split: (attributes) => [...new Set(attributes.split(','))],
  toPath: (name) =>
    name
      .replace(/^emails\./, 'emails[*].')
      .replaceAll('familyName', 'name.familyName')
      .replaceAll('givenName', 'name.givenName'),
};

/**
 * Finds rows by the parameters `filter`, `sortBy` and `sortOrder`.
 *
 * @throws InvalidFilterError
 */
export function findSortedRows<Row>(
  source: Source<Row>,
  query: URLSearchParams,
  options: {
    readonly defaultSort: string;
    readonly isAscending: (sortOrder: string) => boolean;
  },
): QueryResult<Row> {
  return findRows(source, {
    filter: readTextParameter(query, 'filter') ?? '',
    sortBy: readTextParameter(query, 'sortBy') ?? options.defaultSort,
    isAscending: options.isAscending(readTextParameter(query, 'sortOrder') ?? 'ascending'),
  });
}

import {
  json,
  type ErrorResponse,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { InvalidFilterError } from '../store/filter.js';
import { findRows, type QueryResult, type Source } from '../store/query.js';
import { isObject, type JsonObject } from '../../body.js';
import { badScimRequestError, scimSchema, unexpectedScimError } from './error.js';

/** What differs between the lists of UAA resources: sorting, limits and errors. */
export interface ListSpec<Row> {
  /** @throws InvalidFilterError */
  readonly find: (query: URLSearchParams) => QueryResult<Row>;
  readonly toJson: (row: Row) => JsonObject;
  /** URN or URL in the response's `schemas`. */
  readonly schema: string;
  /**
   * Converts the requested `startIndex` to the effective one.
   *
   * @throws ErrorResponse
   */
  readonly adjustStartIndex: (requested: number) => number;
  /**
   * Converts the requested `count` to the effective one.
   *
   * @throws ErrorResponse
   */
  readonly adjustCount: (requested: number, total: number) => number;
  /** Whether `itemsPerPage` is the actual number of rows on the page instead of `count`. */
  readonly hasActualItemsPerPage?: true;
  /** How requested attributes are read. If undefined, the parameter `attributes` has no effect. */
  readonly attributes?: {
    readonly readValue: (resource: JsonObject, name: string) => unknown;
    readonly invalidError: (attributes: string) => ErrorResponse;
  };
  /** Creates the response for a `startIndex` or `count` that is not a number. */
  readonly numberError: () => ErrorResponse;
  readonly filterError: (query: URLSearchParams) => ErrorResponse;
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
  const readNumber = (name: string, fallback: number): number => {
    const value = query.get(name) || String(fallback);
    if (!/^[+-]?\d+$/.test(value)) throw list.numberError();
    return Number(value);
  };
  const startIndex = list.adjustStartIndex(readNumber('startIndex', 1));
  const requested = readNumber('count', 100);
  const found = runQuery(query, list);
  const count = list.adjustCount(requested, found.total);
  const pickAttributes = createAttributePicker(query.get('attributes') ?? '', list);
  const page = found.page(startIndex - 1, count);
  return json(200, {
    resources: page.map((row) => pickAttributes(list.toJson(row))),
    startIndex,
    itemsPerPage: list.hasActualItemsPerPage ? page.length : count,
    totalResults: found.total,
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

/**
 * Creates a function that returns only the requested attributes, with null for those that do not
 * exist. If none are requested, it returns all attributes.
 */
function createAttributePicker<Row>(
  requested: string,
  { attributes }: ListSpec<Row>,
): (resource: JsonObject) => JsonObject {
  if (!attributes || requested === '') return (resource) => resource;
  if (/\s/.test(requested)) throw attributes.invalidError(requested);
  const names = requested.split(',').filter((name) => name !== '');
  return (resource) =>
    Object.fromEntries(names.map((name) => [name, attributes.readValue(resource, name) ?? null]));
}

/** What differs between the lists of users, user ids and groups. */
interface ScimListSpec<Row> {
  readonly source: Source<Row>;
  /** Whether a row is listed. If undefined, all rows are listed. */
  readonly isVisible?: (row: Row) => boolean;
  readonly toJson: (row: Row) => JsonObject;
  readonly isAscending: (sortOrder: string) => boolean;
  /** Replaces a `startIndex` below 1. If undefined, such a request fails. */
  readonly minStartIndex?: number;
  /** Whether the error for an invalid filter also contains the sort column. */
  readonly hasSortInFilterError: boolean;
}

const defaultSort = 'created';

/** Creates the response to a request for a list of users, user ids or groups. */
export function createScimListResponse<Row>(
  request: SandboxRequest,
  list: ScimListSpec<Row>,
): SandboxResponse {
  const { source, isVisible, toJson, isAscending, minStartIndex, hasSortInFilterError } = list;
  return createListResponse(request, {
    find: (query) => findSortedRows(source, query, { defaultSort, isAscending, isVisible }),
    toJson,
    attributes: {
      readValue: readAttribute,
      invalidError: (attributes) => badScimRequestError(`Invalid attributes: [${attributes}]`),
    },
    schema: scimSchema,
    adjustStartIndex(requested) {
      if (requested >= 1) return requested;
      if (minStartIndex === undefined) throw unexpectedScimError();
      return minStartIndex;
    },
    adjustCount(requested) {
      if (requested < 0) throw unexpectedScimError();
      return Math.min(requested, maxPageSize);
    },
    numberError: unexpectedScimError,
    filterError(query) {
      const sort = hasSortInFilterError ? ` [${query.get('sortBy') || defaultSort}]` : '';
      return badScimRequestError(
        `Invalid filter expression: [${query.get('filter') ?? 'id pr'}]${sort}`,
      );
    },
  });
}

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
    readonly isVisible?: ((row: Row) => boolean) | undefined;
  },
): QueryResult<Row> {
  return findRows(source, {
    filter: query.get('filter') ?? '',
    sortBy: query.get('sortBy') || options.defaultSort,
    isAscending: options.isAscending(query.get('sortOrder') || 'ascending'),
    isVisible: options.isVisible,
  });
}

function readAttribute(resource: JsonObject, name: string): unknown {
  const { emails, meta } = resource;
  if (name === 'emails.value' && Array.isArray(emails)) {
    return emails.filter(isObject).map(({ value }) => value);
  }
  if (name === 'familyName' || name === 'givenName') {
    return isObject(resource['name']) ? resource['name'][name] : undefined;
  }
  if (name.startsWith('meta.')) {
    return isObject(meta) ? readOwnField(meta, name.slice(5)) : undefined;
  }
  return readOwnField(resource, name);
}

/** Ignores inherited properties, because the name comes from the request. */
function readOwnField(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

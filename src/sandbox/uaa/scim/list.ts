import type { SandboxRequest } from '../../router.js';
import { InvalidFilter } from '../store/filter.js';
import { findRows, type Found, type Query, type Source } from '../store/query.js';
import type { JsonObject } from './body.js';
import { isObject } from './body.js';
import { badScimRequest, scimSchema, unexpectedScimError } from './error.js';

/** How the list of a resource is built. */
export interface Listing<Row> {
  readonly source: Source<Row>;
  /** Whether a row is listed; if absent, all are. */
  readonly where?: (row: Row) => boolean;
  readonly toJson: (row: Row) => JsonObject;
  /** Whether `sortOrder` means ascending; users and groups differ in this. */
  readonly isAscending: (sortOrder: string) => boolean;
  /** First index for a request that names one below 1; absent: such a request fails. */
  readonly lowestStart?: number;
  /** Whether the error of a bad filter names the sort column too. */
  readonly namesSort: boolean;
}

const maxCount = 500;

/**
 * Answers a list request: filter, order, page, and the attributes that are asked for.
 *
 * @throws ErrorResponse 400 `scim` for a bad filter, sort column or attribute list; 500 for numbers
 *   that are none.
 */
export function listPage<Row>({ query }: SandboxRequest, listing: Listing<Row>): JsonObject {
  const sortBy = query.get('sortBy') || 'created';
  const startIndex = firstIndex(query, listing.lowestStart);
  const itemsPerPage = Math.min(numberOf(query, 'count', 100), maxCount);
  if (itemsPerPage < 0) throw unexpectedScimError();

  const found = select(listing, {
    filter: query.get('filter'),
    sortBy,
    isAscending: listing.isAscending(query.get('sortOrder') || 'ascending'),
  });
  const page = found.page(startIndex - 1, itemsPerPage);
  const attributes = query.get('attributes') ?? '';
  return {
    resources: page.map((row) => picked(listing.toJson(row), attributes)),
    startIndex,
    itemsPerPage,
    totalResults: found.total,
    schemas: [scimSchema],
  };
}

function select<Row>(
  { source, where, namesSort }: Listing<Row>,
  query: Pick<Query<Row>, 'sortBy' | 'isAscending'> & { readonly filter: string | null },
): Found<Row> {
  try {
    return findRows(source, { ...query, filter: query.filter ?? '', where });
  } catch (error) {
    if (!(error instanceof InvalidFilter)) throw error;
    const sort = namesSort ? ` [${query.sortBy}]` : '';
    throw badScimRequest(`Invalid filter expression: [${query.filter ?? 'id pr'}]${sort}`);
  }
}

function firstIndex(query: URLSearchParams, lowest: number | undefined): number {
  const asked = numberOf(query, 'startIndex', 1);
  if (asked >= 1) return asked;
  if (lowest === undefined) throw unexpectedScimError();
  return lowest;
}

function numberOf(query: URLSearchParams, name: string, fallback: number): number {
  const value = query.get(name) || String(fallback);
  if (!/^[+-]?\d+$/.test(value)) throw unexpectedScimError();
  return Number(value);
}

/** Only the attributes that were asked for, null where there is none; all when none was. */
function picked(resource: JsonObject, attributes: string): JsonObject {
  if (attributes === '') return resource;
  if (/\s/.test(attributes)) throw badScimRequest(`Invalid attributes: [${attributes}]`);
  const names = attributes.split(',').filter((name) => name !== '');
  return Object.fromEntries(names.map((name) => [name, attributeOf(resource, name) ?? null]));
}

function attributeOf(resource: JsonObject, name: string): unknown {
  const { emails, meta } = resource;
  if (name === 'emails.value' && Array.isArray(emails)) {
    return emails.filter(isObject).map(({ value }) => value);
  }
  if (name === 'familyName' || name === 'givenName') {
    return isObject(resource['name']) ? resource['name'][name] : undefined;
  }
  if (name.startsWith('meta.')) return isObject(meta) ? own(meta, name.slice(5)) : undefined;
  return own(resource, name);
}

/** Names come from the request: `constructor` is no attribute of anything. */
function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

import * as v from 'valibot';
import { isTpksError, TpksError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import {
  createPageReader,
  type ApiClient,
  type Path,
  type ResourceType,
} from '../client/api-client.js';
import { translateError } from '../client/api-error.js';
import { createQueryHint, type ListColumns } from './query-hints.js';
import { createUaaApi } from './uaa-api.js';

/** An object as the UAA sends it: every field, known to tpks or not. */
export type Resource = Readonly<Record<string, unknown>>;

/** The parameters that every list of the UAA has. */
export interface ListQuery {
  /** In SCIM syntax, sent unchanged, e.g. `userName sw "a"`. */
  readonly filter?: string | undefined;
  /** A column of the UAA, e.g. `userName`; the time of creation by default. */
  readonly sortBy?: string | undefined;
  readonly descending?: boolean | undefined;
  /** Index of the first resource, starting at 1. */
  readonly start?: number | undefined;
  /** The maximum number of resources; `undefined` means all. */
  readonly limit?: number | undefined;
  /** Only these fields; `undefined` means all. */
  readonly attributes?: readonly string[] | undefined;
}

/** The UAA does not return longer pages. @see docs/contributing/servers/uaa.md#listing */
export const maximumPageSize = 500;

/** No UAA has this many resources, so a list that claims more may never end. */
const totalResultsSchema = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.maxValue(1_000_000, 'it is larger than 1,000,000'),
);

const pageType = {
  noun: 'list',
  schema: v.looseObject({
    resources: v.array(v.looseObject({})),
    totalResults: totalResultsSchema,
  }),
};

interface ListRequest {
  readonly api: ApiClient;
  readonly path: Path;
  readonly query?: ListQuery | undefined;
  /** For the hint to a rejected filter; `undefined` for a list without filters. */
  readonly columns?: ListColumns | undefined;
  /** Parameters that only this list has. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Reads all pages of a list. Uses the latest `totalResults`, because it can change between two pages.
 * @throws {TpksError} the errors of the request; `failed` for a filter or column that the UAA rejects;
 *   `unavailable` for a page that is empty before the end of the list or repeats an earlier one, and for a
 *   list that is too large.
 * @see docs/contributing/servers/uaa.md#listing
 */
export async function listResources<Schema extends v.GenericSchema>(
  type: ResourceType<Schema>,
  request: ListRequest,
): Promise<v.InferInput<Schema>[]> {
  const { api, query = {} } = request;
  const found: v.InferInput<Schema>[] = [];
  const readPage = createListReader(request);
  const firstKeys = new Set<string>();
  let start = query.start ?? 1;
  let remaining = query.limit ?? Number.POSITIVE_INFINITY;
  while (remaining > 0) {
    const { resources, totalResults } = await readPage(start, Math.min(remaining, maximumPageSize));
    const { length } = resources;
    const isLast = start + length > totalResults || length >= remaining;
    if (length === 0 && !isLast) throw noProgressError('an empty page', start, totalResults);
    const key = createItemKey(resources[0] ?? {});
    if (key !== undefined && firstKeys.has(key)) {
      throw noProgressError('a page that it had already returned', start, totalResults);
    }
    if (key !== undefined) firstKeys.add(key);
    for (const resource of resources.slice(0, remaining)) found.push(api.parse(type, resource));
    if (isLast) break;
    remaining -= length;
    start += length;
  }
  return found;
}

/**
 * Identifies an item of a list by fields that do not change; `undefined` if it has none.
 * @see docs/contributing/servers/uaa.md#listing
 */
function createItemKey({
  id,
  client_id,
  groupId,
  externalGroup,
  origin,
}: Resource): string | undefined {
  const key = id ?? client_id ?? (groupId && [groupId, externalGroup, origin]);
  return key === undefined ? undefined : JSON.stringify(key);
}

/** Counts the resources of a list without reading them. Throws the same errors as {@link listResources}. */
export async function countResources(request: ListRequest): Promise<number> {
  return (await createListReader(request)(1, 1)).totalResults;
}

/** @returns a function that reads a page of `count` resources, starting at the index `start`. */
function createListReader({ api, path, query = {}, columns, parameters }: ListRequest) {
  const readPage = createPageReader(api, pageType);
  return async (start: number, count: number) => {
    const pageParameters = { ...parameters, ...createPageQuery(query, start, count) };
    const response = await api.request(path, { query: pageParameters }).catch((error: unknown) => {
      const isExplained = isTpksError(error) && error.hint !== undefined;
      if (isExplained || columns === undefined) throw error;
      throw translateError(error, 'failed', { hint: createQueryHint(columns) });
    });
    return readPage(response);
  };
}

function noProgressError(what: string, start: number, totalResults: number): TpksError {
  return new TpksError(
    'unavailable',
    `The UAA returned ${what} (startIndex ${String(start)} of ${String(totalResults)})`,
    { hint: 'try again; if the error persists, a proxy may remove the query from the URL' },
  );
}

function createPageQuery(
  query: ListQuery,
  start: number,
  count: number,
): Readonly<Record<string, string>> {
  const { filter, sortBy, descending, attributes } = query;
  return {
    ...(filter === undefined ? {} : { filter }),
    ...(attributes === undefined ? {} : { attributes: attributes.join(',') }),
    ...(sortBy === undefined ? {} : { sortBy }),
    ...(descending === true ? { sortOrder: 'descending' } : {}),
    startIndex: String(start),
    count: String(count),
  };
}

/** Removes fields from a resource, e.g. those that were requested only for a lookup. */
export function omitFields(resource: Resource, attributes: readonly string[]): Resource {
  if (attributes.length === 0) return resource;
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => !attributes.includes(name)),
  );
}

const objectType = { noun: 'response', schema: v.looseObject({}) };

const rawPageType = {
  noun: 'list',
  schema: v.looseObject({
    resources: v.array(v.looseObject({})),
    totalResults: v.optional(
      v.union([totalResultsSchema, v.custom<unknown>((total) => typeof total !== 'number')]),
    ),
  }),
};

/** Reads objects exactly as the UAA returns them, with all fields in their order. */
export function createRawObjects(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  type Query = Readonly<Record<string, string>>;
  return {
    get: (path: Path, query: Query): Promise<Resource> => api.get(objectType, path, { query }),
    /**
     * Reads all pages of a list, until a page is empty or its total is not a number.
     * @throws {TpksError} `unavailable` if the list is larger than 128 MiB or has more than 10,000 pages.
     */
    list: async (path: Path, query: Query): Promise<readonly Resource[]> => {
      const readPage = createPageReader(api, rawPageType);
      const objects: Resource[] = [];
      for (;;) {
        const startIndex = String(objects.length + 1);
        const { resources, totalResults } = await readPage(
          await api.request(path, { query: { ...query, startIndex } }),
        );
        for (const resource of resources) objects.push(api.parse(objectType, resource));
        const total = typeof totalResults === 'number' ? totalResults : 0;
        if (resources.length === 0 || total <= objects.length) return objects;
      }
    },
  };
}

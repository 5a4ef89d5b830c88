import * as v from 'valibot';
import { isTpksError, TpksError } from '../../errors.js';
import { parseJson } from '../../http/decode.js';
import {
  maximumBufferedBytes,
  maximumStreamedBytes,
  type ApiClient,
  type Path,
  type ResourceType,
} from '../../http/resource/api-client.js';
import { translateError } from '../../http/resource/translate-error.js';
import { createPageReader, type ListPage } from './list-page.js';
import { createPageQuery, omitFields, type ListQuery, type Resource } from './list-query.js';
import { createQueryHint } from './query-hint.js';
import { createNewPageCheck, createItemKey, toComparableQuery } from './repeated-pages.js';

/** The UAA does not return longer pages. @see real-uaa: reduces a `count` above 500 to 500 */
export const maximumPageSize = 500;

/** No UAA has this many resources, so a list that claims more may never end. */
export const totalResultsSchema = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(0),
  v.maxValue(1_000_000, 'it is larger than 1,000,000'),
);

const pageType = {
  noun: 'list',
  /** The resources are read separately. */
  schema: v.looseObject({
    resources: v.tuple([]),
    totalResults: totalResultsSchema,
  }),
};

const anyType = { noun: 'resource', schema: v.looseObject({}) };

interface ListRequest {
  readonly api: ApiClient;
  readonly path: Path;
  readonly query?: ListQuery | undefined;
  /** Parameters that only this list has. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * Reads a list page by page, with only one page in memory.
 *
 * The latest `totalResults` is used, because it can change between two pages when resources are added
 * or deleted. If it is wrong, the list still ends: a page without new resources causes an error.
 *
 * @throws {TpksError} the errors of the request; `failed` for a filter or column that the UAA rejects;
 *   `unavailable` for a page that is empty before the end of the list or repeats an earlier one, and
 *   for a list that is too large.
 * @see uaa-api, section 8.4
 */
export async function* listResources<Schema extends v.GenericSchema>(
  type: ResourceType<Schema>,
  request: ListRequest,
): AsyncGenerator<v.InferInput<Schema>, void, undefined> {
  const { api, query = {} } = request;
  const { query: pageableQuery, extra, isComparable } = toComparableQuery(query, maximumPageSize);
  const readPage = createListReader({ ...request, query: pageableQuery });
  const isNew = createNewPageCheck();
  let start = query.start ?? 1;
  let remaining = query.limit ?? Number.POSITIVE_INFINITY;
  for (let isFirst = true; remaining > 0; isFirst = false) {
    const { length, getItem, totalResults } = await readPage(
      start,
      Math.min(remaining, maximumPageSize),
    );
    const isLast = start + length > totalResults || length >= remaining;
    if (length === 0 && !isLast) throw noProgressError('an empty page', start, totalResults);
    const count = Math.min(length, remaining);
    // Most lists have only one page, so there is nothing to compare.
    const isCompared = isComparable && length > 0 && !(isFirst && isLast);
    if (isCompared && !isNew(readKeys(count, getItem))) {
      throw noProgressError('a page that it had already returned', start, totalResults);
    }
    for (let index = 0; index < count; index += 1) {
      yield api.parse(type, omitFields(getItem(index), extra));
    }
    if (isLast) return;
    remaining -= length;
    start += length;
  }
}

/** Reads a whole list into memory. @throws {TpksError} the same errors as {@link listResources} */
export async function collectResources<Schema extends v.GenericSchema>(
  type: ResourceType<Schema>,
  request: ListRequest,
): Promise<v.InferInput<Schema>[]> {
  const resources: v.InferInput<Schema>[] = [];
  for await (const resource of listResources(type, request)) resources.push(resource);
  return resources;
}

/**
 * Counts the resources of a list without reading them.
 * @throws {TpksError} the same errors as {@link listResources}
 */
export async function countResources(request: ListRequest): Promise<number> {
  return (await createListReader(request)(1, 1)).totalResults;
}

interface Page extends Pick<ListPage, 'length'> {
  readonly totalResults: number;
  readonly getItem: (index: number) => Resource;
}

/** @returns a function that reads a page of `count` resources, starting at the index `start`. */
function createListReader({ api, path, query = {}, parameters }: ListRequest) {
  const readPage = createPageReader({
    key: 'resources',
    maximumBytes: query.isStreamed === true ? maximumStreamedBytes : maximumBufferedBytes,
    formatError: (reason) => api.malformed('list', reason),
  });
  return async (start: number, count: number): Promise<Page> => {
    const pageParameters = { ...parameters, ...createPageQuery(query, start, count) };
    const response = await api.request(path, { query: pageParameters }).catch((error: unknown) => {
      const isExplained = isTpksError(error) && error.hint !== undefined;
      const hint = createQueryHint(path.at(-1), query);
      throw isExplained ? error : translateError(error, 'failed', { hint });
    });
    const { frame, length, getItem } = await readPage(response);
    const { totalResults } = api.parse(pageType, frame);
    return {
      totalResults,
      length,
      getItem: (index) => api.parse(anyType, parseJson(getItem(index), response.status)),
    };
  };
}

/** Parses only one object at a time, because parsed objects need more memory than their text. */
function* readKeys(length: number, getItem: Page['getItem']): Generator<string> {
  for (let index = 0; index < length; index += 1) yield createItemKey(getItem(index));
}

function noProgressError(what: string, start: number, totalResults: number): TpksError {
  return new TpksError(
    'unavailable',
    `The UAA returned ${what} (startIndex ${String(start)} of ${String(totalResults)})`,
    { hint: 'try again; if the error persists, a proxy may remove the query from the URL' },
  );
}

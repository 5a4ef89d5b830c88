import * as v from 'valibot';
import { isTpksError, TpksError } from '../../errors.js';
import { parseJson } from '../../http/decode.js';
import type { ApiClient, Path, ResourceType } from '../../http/resource/api-client.js';
import { translateError } from '../../http/resource/translate-error.js';
import { createPageReader, type ListPage } from './list-page.js';
import { pageQuery, without, type ListQuery, type Resource } from './list-query.js';
import { queryHint } from './query-hint.js';
import { createPageCheck, identityOf, withIdentity } from './repeated-pages.js';

/** UAA cuts longer pages to this. @see real-uaa: `count` above 500 is cut to 500 */
export const longestPage = 500;

const pageType = {
  noun: 'list',
  /** The resources are read separately. */
  schema: v.looseObject({
    resources: v.tuple([]),
    totalResults: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
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
 * Reads a list page by page; only one page is in memory.
 *
 * The latest `totalResults` is used, because it can change between two pages when resources are added
 * or deleted. It is not trusted on its own: a page without new resources ends the list with an error.
 *
 * @throws {TpksError} as the request; `failed` for a filter or column that UAA does not know;
 *   `unavailable` for a page that is empty before the end of the list or repeats an earlier one.
 * @see uaa-api, section 8.4
 */
export async function* listResources<Schema extends v.GenericSchema>(
  type: ResourceType<Schema>,
  request: ListRequest,
): AsyncGenerator<v.InferInput<Schema>, void, undefined> {
  const { api, query = {} } = request;
  const { query: sent, extra, hasIdentity } = withIdentity(query, longestPage);
  const readPage = createListReader({ ...request, query: sent });
  const isNew = createPageCheck();
  let start = query.start ?? 1;
  let wanted = query.limit ?? Number.POSITIVE_INFINITY;
  for (let isFirst = true; wanted > 0; isFirst = false) {
    const { length, item, totalResults } = await readPage(start, Math.min(wanted, longestPage));
    const isLast = start + length > totalResults || length >= wanted;
    if (length === 0 && !isLast) throw noProgress('an empty page', start, totalResults);
    const taken = Math.min(length, wanted);
    // Most lists have only one page, so that there is nothing to compare.
    const isCompared = hasIdentity && length > 0 && !(isFirst && isLast);
    if (isCompared && !isNew(identities(taken, item))) {
      throw noProgress('a page that it had already sent', start, totalResults);
    }
    for (let index = 0; index < taken; index += 1) {
      yield api.parse(type, without(item(index), extra));
    }
    if (isLast) return;
    wanted -= length;
    start += length;
  }
}

/** Reads a whole list into memory. @throws {TpksError} as {@link listResources} */
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
 * @throws {TpksError} as {@link listResources}
 */
export async function countResources(request: ListRequest): Promise<number> {
  return (await createListReader(request)(1, 1)).totalResults;
}

interface Page extends Pick<ListPage, 'length'> {
  readonly totalResults: number;
  readonly item: (index: number) => Resource;
}

/** @returns a function that requests `count` resources from the one with the number `start`. */
function createListReader({ api, path, query = {}, parameters }: ListRequest) {
  const readPage = createPageReader({
    key: 'resources',
    formatError: (reason) => api.malformed('list', reason),
  });
  return async (start: number, count: number): Promise<Page> => {
    const search = { ...parameters, ...pageQuery(query, start, count) };
    const response = await api.request(path, { query: search }).catch((error: unknown) => {
      const isExplained = isTpksError(error) && error.hint !== undefined;
      const hint = queryHint(path.at(-1), query);
      throw isExplained ? error : translateError(error, 'failed', { hint });
    });
    const { frame, length, item } = await readPage(response);
    const { totalResults } = api.parse(pageType, frame);
    return {
      totalResults,
      length,
      item: (index) => api.parse(anyType, parseJson(item(index), response.status)),
    };
  };
}

/** Parses one object at a time: together, the objects need more memory than their text. */
function* identities(length: number, item: Page['item']): Generator<string> {
  for (let index = 0; index < length; index += 1) yield identityOf(item(index));
}

function noProgress(what: string, start: number, totalResults: number): TpksError {
  return new TpksError(
    'unavailable',
    `The UAA answered with ${what} (startIndex ${String(start)} of ${String(totalResults)})`,
    { hint: 'try again; if it happens again, a proxy may drop the query from the address' },
  );
}

import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { parseJson, readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';
import { withHint } from './hint.js';
import { createPageReader } from './list-page.js';
import { queryHint } from './query-hint.js';
import { createPageCheck, identityOf, withIdentity } from './repeated-pages.js';

/** A thing as UAA spells it: every field that came, whether tpks knows it or not. */
export type Resource = Readonly<Record<string, unknown>>;

/** What every list of UAA can be asked. */
export interface ListQuery {
  /** In SCIM's own syntax, passed on as it is, e.g. `userName sw "a"`. */
  readonly filter?: string | undefined;
  /** One of UAA's columns, e.g. `created`; its own default is the time of creation. */
  readonly sortBy?: string | undefined;
  readonly descending?: boolean | undefined;
  /** 1 is the first. */
  readonly start?: number | undefined;
  /** At most this many; `undefined` means all there are. */
  readonly limit?: number | undefined;
  /** Only these fields; `undefined` means all of them. */
  readonly attributes?: readonly string[] | undefined;
}

/** UAA cuts longer pages to this. @see real-uaa: `count` above 500 is cut to 500 */
export const longestPage = 500;

/** An id that can be part of a URL: half of a surrogate pair cannot be encoded. */
export const idText = v.pipe(
  v.string(),
  v.check((id) => !/\p{Cs}/u.test(id), 'Invalid id: it contains half a character'),
);

const resourceSchema = v.record(v.string(), v.unknown());

/** The page without its resources, which are read separately. */
const pageSchema = v.looseObject({
  resources: v.tuple([]),
  totalResults: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/**
 * Reads a list page by page; only one page is in memory.
 *
 * The latest `totalResults` is used, because it can change between two pages when resources are added
 * or deleted. It is not trusted on its own: a page without new resources ends the list with an error.
 *
 * @param url - of the list; it may already have a query.
 * @throws {TpksError} as `send` does; `failed` for a filter or column that UAA does not know;
 *   `unavailable` for a page that is empty before the end of the list or repeats an earlier one.
 * @see uaa-api, section 8.4
 */
export async function* everyResource(
  send: Send,
  url: string,
  query: ListQuery = {},
): AsyncGenerator<Resource, void, undefined> {
  const { query: sent, extra, hasIdentity } = withIdentity(query, longestPage);
  const readPage = createPageReader({ key: 'resources', unexpected: notAList });
  const isNew = createPageCheck();
  let start = query.start ?? 1;
  let wanted = query.limit ?? Number.POSITIVE_INFINITY;
  for (let isFirst = true; wanted > 0; isFirst = false) {
    const count = Math.min(wanted, longestPage);
    const separator = url.includes('?') ? '&' : '?';
    const { length, item, totalResults } = await page(
      send,
      `${url}${separator}${search(sent, start, count)}`,
      readPage,
    );
    const isLast = start + length > totalResults || length >= wanted;
    if (length === 0 && !isLast) throw noProgress('an empty page', start, totalResults);
    const taken = Math.min(length, wanted);
    // Most lists have only one page, so that there is nothing to compare.
    const isCompared = hasIdentity && length > 0 && !(isFirst && isLast);
    if (isCompared && !isNew(identities(taken, item))) {
      throw noProgress('a page that it had already sent', start, totalResults);
    }
    for (let index = 0; index < taken; index += 1) yield without(item(index), extra);
    if (isLast) return;
    wanted -= length;
    start += length;
  }
}

/**
 * Counts the resources of a list without reading them.
 * @throws {TpksError} as {@link everyResource}
 */
export async function countResources(send: Send, url: string): Promise<number> {
  const readPage = createPageReader({ key: 'resources', unexpected: notAList });
  return (await page(send, `${url}?${search({}, 1, 1)}`, readPage)).totalResults;
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

interface Page {
  readonly totalResults: number;
  readonly length: number;
  readonly item: (index: number) => Resource;
}

async function page(
  send: Send,
  url: string,
  readPage: ReturnType<typeof createPageReader>,
): Promise<Page> {
  const headers = { accept: 'application/json' };
  const response = await send({ method: 'GET', url, headers }).catch((error: unknown) => {
    const isExplained = isTpksError(error) && error.hint !== undefined;
    throw isExplained ? error : withHint(error, 'failed', queryHint(url, asked(url)));
  });
  const { frame, length, item } = await readPage(response);
  const { totalResults } = checked(pageSchema, frame, 'a list');
  return {
    totalResults,
    length,
    item: (index) => checked(resourceSchema, parseJson(item(index), response.status), 'a list'),
  };
}

/** What a list was asked for. */
function asked(url: string): ListQuery {
  return Object.fromEntries(new URL(url).searchParams);
}

function search(query: ListQuery, start: number, count: number): string {
  const { filter, sortBy, descending, attributes } = query;
  const parameters = new URLSearchParams();
  if (filter !== undefined) parameters.set('filter', filter);
  if (attributes !== undefined) parameters.set('attributes', attributes.join(','));
  if (sortBy !== undefined) parameters.set('sortBy', sortBy);
  if (descending === true) parameters.set('sortOrder', 'descending');
  parameters.set('startIndex', String(start));
  parameters.set('count', String(count));
  return parameters.toString();
}

/**
 * A comparison for a filter, whatever the value holds: no name can end the string it stands in.
 * @see uaa-api, section 8.5: values are JSON strings; a filter that does not parse is tried again
 *   with every `'` turned into `"`, so an apostrophe travels as `\u0027`
 */
export function equals(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value).replaceAll("'", '\\u0027')}`;
}

/** Turns a list into one of another kind, item by item. */
export async function* mapped<From, To>(
  items: AsyncIterable<From>,
  to: (item: From) => To,
): AsyncGenerator<To, void, undefined> {
  for await (const item of items) yield to(item);
}

/** Takes out fields that were fetched for the look-up alone. */
export function without(resource: Resource, attributes: readonly string[]): Resource {
  if (attributes.length === 0) return resource;
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => !attributes.includes(name)),
  );
}

/** UAA compares names without regard to case. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * Creates or changes something: JSON goes out and the thing as UAA now has it comes back.
 * @param version - the one that the change was made from: UAA refuses it if another came between.
 */
export async function sendJson(
  send: Send,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
  version?: number,
): Promise<unknown> {
  const headers = {
    accept: 'application/json',
    ...(version === undefined ? {} : { 'if-match': String(version) }),
  };
  const request =
    body === undefined
      ? { method, url, headers }
      : {
          method,
          url,
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
  return readJson(await send(request));
}

/**
 * Checks what the code relies on and hands back the very value that came, with every other field.
 * @param what - e.g. `a user`, for the error.
 * @throws {TpksError} `unavailable`
 */
export function checked<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what: string,
): v.InferInput<Schema> {
  if (v.is(schema, value)) return value;
  const [issue] = v.safeParse(schema, value).issues ?? [];
  const where =
    issue === undefined ? '' : ` (${v.getDotPath(issue) ?? 'the whole'}: ${issue.message})`;
  throw unexpected(`${what}${where}`);
}

function notAList(why: string): TpksError {
  return unexpected(`a list (${why})`);
}

function unexpected(what: string): TpksError {
  return new TpksError('unavailable', `The UAA did not answer with ${what}`, {
    hint: 'check that the address is the UAA’s: tpks uaa target',
  });
}

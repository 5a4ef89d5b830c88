import * as v from 'valibot';
import { TpksError } from '../../base/errors.js';
import {
  isNestedTooDeeply,
  isObject,
  maximumNesting,
  tryParseJson,
} from '../../base/json-value.js';
import {
  maximumListBytes,
  tooLargeError,
  unexpectedResponseFrom,
} from '../../platform/http/response.js';
import type { HttpResponse, Send } from '../../platform/http/send.js';

export interface ApiDescription {
  /** Name of the API for error messages, e.g. `PKS API`. */
  readonly name: string;
  /** URL that all paths are appended to, without a trailing slash. */
  readonly baseUrl: string;
  readonly malformedHint: string;
  /** Added to every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A kind of object that an API returns. */
export interface ResourceType<Schema extends v.GenericSchema> {
  /** Singular noun for error messages, e.g. `network profile`. */
  readonly noun: string;
  /** Noun for the last segment of its URL, for error messages; `name` by default. */
  readonly key?: string;
  /** The fields that tpks relies on. Unknown fields are kept. */
  readonly schema: Schema;
}

/** A name or id that can be part of a URL path. Not for `client_id`: the UAA has clients whose ids cannot. */
export const segmentSchema = v.pipe(
  v.string(),
  v.check(
    (name) => describeSegmentProblem(name) === undefined,
    ({ input }) => `it ${describeSegmentProblem(input) ?? ''}`,
  ),
);

/** Unencoded segments of a path. */
export type Path = readonly string[];

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form, instead of `body`. */
  readonly form?: Readonly<Record<string, string>>;
}

interface ListOptions extends RequestOptions {
  /** Method of a write that returns a list; `GET` by default. */
  readonly method?: WriteMethod;
}

export type WriteMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The client of an API. */
export type ApiClient = ReturnType<typeof createApiClient>;

/**
 * Creates a client that sends requests to an API, validates its responses, and returns resources as the
 * server sent them. Every function throws {@link TpksError} `usage`, before anything is sent, for a path
 * that a URL cannot contain, and `unavailable` for a malformed response.
 * @param send - must throw for every status other than 2xx.
 */
export function createApiClient(send: Send, api: ApiDescription) {
  const sendTo = async (
    method: string,
    path: Path,
    { query = {}, headers, body, form }: RequestOptions = {},
    what = 'name',
  ): Promise<HttpResponse> => {
    const url = [api.baseUrl, ...path.map((segment) => encodePathSegment(segment, what))].join('/');
    const search = new URLSearchParams(query).toString();
    const content = encodeContent(body, form);
    return send({
      method,
      url: search === '' ? url : `${url}?${search}`,
      headers: {
        accept: 'application/json',
        ...api.headers,
        ...(content === undefined ? {} : { 'content-type': content.type }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content.text }),
    });
  };
  const request = (
    { noun, key = 'name' }: ResourceType<v.GenericSchema>,
    method: string,
    path: Path,
    options?: RequestOptions,
  ) => sendTo(method, path, options, `${noun} ${key}`);

  /** The error for a malformed response. @param reason - e.g. `it is not a list`. */
  const malformed = (noun: string, reason: string): TpksError =>
    new TpksError('unavailable', `The ${api.name} returned an invalid ${noun} (${reason})`, {
      hint: api.malformedHint,
      // Responses with another status have failed before their bodies are parsed.
      status: 200,
    });
  const parse = <Schema extends v.GenericSchema>(
    { noun, schema }: ResourceType<Schema>,
    value: unknown,
  ): v.InferInput<Schema> => {
    // valibot would accept a list as an object.
    if (!isObject(value)) throw malformed(noun, `it is ${describeKind(value)}`);
    if (v.is(schema, value)) return value;
    const [issue] = v.safeParse(schema, value).issues ?? [];
    const field = issue && v.getDotPath(issue);
    throw malformed(noun, [field ?? [], issue?.message ?? []].flat().join(': '));
  };

  return {
    get: async <Schema extends v.GenericSchema>(
      type: ResourceType<Schema>,
      path: Path,
      options?: RequestOptions,
    ) => parse(type, await readJson(await request(type, 'GET', path, options))),
    /** Returns all resources of a body that is a list of at most 128 MiB. */
    list: async <Schema extends v.GenericSchema>(
      type: ResourceType<Schema>,
      path: Path,
      { method, ...options }: ListOptions = {},
    ) => {
      const response = await request(type, method ?? 'GET', path, options);
      const resources = await readJson(response, maximumListBytes);
      if (!Array.isArray(resources)) throw malformed(`list of ${type.noun}s`, 'it is not a list');
      return resources.map((resource: unknown) => parse(type, resource));
    },
    write: async <Schema extends v.GenericSchema>(
      type: ResourceType<Schema>,
      method: WriteMethod,
      path: Path,
      options?: RequestOptions,
    ) => parse(type, await readJson(await request(type, method, path, options))),
    /** Sends a write. @returns the resource; `undefined` for an empty body, a word or `{}`. */
    confirm: async <Schema extends v.GenericSchema>(
      type: ResourceType<Schema>,
      method: WriteMethod | 'GET',
      path: Path,
      options?: RequestOptions,
    ) => {
      const value = await readConfirmation(await request(type, method, path, options));
      return value === undefined ? undefined : parse(type, value);
    },
    /** Sends a GET request and returns the response without reading its body. */
    request: (path: Path, options?: RequestOptions) => sendTo('GET', path, options),
    parse,
    malformed,
  };
}

/** Enough for 1,000,000 results in pages of 100, the UAA's default. */
const maximumPages = 10_000;

/** The returned function throws `unavailable` if there are too many pages, or if they exceed 128 MiB in total. */
export function createPageReader<Schema extends v.GenericSchema>(
  api: ApiClient,
  type: ResourceType<Schema>,
): (response: HttpResponse) => Promise<v.InferInput<Schema>> {
  let size = 0;
  let pages = 0;
  return async (response) => {
    const text = await response.text();
    size += Buffer.byteLength(text);
    pages += 1;
    if (size > maximumListBytes) throw tooLargeError('The list', maximumListBytes);
    if (pages > maximumPages) throw api.malformed('list', 'it has more than 10,000 pages');
    return api.parse(type, parseJson(text, response.status));
  };
}

function encodeContent(
  body: unknown,
  form: RequestOptions['form'],
): { readonly type: string; readonly text: string } | undefined {
  if (form !== undefined) {
    return {
      type: 'application/x-www-form-urlencoded',
      text: new URLSearchParams(form).toString(),
    };
  }
  return body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) };
}

function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/**
 * Parses a body of at most 16 MiB (by default) as JSON, regardless of its Content-Type.
 * @throws {TpksError} `unavailable` if the body is not JSON.
 */
export async function readJson(response: HttpResponse, maximumBytes?: number): Promise<unknown> {
  return parseJson(await response.text(maximumBytes), response.status);
}

/** Parses the text of a body like {@link readJson}. @param status - for the error message. */
function parseJson(text: string, status: number): unknown {
  if (isNestedTooDeeply(text)) {
    const reason = `the JSON has more than ${String(maximumNesting)} levels`;
    throw unexpectedResponseFrom('The server', reason, { status });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw notJsonError(status, text, error);
  }
}

function notJsonError(status: number, text: string, cause?: unknown): TpksError {
  const problem =
    text.trim() === ''
      ? 'an empty response instead of JSON'
      : /^\s*</.test(text)
        ? 'a web page instead of JSON'
        : 'invalid JSON';
  return new TpksError('unavailable', `The server returned ${problem}`, {
    hint: 'check that the address does not belong to a proxy or a login portal, then try again',
    status,
    cause,
  });
}

/**
 * Reads the response to a write: servers send an empty body, a word such as `OK`, or an empty object.
 * @returns the JSON value; `undefined` if the body contains no value.
 * @throws {TpksError} `unavailable` for anything else that is not JSON, such as the login page of a network.
 */
async function readConfirmation(response: HttpResponse): Promise<unknown> {
  const text = await response.text();
  const isWord = /^[\w .,!]{0,100}$/.test(text.trim());
  const value = isWord ? tryParseJson(text) : parseJson(text, response.status);
  return isObject(value) && Object.keys(value).length === 0 ? undefined : value;
}

/** Servers close the connection if the request line is much longer. */
const maximumSegmentLength = 4000;

/**
 * Encodes a name as one segment of a URL path.
 * @param what - the kind of name, e.g. `user id`.
 * @throws {TpksError} `usage` for a name that a path cannot contain.
 */
export function encodePathSegment(name: string, what = 'name'): string {
  return encodeURIComponent(validateSegment(name, what));
}

/**
 * Checks that a path can contain a name; otherwise, an object created with this name could not be addressed
 * later.
 * @throws {TpksError} `usage`
 */
export function validateSegment(name: string, what = 'name'): string {
  const problem = describeSegmentProblem(name);
  if (problem === undefined) return name;
  throw new TpksError('usage', `The ${what} ${problem}`, { hint: 'nothing was sent' });
}

/** Checks a name for a query or a body, where only an empty one is impossible. @throws {TpksError} `usage` */
export function validateNotEmpty(name: string, what = 'name'): string {
  return name.trim() === '' ? validateSegment(name, what) : name;
}

/** Describes why a path cannot contain a name, e.g. `is empty`; `undefined` if it can. */
export function describeSegmentProblem(name: string): string | undefined {
  // An empty segment, or one that consists of dots, leads to another route even if it is encoded.
  if (name.trim() === '') return 'is empty';
  if (name === '.' || name === '..') return `cannot be "${name}"`;
  if (!name.isWellFormed()) return 'contains an incomplete Unicode character';
  if (encodeURIComponent(name).length <= maximumSegmentLength) return undefined;
  return `is too long: it has ${String(name.length)} characters`;
}

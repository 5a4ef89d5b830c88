import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { readConfirmation } from '../http/confirmation.js';
import { readJson } from '../http/decode.js';
import { pathSegment } from '../http/path-segment.js';
import type { Send } from '../http/send.js';

/** Parts of a path below `/v1`; names among them may hold any character. */
export type Path = readonly string[];

/** The PKS API's routes, JSON in and JSON out. */
export interface PksApi {
  /** @throws {TpksError} `usage` for a name that no path can hold. */
  readonly read: (path: Path, query?: Readonly<Record<string, string>>) => Promise<unknown>;
  /**
   * @returns what the API answered; `undefined` where it has nothing to say, as to most writes.
   * @throws {TpksError} as `read`.
   */
  readonly write: (method: WriteMethod, path: Path, body?: unknown) => Promise<unknown>;
}

export type WriteMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * @param send - signed; throws on every status that is not a success.
 * @param origin - of the PKS API.
 */
export function createPksApi(send: Send, origin: string): PksApi {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const urlOf = (path: Path): string =>
    `${origin}/v1/${path.map((name) => pathSegment(name)).join('/')}`;
  return {
    read: async (path, query = {}) => {
      const search = new URLSearchParams(query).toString();
      const url = search === '' ? urlOf(path) : `${urlOf(path)}?${search}`;
      return readJson(await send({ method: 'GET', url, headers }));
    },
    write: async (method, path, body) => {
      const response = await send({
        method,
        url: urlOf(path),
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return readConfirmation(response);
    },
  };
}

/**
 * An answer that has the members tpks relies on. It is handed on as it came: nothing is left out
 * and nothing changes its place.
 *
 * @param what - for the error, e.g. `a plan`.
 * @throws {TpksError} `unavailable` when it is something else.
 */
export function checked<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  what: string,
): v.InferInput<S> {
  if (v.is(schema, value)) return value;
  const [issue] = v.safeParse(schema, value).issues ?? [];
  const where = issue && `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`;
  throw unexpected(where === undefined ? what : `${what} (${where})`);
}

/** @throws {TpksError} `unavailable` when it is no list of them. */
export function checkedList<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  what: string,
): v.InferInput<S>[] {
  if (!Array.isArray(value)) throw unexpected(`a list, each of its items ${what}`);
  return value.map((item) => checked(schema, item, what));
}

function unexpected(what: string): TpksError {
  return new TpksError('unavailable', `The PKS API did not answer with ${what}`, {
    hint: 'tpks curl PATH shows what it answers, e.g. tpks curl /v1/clusters',
    // The status of every response whose body is decoded.
    status: 200,
  });
}

/**
 * Says of what is not there in the original's words that it is not found.
 *
 * @param what - e.g. `Network profile np-1`.
 * @param hint - how to see what there is.
 * @throws {TpksError} `notFound`, also if it belongs to another user.
 */
export async function orNotFound<T>(answer: Promise<T>, what: string, hint: string): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'notFound') throw error;
    throw new TpksError('notFound', `${what} not found`, { hint, status: 404, cause: error });
  }
}

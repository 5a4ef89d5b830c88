import type * as v from 'valibot';
import { isTpksError, rewordError, type TpksError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import {
  createApiClient,
  type ApiClient,
  type ResourceType,
  type WriteMethod,
  validateSegment,
} from '../client/api-client.js';
import { explainUnknownOutcome, translateNotFound } from '../client/api-error.js';

/** A resource of the PKS API, at `/v1/ROUTE` and `/v1/ROUTE/NAME`. */
export interface PksResourceType<Schema extends v.GenericSchema> extends ResourceType<Schema> {
  /** The route, which is also the name of the list command, e.g. `network-profiles`. */
  readonly route: string;
  /** Names a resource in errors. By default, kind and name, e.g. `Network profile np-1`. */
  readonly title?: (name: string) => string;
  /** Hint for a resource that cannot be changed at the moment. By default, `showCommand`. */
  readonly busyHint?: (name: string) => string;
  /** Hint for a name that already exists. By default, `showCommand`. */
  readonly existsHint?: (name: string) => string;
  /** The command that shows the outcome of a write. By default, the list command. */
  readonly showCommand?: (name: string) => string;
}

/**
 * The operations on a resource. Unknown fields are kept. All operations throw a {@link TpksError}:
 * `unauthenticated`, `forbidden`, `unavailable`, or `usage` for a name that a URL cannot contain.
 * Writes also throw `conflict` or `failed` with the API's message.
 */
export interface PksResource<Resource, Request = unknown> {
  readonly list: (query?: Readonly<Record<string, string>>) => Promise<Resource[]>;
  /** @throws {TpksError} `notFound`, even if the resource exists but belongs to another user */
  readonly get: (name: string) => Promise<Resource>;
  /** @returns the new resource; `undefined` if the API does not send it. */
  readonly create: (name: string, request: Request) => Promise<Resource | undefined>;
  /** @returns the updated resource; `undefined` if the API does not send it. @throws {TpksError} `notFound` */
  readonly update: (name: string, update?: unknown) => Promise<Resource | undefined>;
  /** @throws {TpksError} `notFound`; `conflict` or `failed` while it is in use */
  readonly remove: (name: string) => Promise<void>;
}

interface PksResourceClient<Resource> extends PksResource<Resource> {
  readonly api: ApiClient;
  /** Adds the name and a hint to the error if the resource does not exist. */
  readonly explainNotFound: <T>(name: string, response: Promise<T>) => Promise<T>;
  /** Adds a hint if a resource is in use, or another operation is in progress. */
  readonly explainBusy: <T>(name: string, write: Promise<T>) => Promise<T>;
  /** Adds a hint if the outcome of a creation is unknown or the name already exists. */
  readonly explainCreation: <T>(name: string, creation: Promise<T>) => Promise<T>;
}

/**
 * @param send - adds the token to requests; throws unless the status is a success.
 * @param origin - the origin of the PKS API.
 * @param updateMethod - the HTTP method of `update`.
 */
export function createPksResource<Schema extends v.GenericSchema>(
  send: Send,
  origin: string,
  type: PksResourceType<Schema>,
  updateMethod: WriteMethod = 'PATCH',
): PksResourceClient<v.InferInput<Schema>> {
  const { noun, key, route, title, showCommand, busyHint, existsHint } = type;
  const api = createApiClient(send, {
    name: 'PKS API',
    baseUrl: `${origin}/v1`,
    malformedHint: 'run tpks curl PATH to show the response, e.g. tpks curl /v1/clusters',
    headers: { 'content-type': 'application/json' },
  });
  const { host } = new URL(origin);
  const listCommand = `tpks ${route}`;
  const titleOf = title ?? ((name) => `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${name}`);

  const explainNotFound = <T>(name: string, response: Promise<T>) =>
    translateNotFound(
      response,
      titleOf(name),
      `run ${listCommand} to list the ${noun}s that you have access to`,
    );
  const showCommandOf = (name: string) => showCommand?.(name) ?? listCommand;
  const explainUnknown = <T>(name: string, write: Promise<T>) =>
    explainUnknownOutcome(write, { host, showCommand: showCommandOf(name) });
  const explainCreation = async <T>(name: string, creation: Promise<T>): Promise<T> => {
    try {
      return await explainUnknown(name, creation);
    } catch (error) {
      const hint = existsHint?.(name) ?? showCommandOf(name);
      throw isNameTaken(error) ? rewordError(error, { hint }) : error;
    }
  };
  const explainBusy = async <T>(name: string, write: Promise<T>): Promise<T> => {
    try {
      return await write;
    } catch (error) {
      // The resource is in use, or another operation is in progress.
      const hint = busyHint?.(name) ?? showCommandOf(name);
      throw isBusy(error) ? rewordError(error, { hint }) : error;
    }
  };
  const write = (method: WriteMethod, name: string, body?: unknown) => {
    const response = api.confirm(type, method, [route, name], { body });
    return explainUnknown(name, explainBusy(name, explainNotFound(name, response)));
  };

  return {
    api,
    explainNotFound,
    explainBusy,
    explainCreation,
    list: (query = {}) => api.list(type, [route], { query }),
    get: (name) => explainNotFound(name, api.get(type, [route, name])),
    create: async (name, request) => {
      validateSegment(name, `${noun} ${key ?? 'name'}`);
      return explainCreation(name, api.confirm(type, 'POST', [route], { body: request }));
    },
    update: (name, body) => write(updateMethod, name, body),
    remove: async (name) => {
      await write('DELETE', name);
    },
  };
}

/** Some releases send 422 for a name that already exists. @see pks-api, section 11 */
function isNameTaken(error: unknown): error is TpksError {
  if (!isTpksError(error)) return false;
  return (
    error.kind === 'conflict' || (error.status === 422 && /already exists/.test(error.message))
  );
}

/** Service brokers send 422 while another operation is in progress. @see pks-api, section 11 */
function isBusy(error: unknown): error is TpksError {
  return isTpksError(error) && (error.kind === 'conflict' || error.status === 422);
}

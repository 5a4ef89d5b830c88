import type * as v from 'valibot';
import { isTpksError, rewordError, TpksError, type NameKind } from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { hostOf, manageScope } from '../../base/pks-conventions.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { notAuthenticatedMessage } from '../../platform/http/bearer.js';
import { maximumListBytes } from '../../platform/http/response.js';
import type { HttpResponse, Send } from '../../platform/http/send.js';
import {
  createApiClient,
  validateSegment,
  type ApiClient,
  type ResourceType,
  type WriteMethod,
} from '../client/api-client.js';
import {
  explainUnknownOutcome,
  isSuccess,
  toPlainStatusError,
  toRedirectError,
  translateNotFound,
  type Explain,
  type Failure,
} from '../client/api-error.js';

/** A resource of the PKS API, at `/v1/ROUTE` and `/v1/ROUTE/NAME`. */
export interface PksResourceType<Schema extends v.GenericSchema> extends ResourceType<Schema> {
  /** The route, which is also the name of the list command, e.g. `network-profiles`. */
  readonly route: string;
  /** The kind of names that the list command caches; `undefined` if it caches none. */
  readonly nameKind?: NameKind;
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
 * The operations on a resource. All operations throw a {@link TpksError}: `unauthenticated`, `forbidden`,
 * `unavailable`, or `usage` for a name that a URL cannot contain. Writes also throw `conflict` or `failed`
 * with the API's message.
 */
export interface PksResource<Resource> {
  readonly list: (query?: Readonly<Record<string, string>>) => Promise<Resource[]>;
  /** @throws {TpksError} `notFound`, even if the resource exists but belongs to another user */
  readonly get: (name: string) => Promise<Resource>;
  /** @returns the new resource; `undefined` if the API does not send it. */
  readonly create: (name: string, request: unknown) => Promise<Resource | undefined>;
  /** @returns the updated resource; `undefined` if the API does not send it. @throws {TpksError} `notFound` */
  readonly update: (name: string, update?: unknown) => Promise<Resource | undefined>;
  /** @throws {TpksError} `notFound`; `conflict` or `failed` while it is in use */
  readonly remove: (name: string) => Promise<void>;
  readonly api: ApiClient;
  /** Adds the name and a hint to the error if the resource does not exist. */
  readonly explainNotFound: <T>(name: string, response: Promise<T>) => Promise<T>;
  /** Adds a hint if a resource is in use, or another operation is in progress. */
  readonly explainBusy: <T>(name: string, write: Promise<T>) => Promise<T>;
  /** Adds a hint if the outcome of a creation is unknown or the name already exists. */
  readonly explainCreation: <T>(name: string, creation: Promise<T>) => Promise<T>;
}

/** @param send - adds the token to requests; throws unless the status is a success. */
export function createPksResource<Schema extends v.GenericSchema>(
  send: Send,
  origin: string,
  type: PksResourceType<Schema>,
  updateMethod: WriteMethod = 'PATCH',
): PksResource<v.InferInput<Schema>> {
  const { noun, key, route, nameKind, title, showCommand, busyHint, existsHint } = type;
  const api = createApiClient(send, {
    name: 'PKS API',
    baseUrl: `${origin}/v1`,
    malformedHint: 'run tpks curl PATH to show the response, e.g. tpks curl /v1/clusters',
    headers: { 'content-type': 'application/json' },
  });
  const host = hostOf(origin);
  const listCommand = `tpks ${route}`;
  const listHint =
    nameKind === 'clusters'
      ? 'list your clusters: tpks clusters; in all contexts: tpks clusters --all-contexts'
      : `list the ${noun}s: ${listCommand}`;
  const titleOf = title ?? ((name) => `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${name}`);

  const explainNotFound = <T>(name: string, response: Promise<T>) =>
    translateNotFound(response, titleOf(name), listHint, nameKind && { kind: nameKind, name });
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

/** Some releases send 422 for a name that already exists. @see docs/contributing/servers/pks-api.md#errors */
function isNameTaken(error: unknown): error is TpksError {
  if (!isTpksError(error)) return false;
  return (
    error.kind === 'conflict' || (error.status === 422 && /already exists/.test(error.message))
  );
}

/**
 * Service brokers send 422 while another operation is in progress.
 * @see docs/contributing/servers/pks-api.md#errors
 */
function isBusy(error: unknown): error is TpksError {
  return isTpksError(error) && (error.kind === 'conflict' || error.status === 422);
}

/**
 * Converts failures of the PKS API to errors with the messages of the `pks` CLI.
 * @see docs/contributing/servers/pks-cli.md#errors
 */
export const explainPksFailure =
  (loginCommand: string): Explain =>
  (failure) => {
    const { request, status } = failure;
    if (status === 401) {
      return new TpksError('unauthenticated', notAuthenticatedMessage, {
        status,
        hint: loginCommand,
      });
    }
    if (status === 403) {
      return new TpksError(
        'forbidden',
        'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
        {
          status,
          hint: 'run tpks status to show your scopes; an exhausted quota causes the same error',
        },
      );
    }
    if (status >= 500) {
      return new TpksError('unavailable', formatServerError(failure), {
        status,
        hint: 'try again later; if the error persists, contact the operator of the installation',
        host: hostOf(request.url),
      });
    }
    return explainUnknownRoute(failure);
  };

/** Returns broker messages unchanged, and adds the prefix of the `pks` CLI to all other messages. */
function formatServerError({ status, message, body }: Failure): string {
  if (/^Status: \d+; ErrorMessage: /.test(message)) return message;
  const detail = body === undefined ? `HTTP ${String(status)}` : message;
  return `An error occurred in the PKS API when processing the request: ${detail}`;
}

/**
 * Explains that an old server does not have a route; `undefined` for other failures, e.g. a missing resource,
 * which the API reports with a `body` field.
 */
function explainUnknownRoute({ request, status, message, body }: Failure): TpksError | undefined {
  const isUnknown = status === 405 || (status === 404 && isContainerError(body));
  const [, route] = /\/v1\/([^/?]+)/.exec(request.url) ?? [];
  if (!isUnknown || route === undefined) return undefined;
  return new TpksError('failed', `The PKS API does not support ${route}: ${message}`, {
    status,
    hint: 'the server may be too old for this command',
  });
}

/** Whether an error comes from the servlet container, not from the API. */
function isContainerError(body: unknown): boolean {
  return isObject(body) && typeof body['path'] === 'string' && body['body'] === undefined;
}

interface ProbeInput {
  readonly api: string;
  /** The owner of the token, a user or a client, for messages. */
  readonly identity: string;
  readonly isClient: boolean;
}

/**
 * Checks that a PKS API responds at the address and accepts the token. @see docs/contributing/servers/pks-cli.md#login
 * @throws {TpksError} `unauthenticated` if the API rejects the token; `forbidden` if the token has no scope
 *   for the API; `unavailable` for a server error, or if the server is not a PKS API.
 */
export async function probeApi(send: Send, input: ProbeInput): Promise<void> {
  const { api } = input;
  const info = { method: 'HEAD', url: `${api}/actuator/info`, headers: acceptsJson };
  const response = await send(info);
  throwOnFailure(response, info.url, input);
  if (isSuccess(response) && isActuatorType(response)) return;
  // Any server may respond with 200, and old APIs have no actuator. Only a PKS API lists clusters.
  const list = { method: 'GET', url: `${api}/v1/clusters`, headers: acceptsJson };
  const clusters = await send(list);
  throwOnFailure(clusters, list.url, input);
  if (isSuccess(clusters) && (await isListOfObjects(clusters))) return;
  throw new TpksError('unavailable', `${hostOf(api)} does not respond like a PKS API`, {
    status: clusters.status,
    hint: 'check the host and the port of the API, as in: tpks login -a api.example.com',
  });
}

const acceptsJson = { accept: 'application/json' };

function throwOnFailure(response: HttpResponse, url: string, input: ProbeInput): void {
  const { status } = response;
  if (status < 400 && !isSuccess(response)) throw toRedirectError({ url }, response);
  if (status >= 500) throw toPlainStatusError({ url }, response);
  if (status === 401) {
    throw new TpksError('unauthenticated', `The API at ${input.api} rejected the token`, {
      status,
      hint: 'check that the UAA of the installation issued it: tpks status --offline',
    });
  }
  if (status === 403) throw forbiddenError(input);
}

function forbiddenError({ api, identity, isClient }: ProbeInput): TpksError {
  const name = quoteForShell(identity);
  const command = isClient
    ? `tpks uaa client update ${name} --authorities ${manageScope}`
    : `tpks uaa member add ${manageScope} ${name}`;
  return new TpksError(
    'forbidden',
    `${identity} has no scope that allows access to the API at ${api}`,
    { status: 403, hint: `an administrator can grant one: ${command}` },
  );
}

/** @see docs/contributing/servers/pks-api.md#address */
function isActuatorType({ headers }: HttpResponse): boolean {
  return /^application\/vnd\.spring-boot\.actuator\b/.test(headers['content-type'] ?? '');
}

async function isListOfObjects(response: HttpResponse): Promise<boolean> {
  const list = tryParseJson(await response.text(maximumListBytes));
  return Array.isArray(list) && list.every(isObject);
}

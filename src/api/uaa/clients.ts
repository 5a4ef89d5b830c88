import * as v from 'valibot';
import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { validateNotEmpty, validateSegment } from '../client/api-client.js';
import { translateError, translateNotFound } from '../client/api-error.js';
import { isRemoval } from './client-attributes.js';
import {
  formatEquals,
  type ListQuery,
  omitFields,
  type Resource,
  listResources,
  createQueryHint,
} from './list-resources.js';
import { describeUaaPathProblem, createUaaApi } from './uaa-api.js';

const clientType = {
  noun: 'client',
  key: 'id',
  schema: v.looseObject({
    client_id: v.string(),
    authorized_grant_types: v.nullish(v.array(v.string())),
    scope: v.nullish(v.array(v.string())),
    authorities: v.nullish(v.array(v.string())),
    /** Epoch milliseconds. */
    lastModified: v.nullish(v.number()),
  }),
};

/** A client without its secret, with the UAA's own field names. @see uaa-api, section 9.1 */
export type Client = v.InferInput<typeof clientType.schema>;

const metadataType = { noun: 'client', key: 'id', schema: v.looseObject({ clientId: v.string() }) };

/** Attributes of a client, by the UAA's names. */
export type ClientAttributes = Readonly<Record<string, unknown>>;

export interface NewClient {
  readonly id: string;
  /** `undefined` for a client without a secret. An empty secret is valid. */
  readonly secret?: Secret | undefined;
  readonly attributes: ClientAttributes;
}

/** Attributes that the UAA returns but does not accept. */
const readOnlyAttributes = ['lastModified'];

export type Clients = ReturnType<typeof createClients>;

/**
 * Manages UAA clients. Reading requires the scope `clients.read`, writing `clients.write`.
 */
export function createClients(send: Send, uaa: string) {
  const path = ['oauth', 'clients'];
  const api = createUaaApi(send, uaa);

  const list = (query: Omit<ListQuery, 'attributes'> = {}): Promise<Client[]> =>
    withQueryHint(listResources(clientType, { api, path, query }), query);

  const find = async (id: string): Promise<Client> => {
    const filter = formatEquals('client_id', validateNotEmpty(id, 'client id'));
    const client = (await list({ filter })).find(({ client_id: found }) => found === id);
    if (client === undefined) throw clientNotFoundError(id);
    return client;
  };

  const get = async (id: string): Promise<Client> =>
    isAddressable(id)
      ? reportMissingClient(id, api.get(clientType, buildClientPath(id)))
      : find(id);

  return {
    /** Lists clients, by default sorted by id. */
    list,
    /**
     * Lists clients with only the given fields; a field that a client does not have is `null`. The
     * fields are selected here, because the UAA leaves most of the requested fields empty.
     */
    select: async ({
      attributes,
      ...query
    }: ListQuery & { readonly attributes: readonly string[] }) =>
      (await list(query)).map((client) => selectFields(client, attributes)),
    /** @throws {TpksError} `notFound` */
    get,
    /** Like `get`, but returns only the given fields. */
    getFields: async (id: string, attributes: readonly string[]) =>
      selectFields(await get(id), attributes),
    /** Reads the metadata of a client. @throws {TpksError} `notFound` */
    getMetadata: async (id: string) =>
      reportMissingClient(id, api.get(metadataType, [...buildClientPath(id), 'meta'])),
    /**
     * @throws {TpksError} `usage`, before anything is sent, for an id that the UAA would accept but
     *   could not find afterwards; `conflict` if the client exists; `failed` if the UAA rejects it.
     */
    add: async ({ id, secret, attributes }: NewClient) => {
      checkNewClientId(id);
      const body = { ...attributes, client_id: id, client_secret: secret?.reveal() };
      try {
        return await api.write(clientType, 'POST', path, { body });
      } catch (error) {
        const update = `tpks uaa client update ${quoteForShell(id)}`;
        const hint = `update the client: ${update}\nadd --if-missing to accept the existing client`;
        throw translateError(error, 'conflict', { hint });
      }
    },
    /**
     * Updates the given attributes and keeps the others. `null` removes an attribute, and so does an
     * empty list if the UAA would ignore it. Removing an attribute requires the scope `clients.admin`,
     * because the whole client is replaced.
     * @throws {TpksError} `notFound`; `failed` if the UAA rejects the update.
     */
    update: async (id: string, changes: ClientAttributes) => {
      const removed = Object.keys(changes).filter((name) => isRemoval(name, changes[name]));
      const resourcePath = buildClientPath(id);
      if (removed.length === 0) {
        const body = { ...changes, client_id: id };
        return reportMissingClient(id, api.write(clientType, 'PUT', resourcePath, { body }));
      }
      // If a PUT contains null, the UAA clears every attribute that the PUT does not contain.
      const fullClient = omitFields({ ...(await get(id)), ...changes }, [
        ...removed,
        ...readOnlyAttributes,
      ]);
      const body = [{ ...fullClient, action: 'update' }];
      const options = { method: 'POST', body } as const;
      await reportMissingClient(id, api.list(clientType, [...path, 'tx', 'modify'], options));
      // The response contains the client as it was before the change.
      return get(id);
    },
    /** Deletes a client. @returns the deleted client. @throws {TpksError} `notFound` */
    remove: async (id: string) => {
      if (isAddressable(id)) {
        return reportMissingClient(id, api.write(clientType, 'DELETE', buildClientPath(id)));
      }
      // The id is sent in the body, because no path can contain it.
      const options = { method: 'POST', body: [{ client_id: id }] } as const;
      const deletion = api.list(clientType, [...path, 'tx', 'delete'], options);
      const [deleted] = await reportMissingClient(id, deletion);
      if (deleted === undefined) throw api.malformed('list of clients', 'it is empty');
      return deleted;
    },
  };
}

/** Reports a missing client by its id, because the UAA's own response is empty. */
function reportMissingClient<T>(id: string, response: Promise<T>): Promise<T> {
  return translateNotFound(response, `Client ${id}`, listCommand);
}

const listCommand = 'tpks uaa clients';

function selectFields(client: Client, attributes: readonly string[]): Resource {
  return Object.fromEntries(attributes.map((name) => [name, getOwnValue(client, name) ?? null]));
}

/** Adds a hint to errors, because the UAA does not say why it rejects a filter or a column. */
async function withQueryHint(
  clients: Promise<Client[]>,
  { filter, sortBy }: ListQuery,
): Promise<Client[]> {
  try {
    return await clients;
  } catch (error) {
    const rejected = [
      filter === undefined ? [] : 'filter',
      sortBy === undefined ? [] : 'column',
    ].flat();
    if (!isTpksError(error) || error.status !== 500 || rejected.length === 0) throw error;
    throw new TpksError('failed', `The UAA rejected this ${rejected.join(' or this ')}`, {
      hint: createQueryHint('clients', { filter, sortBy }),
      cause: error,
      status: 500,
    });
  }
}

function clientNotFoundError(id: string): TpksError {
  return new TpksError('notFound', `Client ${id} not found`, { hint: listCommand, status: 404 });
}

/** Ids that the UAA would route to other endpoints. */
const reservedIds = ['meta', 'restricted', 'tx'];
const maximumIdLength = 255;

/**
 * Checks the id of a new client. The UAA would create a client even if no URL could contain its id, and
 * the client could not be addressed afterwards.
 * @throws {TpksError} `usage` for such an id, or for one that is too long.
 * @see uaac, section 12
 */
export function checkNewClientId(id: string): void {
  const problem =
    id.length > maximumIdLength
      ? `is longer than ${maximumIdLength} characters`
      : describeIdProblem(id);
  if (problem === undefined) return;
  throw new TpksError('usage', `Invalid client id ${JSON.stringify(id)}: it ${problem}`, {
    hint: 'choose another id, e.g. with only letters, digits and - _ . : @',
  });
}

/** Whether a URL of the UAA can contain a client id. */
function isAddressable(id: string): boolean {
  return describeIdProblem(id) === undefined;
}

/**
 * Builds the path of a client.
 * @throws {TpksError} `usage` for an id that no URL can contain; `failed` for one that the UAA
 *   does not accept in a URL.
 */
function buildClientPath(id: string): readonly string[] {
  validateSegment(id, 'client id');
  const problem = describeIdProblem(id);
  if (problem === undefined) return ['oauth', 'clients', id];
  throw new TpksError('failed', `The UAA cannot address the client ${id}: its id ${problem}`, {
    hint:
      'show the client, add it again with another id, then delete this one: ' +
      `tpks uaa client delete ${quoteForShell(id)}`,
  });
}

/** Describes why a UAA URL cannot contain a client id; `undefined` for an id that it can contain. */
function describeIdProblem(id: string): string | undefined {
  if (id.trim() === '') return 'is empty';
  if (reservedIds.includes(id)) return 'is reserved by the UAA';
  const rejected = describeUaaPathProblem(id);
  return rejected && `contains ${rejected}, which is not allowed in URLs of the UAA`;
}

const actionResultType = {
  noun: 'result',
  schema: v.looseObject({ message: v.string() }),
};

/** The response to a change that does not return a resource. */
export type ActionResult = v.InferInput<typeof actionResultType.schema>;

/** Keys or an issuer that a client's JWTs must come from. */
export interface JwtTrust {
  /** URL of the client's public keys; `*` removes all keys. */
  readonly jwksUri?: string | undefined;
  /** The client's public keys as JSON: one JWK or a JWK set. */
  readonly jwks?: string | undefined;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly audience?: string | undefined;
  /** Id of a key to remove. */
  readonly keyId?: string | undefined;
}

export type ClientCredentials = ReturnType<typeof createClientCredentials>;

/**
 * Manages how UAA clients authenticate: with secrets, or with JWTs that they sign. Requires the scope
 * `clients.admin`. With the scope `clients.secret` and the current secret (`old`), a client can change its own secrets.
 * @see uaa-api, sections 9.5 and 12
 */
export function createClientCredentials(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const put = (id: string, route: 'secret' | 'clientjwt', body: object): Promise<ActionResult> =>
    reportMissingClient(
      id,
      api.write(actionResultType, 'PUT', [...buildClientPath(id), route], { body }),
    );
  const changeSecret = async (id: string, change: SecretChange): Promise<ActionResult> => {
    const { secret, old, changeMode } = change;
    const body = { secret: secret?.reveal(), oldSecret: old?.reveal(), changeMode };
    try {
      return await put(id, 'secret', body);
    } catch (error) {
      throw withSecretHint(error, id);
    }
  };
  return {
    /** Replaces all secrets, and revokes all tokens that were issued for them. */
    set: (id: string, secret: Secret, old?: Secret) => changeSecret(id, { secret, old }),
    /**
     * Adds a second secret, so that it can be distributed before the old one is deleted.
     * @throws {TpksError} `failed` if the client already has two.
     */
    add: (id: string, secret: Secret, old?: Secret) =>
      changeSecret(id, { secret, old, changeMode: 'ADD' }),
    /**
     * Deletes the older of two secrets, and revokes the tokens that are older than the newer secret.
     * @throws {TpksError} `failed` if the client has only one.
     */
    removeOlder: (id: string, old?: Secret) => changeSecret(id, { old, changeMode: 'DELETE' }),
    /**
     * Changes which JWTs the UAA accepts instead of a secret. The scope `clients.trust` is enough. Requires UAA 76.22.
     * @throws {TpksError} `notFound`; `failed` if the UAA rejects the change or is too old.
     */
    changeJwtTrust: async (
      id: string,
      changeMode: 'ADD' | 'UPDATE' | 'DELETE',
      { jwksUri, jwks, issuer, subject, audience, keyId }: JwtTrust,
    ) => {
      const body = {
        client_id: id,
        kid: keyId,
        jwks_uri: jwksUri,
        jwks,
        iss: issuer,
        sub: subject,
        aud: audience,
        changeMode,
      };
      try {
        return await put(id, 'clientjwt', body);
      } catch (error) {
        throw isTpksError(error) && error.status === 405 ? jwtUnsupportedError(error) : error;
      }
    },
  };
}

interface SecretChange {
  readonly secret?: Secret;
  readonly old?: Secret | undefined;
  readonly changeMode?: 'ADD' | 'DELETE';
}

const secretHints: readonly SecretHint[] = [
  {
    message: 'already has two secrets',
    formatHint: (client) => `delete the older one: tpks uaa secret delete ${client}`,
  },
  {
    message: 'has only one secret',
    formatHint: (client) => `add the new one first: tpks uaa secret add ${client}`,
  },
  {
    message: 'Only a client can',
    formatHint: () => 'use the token of a client: tpks uaa token client get admin',
  },
  {
    message: 'Previous secret is required',
    formatHint: () => 'pass the current secret with --old-secret-file',
  },
  {
    message: 'another client',
    formatHint: () => 'use a token with the scope clients.admin or uaa.admin',
  },
];

interface SecretHint {
  /** A part of the UAA's message. */
  readonly message: string;
  readonly formatHint: (client: string) => string;
}

function withSecretHint(error: unknown, id: string): unknown {
  if (!isTpksError(error) || error.kind !== 'failed') return error;
  const found = secretHints.find(({ message }) => error.message.includes(message));
  return found === undefined
    ? error
    : rewordError(error, { hint: found.formatHint(quoteForShell(id)) });
}

function jwtUnsupportedError(cause: TpksError): TpksError {
  return new TpksError('failed', 'This UAA does not support JWT authentication of clients', {
    hint: 'this requires UAA 76.22 or later; show the version: tpks uaa info',
    status: 405,
    cause,
  });
}

import * as v from 'valibot';
import { isTpksError, TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { validateNotEmpty, validateSegment } from '../client/api-client.js';
import { translateError, translateNotFound } from '../client/api-error.js';
import { isRemoval } from './client-attributes.js';
import { formatEquals } from './filters.js';
import { type ListQuery, omitFields, type Resource, listResources } from './list-resources.js';
import { clientColumns, createQueryHint } from './query-hints.js';
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

/** A client without its secret, with the UAA's own field names. @see docs/contributing/servers/uaa.md#clients */
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

/** Manages UAA clients. Reading requires the scope `clients.read`, writing `clients.write`. */
export function createClients(send: Send, uaa: string) {
  const path = ['oauth', 'clients'];
  const api = createUaaApi(send, uaa);

  const list = (query: Omit<ListQuery, 'attributes'> = {}): Promise<Client[]> =>
    withQueryHint(listResources(clientType, { api, path, query, columns: clientColumns }), query);

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
    /** Lists only the given fields, which may be `null`. The UAA itself leaves most requested fields empty. */
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
    getMetadata: async (id: string) =>
      reportMissingClient(id, api.get(metadataType, [...buildClientPath(id), 'meta'])),
    /**
     * @throws {TpksError} `usage` for an id that the UAA would accept but could not find; `conflict` if the
     *   client exists; `failed` if the UAA rejects it.
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
     * Updates the given attributes and keeps the others. `null` removes one, and so does an empty list if
     * the UAA would ignore it. Removing requires the scope `clients.admin`, because the whole client is
     * replaced.
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
export function reportMissingClient<T>(id: string, response: Promise<T>): Promise<T> {
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
    const hasQuery = filter !== undefined || sortBy !== undefined;
    if (!isTpksError(error) || error.status !== 500 || !hasQuery) throw error;
    throw new TpksError('failed', 'The UAA rejected the filter or the column', {
      hint: createQueryHint(clientColumns),
      cause: error,
      status: 500,
    });
  }
}

function clientNotFoundError(id: string): TpksError {
  return new TpksError('notFound', `Client ${id} not found`, {
    hint: listCommand,
    status: 404,
    unknownName: { kind: 'clients', name: id },
  });
}

/** Ids that the UAA would route to other endpoints. */
const reservedIds = ['meta', 'restricted', 'tx'];
const maximumIdLength = 255;

/**
 * Rejects an id that the UAA would accept, but that is too long or could not be addressed in a URL.
 * @throws {TpksError} `usage` @see docs/contributing/servers/uaa.md#clients
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

function isAddressable(id: string): boolean {
  return describeIdProblem(id) === undefined;
}

/** @throws {TpksError} `usage` for an id that no URL can contain; `failed` for one that the UAA rejects. */
export function buildClientPath(id: string): readonly string[] {
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

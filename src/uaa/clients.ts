import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { validateNotEmpty } from '../http/resource/path-segment.js';
import { translateError, translateNotFound } from '../http/resource/translate-error.js';
import type { Send } from '../http/send.js';
import { getOwnValue } from '../own-value.js';
import type { Secret } from '../secret.js';
import { quoteForShell } from '../shell-quote.js';
import { createUaaApi } from './api.js';
import { isRemoval } from './client-attributes.js';
import { checkNewClientId, clientPath, isReachable } from './client-id.js';
import { equals, without, type ListQuery, type Resource } from './list/list-query.js';
import { listResources } from './list/list-resources.js';
import { queryHint } from './list/query-hint.js';

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

/** A client, with the UAA's own field names; never with its secret. @see uaa-api, section 9.1 */
export type Client = v.InferInput<typeof clientType.schema>;

const metadataType = { noun: 'client', key: 'id', schema: v.looseObject({ clientId: v.string() }) };

/** Who created a client, and how the home page of users shows it. */
export type ClientMetadata = v.InferInput<typeof metadataType.schema>;

/** Attributes with the UAA's own names. */
export type ClientAttributes = Readonly<Record<string, unknown>>;

export interface NewClient {
  readonly id: string;
  /** `undefined` for a client that must not have one; may be empty. */
  readonly secret?: Secret | undefined;
  readonly attributes: ClientAttributes;
}

/** UAA's clients. Reading needs the scope `clients.read`, writing `clients.write`. */
export interface Clients {
  /** All clients, by id unless the query says otherwise. */
  readonly list: (query?: Omit<ListQuery, 'attributes'>) => AsyncIterable<Client>;
  /**
   * Only some fields, `null` for one that a client does not have. They are selected here, because
   * the UAA leaves most of the requested fields empty.
   */
  readonly select: (
    query: ListQuery & { readonly attributes: readonly string[] },
  ) => AsyncIterable<Resource>;
  /** @throws {TpksError} `notFound` */
  readonly get: (id: string) => Promise<Client>;
  /** Like `get`, with these fields only. */
  readonly pick: (id: string, attributes: readonly string[]) => Promise<Resource>;
  /** @throws {TpksError} `notFound` */
  readonly metadata: (id: string) => Promise<ClientMetadata>;
  /**
   * @throws {TpksError} `usage`, before anything is sent, for an id that the UAA would accept and
   *   never find again; `conflict` if the client exists; `failed` for what the UAA does not allow.
   */
  readonly add: (client: NewClient) => Promise<Client>;
  /**
   * Changes some attributes and keeps the others. `null` removes an attribute, and so does an empty
   * list unless it means something else to the UAA. A removal needs the scope `clients.admin`,
   * because the whole client is written.
   * @throws {TpksError} `notFound`; `failed` for what the UAA does not allow.
   */
  readonly update: (id: string, changes: ClientAttributes) => Promise<Client>;
  /** @returns the deleted client. @throws {TpksError} `notFound` */
  readonly remove: (id: string) => Promise<Client>;
}

/** Attributes that the UAA returns and does not accept. */
const readOnlyAttributes = ['lastModified'];

export function createClients(send: Send, uaa: string): Clients {
  const path = ['oauth', 'clients'];
  const api = createUaaApi(send, uaa, 'clients.read');
  const writing = createUaaApi(send, uaa, 'clients.write');
  const administering = createUaaApi(send, uaa, 'clients.admin');

  const list = (query: Omit<ListQuery, 'attributes'> = {}): AsyncIterable<Client> =>
    withFilterErrors(listResources(clientType, { api, path, query }), query);

  const find = async (id: string): Promise<Client> => {
    const filter = equals('client_id', validateNotEmpty(id, 'client id'));
    for await (const client of list({ filter })) {
      if (client.client_id === id) return client;
    }
    throw clientNotFound(id);
  };

  const get = async (id: string): Promise<Client> =>
    isReachable(id) ? explainNotFound(id, api.get(clientType, clientPath(id))) : find(id);

  return {
    list,
    select: async function* ({ attributes, ...query }) {
      for await (const client of list(query)) yield onlyFields(client, attributes);
    },
    get,
    pick: async (id, attributes) => onlyFields(await get(id), attributes),
    metadata: async (id) => {
      const open = createUaaApi(send, uaa);
      return explainNotFound(id, open.get(metadataType, [...clientPath(id), 'meta']));
    },
    add: async ({ id, secret, attributes }) => {
      checkNewClientId(id);
      const body = { ...attributes, client_id: id, client_secret: secret?.reveal() };
      try {
        return await writing.write(clientType, 'POST', path, { body });
      } catch (error) {
        throw translateError(error, 'conflict', {
          hint: `tpks uaa client get ${quoteForShell(id)}`,
        });
      }
    },
    update: async (id, changes) => {
      const removed = Object.keys(changes).filter((name) => isRemoval(name, changes[name]));
      const pathOfClient = clientPath(id);
      if (removed.length === 0) {
        const body = { ...changes, client_id: id };
        return explainNotFound(id, writing.write(clientType, 'PUT', pathOfClient, { body }));
      }
      // After a PUT that contains null, the UAA forgets every attribute that the PUT does not contain.
      const whole = without({ ...(await get(id)), ...changes }, [
        ...removed,
        ...readOnlyAttributes,
      ]);
      const body = [{ ...whole, action: 'update' }];
      const options = { method: 'POST', body } as const;
      await explainNotFound(id, administering.list(clientType, [...path, 'tx', 'modify'], options));
      // The response contains the client before the change.
      return get(id);
    },
    remove: async (id) => {
      if (isReachable(id)) {
        return explainNotFound(id, writing.write(clientType, 'DELETE', clientPath(id)));
      }
      // An id that no path can contain is sent in a body.
      const options = { method: 'POST', body: [{ client_id: id }] } as const;
      const deletion = administering.list(clientType, [...path, 'tx', 'delete'], options);
      const [deleted] = await explainNotFound(id, deletion);
      if (deleted === undefined) throw administering.malformed('list of clients', 'it is empty');
      return deleted;
    },
  };
}

/** Reports a missing client by its id: the UAA's own response is empty. */
export function explainNotFound<T>(id: string, response: Promise<T>): Promise<T> {
  return translateNotFound(response, `Client ${id}`, listCommand);
}

const listCommand = 'tpks uaa clients';

function onlyFields(client: Client, attributes: readonly string[]): Resource {
  return Object.fromEntries(attributes.map((name) => [name, getOwnValue(client, name) ?? null]));
}

/** The UAA does not say why it refuses a filter or a column. */
async function* withFilterErrors(
  clients: AsyncIterable<Client>,
  { filter, sortBy }: ListQuery,
): AsyncGenerator<Client, void, undefined> {
  try {
    yield* clients;
  } catch (error) {
    const refused = [
      filter === undefined ? [] : 'filter',
      sortBy === undefined ? [] : 'column',
    ].flat();
    if (!isTpksError(error) || error.status !== 500 || refused.length === 0) throw error;
    throw new TpksError('failed', `The UAA does not accept this ${refused.join(' or this ')}`, {
      hint: queryHint('clients', { filter, sortBy }),
      cause: error,
      status: 500,
    });
  }
}

function clientNotFound(id: string): TpksError {
  return new TpksError('notFound', `Client ${id} not found`, { hint: listCommand, status: 404 });
}

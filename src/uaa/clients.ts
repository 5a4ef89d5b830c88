import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { ownValue } from '../own-value.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { isRemoval } from './client-attributes.js';
import { checkNewClientId, clientUrl, isReachable } from './client-id.js';
import { shellWord } from '../shell-word.js';
import { withHint } from './hint.js';
import { withNeededScope } from './needed-scope.js';
import { queryHint } from './query-hint.js';
import { checked, equals, everyResource, mapped, sendJson, without } from './scim.js';
import type { ListQuery, Resource } from './scim.js';

const clientSchema = v.looseObject({
  client_id: v.string(),
  authorized_grant_types: v.nullish(v.array(v.string())),
  scope: v.nullish(v.array(v.string())),
  authorities: v.nullish(v.array(v.string())),
  /** Epoch milliseconds. */
  lastModified: v.nullish(v.number()),
});

/** A client, spelled as UAA spells it; never with its secret. @see uaa-api, section 9.1 */
export type Client = v.InferInput<typeof clientSchema>;

const metadataSchema = v.looseObject({ clientId: v.string() });

/** Who made a client and how it stands on the home page of users. */
export type ClientMetadata = v.InferInput<typeof metadataSchema>;

/** Attributes by the names that UAA gives them. */
export type ClientAttributes = Readonly<Record<string, unknown>>;

export interface NewClient {
  readonly id: string;
  /** Absent for a client that must not have one; may be empty. */
  readonly secret?: Secret | undefined;
  readonly attributes: ClientAttributes;
}

/** UAA's clients. Reading needs the scope `clients.read`, changing `clients.write`. */
export interface Clients {
  /** Every one of them by its id, where the query says nothing else. */
  readonly list: (query?: Omit<ListQuery, 'attributes'>) => AsyncIterable<Client>;
  /**
   * Some fields only, `null` for one that a client has not. The UAA's own choice of fields leaves
   * most of them empty, so it is made here.
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
   * @throws {TpksError} `usage`, before anything is sent, for an id that UAA would take and never
   *   find again; `conflict` when the client exists; `failed` for what UAA does not allow.
   */
  readonly add: (client: NewClient) => Promise<Client>;
  /**
   * Changes some attributes and leaves the others as they are. `null` takes an attribute away, as
   * does the empty list where UAA knows no other meaning of it; for that the scope `clients.admin`
   * is needed, since the whole client is written.
   * @throws {TpksError} `notFound`; `failed` for what UAA does not allow.
   */
  readonly update: (id: string, changes: ClientAttributes) => Promise<Client>;
  /** @returns the client that is gone. @throws {TpksError} `notFound` */
  readonly remove: (id: string) => Promise<Client>;
}

/** What UAA says of a client and does not take back. */
const notWritten = ['lastModified'];

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createClients(send: Send, uaa: string): Clients {
  const url = `${uaa}/oauth/clients`;
  const reading = withNeededScope(send, 'clients.read');
  const writing = withNeededScope(send, 'clients.write');
  const administering = withNeededScope(send, 'clients.admin');

  const list = (query: Omit<ListQuery, 'attributes'> = {}): AsyncIterable<Client> =>
    mapped(withFilterErrors(everyResource(reading, url, query), query), toClient);

  const find = async (id: string): Promise<Client> => {
    for await (const client of list({ filter: equals('client_id', id) })) {
      if (client.client_id === id) return client;
    }
    throw notFound(id);
  };

  const get = async (id: string): Promise<Client> =>
    isReachable(id) ? toClient(await read(reading, clientUrl(uaa, id), id)) : find(id);

  return {
    list,
    select: ({ attributes, ...query }) =>
      mapped(list(query), (client) => onlyFields(client, attributes)),
    get,
    pick: async (id, attributes) => onlyFields(await get(id), attributes),
    metadata: async (id) =>
      checked(metadataSchema, await read(send, `${clientUrl(uaa, id)}/meta`, id), 'metadata'),
    add: async ({ id, secret, attributes }) => {
      checkNewClientId(id);
      const body = { ...attributes, client_id: id, client_secret: secret?.open() };
      try {
        return toClient(await sendJson(writing, 'POST', url, body));
      } catch (error) {
        throw withHint(error, 'conflict', `tpks uaa client get ${shellWord(id)}`);
      }
    },
    update: async (id, changes) => {
      const gone = Object.keys(changes).filter((name) => isRemoval(name, changes[name]));
      const address = clientUrl(uaa, id);
      try {
        if (gone.length === 0) {
          return toClient(await sendJson(writing, 'PUT', address, { ...changes, client_id: id }));
        }
        // A PUT with null in it makes UAA forget everything that the PUT does not name.
        const whole = without({ ...(await get(id)), ...changes }, [...gone, ...notWritten]);
        await sendJson(administering, 'POST', `${url}/tx/modify`, [{ ...whole, action: 'update' }]);
      } catch (error) {
        throw named(error, id);
      }
      // The answer was what the client had been.
      return get(id);
    },
    remove: async (id) => {
      try {
        if (isReachable(id)) return toClient(await sendJson(writing, 'DELETE', clientUrl(uaa, id)));
        // An id that no path can carry goes into a body.
        const body = [{ client_id: id }];
        const [gone] = checked(
          v.array(clientSchema),
          await sendJson(administering, 'POST', `${url}/tx/delete`, body),
          'clients',
        );
        return toClient(gone);
      } catch (error) {
        throw named(error, id);
      }
    },
  };
}

/** Says which client is not there: UAA's own answer is empty. */
export function named(error: unknown, id: string): unknown {
  return isTpksError(error) && error.kind === 'notFound' ? notFound(id, error) : error;
}

async function read(send: Send, url: string, id: string): Promise<unknown> {
  const headers = { accept: 'application/json' };
  return readJson(
    await send({ method: 'GET', url, headers }).catch((error: unknown) => {
      throw named(error, id);
    }),
  );
}

function onlyFields(client: Client, attributes: readonly string[]): Resource {
  return Object.fromEntries(attributes.map((name) => [name, ownValue(client, name) ?? null]));
}

/** A filter or a column that it does not know makes UAA fail without a word. */
async function* withFilterErrors(
  clients: AsyncIterable<Resource>,
  { filter, sortBy }: ListQuery,
): AsyncGenerator<Resource, void, undefined> {
  try {
    yield* clients;
  } catch (error) {
    const asked = [
      filter === undefined ? [] : 'filter',
      sortBy === undefined ? [] : 'column',
    ].flat();
    if (!isTpksError(error) || error.status !== 500 || asked.length === 0) throw error;
    throw new TpksError('failed', `The UAA does not take this ${asked.join(' or this ')}`, {
      hint: queryHint('/oauth/clients', { filter, sortBy }),
      cause: error,
      status: 500,
    });
  }
}

function notFound(id: string, cause?: TpksError): TpksError {
  return new TpksError('notFound', `Client ${id} not found`, {
    hint: 'tpks uaa clients',
    status: 404,
    ...(cause === undefined ? {} : { cause }),
  });
}

function toClient(value: unknown): Client {
  return checked(clientSchema, value, 'a client');
}

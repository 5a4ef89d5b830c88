import type { SandboxRequest } from '../../router.js';
import type { ClientInput } from './json.js';
import { mergeWithStored } from './merge.js';
import { toStoredFields } from './stored-fields.js';
import { validateClient, invalidClientError, clientNotFoundError } from './validation.js';
import type { Client } from '../store/clients.js';
import { hashSecret } from '../store/secret-hash.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from '../oauth/token-check.js';

/** A request to change clients. */
export interface ClientChange {
  readonly request: SandboxRequest;
  readonly state: State;
  readonly caller: CheckedToken;
}

/** @throws ErrorResponse 404 without a body if the client does not exist. */
export function findClient({ clients }: State, id: string | undefined): Client {
  const client = id === undefined ? undefined : clients.get(id);
  if (!client) throw clientNotFoundError();
  return client;
}

/** @throws ErrorResponse 400 if the client is invalid, or 409 if the id is taken. */
export function createClient(change: ClientChange, input: ClientInput): Client {
  return insertClient(change, validateClient(input, { mode: 'create', caller: change.caller }));
}

/**
 * Stores a validated client.
 *
 * @throws ErrorResponse 409 if the id is taken.
 */
export function insertClient({ request, state, caller }: ClientChange, input: ClientInput): Client {
  const fields = toStoredFields(request, input);
  if (state.clients.get(fields.id)) {
    throw invalidClientError(`Client already exists: ${fields.id}`, 409);
  }
  const creator = caller.user?.id ?? state.clients.get(caller.client.id)?.home.createdBy;
  const client = {
    ...fields,
    secretHashes: input.secret === undefined ? [] : [hashSecret(input.secret)],
    home: { createdBy: creator, isShown: true },
    modifiedAt: state.now(),
  };
  state.clients.put(client);
  return client;
}

/**
 * Updates the fields of a client that the request contains.
 *
 * As on the real server, the request replaces the whole client if the merge fails.
 */
export function mergeClient(change: ClientChange, id: string, input: ClientInput): Client {
  const client = change.state.clients.get(id);
  return updateClient(change, (client && mergeWithStored(input, client)) ?? input);
}

/** Replaces a client, except for its secrets. @throws ErrorResponse 400 if the client is invalid. */
export function updateClient(change: ClientChange, input: ClientInput): Client {
  return replaceClient(change, validateClient(input, { mode: 'modify', caller: change.caller }));
}

/** Replaces a client, except for its secrets, with a validated one. */
export function replaceClient({ request, state }: ClientChange, input: ClientInput): Client {
  const fields = toStoredFields(request, input);
  const client = { ...findClient(state, fields.id), ...fields, modifiedAt: state.now() };
  state.clients.put(client);
  return client;
}

/** Deletes a client, its tokens, and the users' decisions about its scopes. */
export function deleteClient({ clients, tokens, approvals }: State, id: string): void {
  clients.delete(id);
  tokens.deleteByOwner({ clientId: id });
  approvals.deleteByClient(id);
}

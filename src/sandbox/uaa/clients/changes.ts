import type { SandboxRequest } from '../../router.js';
import { parseClient, type ClientInput } from './json.js';
import { validateClient, invalidClientError, clientNotFoundError } from './rules.js';
import type { Client } from '../store/clients.js';
import { containerError } from '../container.js';
import { hashSecret } from '../store/secret-hash.js';
import type { JsonObject } from '../../body.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from '../oauth/token-check.js';

/** A request that changes clients. */
export interface ClientChange {
  readonly request: SandboxRequest;
  readonly state: State;
  readonly caller: CheckedToken;
}

const maxIdLength = 255;

/** @throws ErrorResponse 404 without details. */
export function findClient({ clients }: State, id: string): Client {
  const client = clients.get(id);
  if (!client) throw clientNotFoundError();
  return client;
}

/** @throws ErrorResponse 400 for an invalid client, 409 for an existing id. */
export function createClient(work: ClientChange, body: JsonObject): Client {
  const { request, state, caller } = work;
  const input = parseClient(request, body);
  const valid = validateClient(input, { mode: 'create', caller });
  if (input.id === undefined || input.id.length > maxIdLength) throw containerError(request, 500);
  if (state.clients.get(valid.id)) {
    throw invalidClientError(`Client already exists: ${valid.id}`, 409);
  }
  const client = {
    ...toStoredFields(work, valid),
    id: valid.id,
    secretHashes: valid.secret === undefined ? [] : [hashSecret(valid.secret)],
    home: { createdBy: caller.user?.id, isShown: true },
  };
  state.clients.put(client);
  return client;
}

/**
 * Updates the members of a client that the body names.
 *
 * If a member that the server does not know is null, the body replaces the whole client, as on the
 * real server.
 */
export function mergeClient(work: ClientChange, id: string, body: JsonObject): Client {
  const input = parseClient(work.request, body);
  const storedClient = work.state.clients.get(id);
  const isReplacement = Object.values(input.information).includes(null);
  return updateClient(
    work,
    id,
    storedClient && !isReplacement ? mergeWithStored(input, storedClient) : input,
  );
}

/** Replaces everything except the secrets of a client. */
export function replaceClient(work: ClientChange, body: JsonObject): Client {
  const input = parseClient(work.request, body);
  const id = input.id ?? '';
  findClient(work.state, id);
  return updateClient(work, id, input);
}

/** Deletes a client, its tokens and the decisions of users about it. */
export function deleteClient({ clients, tokens, approvals }: State, id: string): void {
  clients.delete(id);
  tokens.deleteOfOwner({ clientId: id });
  approvals.removeClient(id);
}

function updateClient(work: ClientChange, id: string, input: ClientInput): Client {
  const { state, caller } = work;
  const valid = validateClient({ ...input, id }, { mode: 'modify', caller });
  const client = { ...findClient(state, id), ...toStoredFields(work, valid) };
  state.clients.put(client);
  return client;
}

function mergeWithStored(input: ClientInput, storedClient: Client): ClientInput {
  const orStored = (list: readonly string[], storedList: readonly string[]) =>
    list.length > 0 ? list : storedList;
  return {
    ...input,
    grants: orStored(input.grants, storedClient.grants),
    scopes: orStored(input.scopes, storedClient.scopes),
    authorities: orStored(input.authorities, storedClient.authorities),
    redirectUris: orStored(input.redirectUris, storedClient.redirectUris),
    autoapprove: input.autoapprove ?? storedClient.autoapprove,
    accessSeconds: input.accessSeconds ?? storedClient.accessSeconds,
    refreshSeconds: input.refreshSeconds ?? storedClient.refreshSeconds,
    information: {
      ...storedClient.information,
      required_user_groups: storedClient.requiredUserGroups,
      ...input.information,
    },
  };
}

/** The members of a valid client that are stored. */
function toStoredFields({ request, state }: ClientChange, valid: ClientInput) {
  const { required_user_groups: groups, ...information } = valid.information;
  return {
    grants: valid.grants,
    scopes: dropSingleEmptyWord(valid.scopes),
    authorities: dropSingleEmptyWord(valid.authorities),
    redirectUris: dropSingleEmptyWord(valid.redirectUris),
    autoapprove: selectAutoapproved(valid),
    accessSeconds: valid.accessSeconds,
    refreshSeconds: valid.refreshSeconds,
    requiredUserGroups: parseUserGroups(request, groups),
    information,
    modifiedAt: state.now(),
  };
}

/** A list of one empty word is stored as an empty list. */
function dropSingleEmptyWord(words: readonly string[]): readonly string[] {
  return words.join(',') === '' ? [] : words;
}

/** Patterns that match none of the client's scopes are dropped. */
function selectAutoapproved({ scopes, autoapprove = [] }: ClientInput): readonly string[] {
  if (autoapprove.includes('true')) return ['true'];
  return scopes.filter((scope) => autoapprove.some((pattern) => matchesPattern(pattern, scope)));
}

function matchesPattern(pattern: string, scope: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(scope);
  } catch {
    return pattern === scope;
  }
}

/** The only member outside the schema whose type the real server checks. */
function parseUserGroups(request: SandboxRequest, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  throw containerError(request, 500);
}

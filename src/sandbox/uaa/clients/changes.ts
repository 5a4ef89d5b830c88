import type { SandboxRequest } from '../../router.js';
import { parseClient, type ClientInput } from './json.js';
import { validateClient, invalidClientError, clientNotFoundError } from './validation.js';
import type { Client } from '../store/clients.js';
import { containerError } from '../servlet-container.js';
import { hashSecret } from '../store/secret-hash.js';
import type { JsonObject } from '../../body.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from '../oauth/token-check.js';

/** A request to change clients. */
export interface ClientChange {
  readonly request: SandboxRequest;
  readonly state: State;
  readonly caller: CheckedToken;
}

const maxIdLength = 255;

/** @throws ErrorResponse 404 without a body if the client does not exist. */
export function findClient({ clients }: State, id: string): Client {
  const client = clients.get(id);
  if (!client) throw clientNotFoundError();
  return client;
}

/** @throws ErrorResponse 400 if the client is invalid, or 409 if the id is taken. */
export function createClient(change: ClientChange, body: JsonObject): Client {
  const { request, state, caller } = change;
  const input = parseClient(request, body);
  const validated = validateClient(input, { mode: 'create', caller });
  if (input.id === undefined || input.id.length > maxIdLength) throw containerError(request, 500);
  if (state.clients.get(validated.id)) {
    throw invalidClientError(`Client already exists: ${validated.id}`, 409);
  }
  const client = {
    ...toStoredFields(change, validated),
    id: validated.id,
    secretHashes: validated.secret === undefined ? [] : [hashSecret(validated.secret)],
    home: { createdBy: caller.user?.id, isShown: true },
  };
  state.clients.put(client);
  return client;
}

/**
 * Updates the fields of a client that are in the body.
 *
 * As on the real server, the body replaces the whole client if an unknown field is null.
 */
export function mergeClient(change: ClientChange, id: string, body: JsonObject): Client {
  const input = parseClient(change.request, body);
  const storedClient = change.state.clients.get(id);
  const isReplacement = Object.values(input.information).includes(null);
  return updateClient(
    change,
    id,
    storedClient && !isReplacement ? mergeWithStored(input, storedClient) : input,
  );
}

/** Replaces a client except its secrets. */
export function replaceClient(change: ClientChange, body: JsonObject): Client {
  const input = parseClient(change.request, body);
  const id = input.id ?? '';
  findClient(change.state, id);
  return updateClient(change, id, input);
}

/** Deletes a client, its tokens, and the users' decisions about its scopes. */
export function deleteClient({ clients, tokens, approvals }: State, id: string): void {
  clients.delete(id);
  tokens.deleteByOwner({ clientId: id });
  approvals.deleteByClient(id);
}

function updateClient(change: ClientChange, id: string, input: ClientInput): Client {
  const { state, caller } = change;
  const validated = validateClient({ ...input, id }, { mode: 'modify', caller });
  const client = { ...findClient(state, id), ...toStoredFields(change, validated) };
  state.clients.put(client);
  return client;
}

function mergeWithStored(input: ClientInput, storedClient: Client): ClientInput {
  const selectList = (list: readonly string[], storedList: readonly string[]) =>
    list.length > 0 ? list : storedList;
  return {
    ...input,
    grants: selectList(input.grants, storedClient.grants),
    scopes: selectList(input.scopes, storedClient.scopes),
    authorities: selectList(input.authorities, storedClient.authorities),
    redirectUris: selectList(input.redirectUris, storedClient.redirectUris),
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

/** Converts a validated client to the fields that are stored. */
function toStoredFields({ request, state }: ClientChange, validated: ClientInput) {
  const { required_user_groups: groups, ...information } = validated.information;
  return {
    grants: validated.grants,
    scopes: normalizeEmptyList(validated.scopes),
    authorities: normalizeEmptyList(validated.authorities),
    redirectUris: normalizeEmptyList(validated.redirectUris),
    autoapprove: resolveAutoapprove(validated),
    accessSeconds: validated.accessSeconds,
    refreshSeconds: validated.refreshSeconds,
    requiredUserGroups: parseUserGroups(request, groups),
    information,
    modifiedAt: state.now(),
  };
}

/** Like the real server, stores a list that contains only an empty string as an empty list. */
function normalizeEmptyList(words: readonly string[]): readonly string[] {
  return words.join(',') === '' ? [] : words;
}

/** Resolves patterns to the client's scopes that they match. */
function resolveAutoapprove({ scopes, autoapprove = [] }: ClientInput): readonly string[] {
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

/** Parses the only field outside the schema whose type the real server checks. */
function parseUserGroups(request: SandboxRequest, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  throw containerError(request, 500);
}

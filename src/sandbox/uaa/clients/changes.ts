import type { SandboxRequest } from '../../router.js';
import { clientFromJson, type ClientInput } from './json.js';
import { validClient, invalidClient, noSuchClient } from './rules.js';
import type { Client } from '../store/clients.js';
import { containerError } from '../container.js';
import { hashSecret } from '../store/secret-hash.js';
import type { JsonObject } from '../../body.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from '../oauth/token-check.js';

/** A request that changes clients. */
export interface ClientWork {
  readonly request: SandboxRequest;
  readonly state: State;
  readonly caller: CheckedToken;
}

const maxIdLength = 255;

/** @throws ErrorResponse 404 without details. */
export function findClient({ clients }: State, id: string): Client {
  const client = clients.get(id);
  if (!client) throw noSuchClient();
  return client;
}

/** @throws ErrorResponse 400 for an invalid client, 409 for an existing id. */
export function createClient(work: ClientWork, body: JsonObject): Client {
  const { request, state, caller } = work;
  const input = clientFromJson(request, body);
  const valid = validClient(input, { mode: 'create', caller });
  if (input.id === undefined || input.id.length > maxIdLength) throw containerError(request, 500);
  if (state.clients.get(valid.id)) {
    throw invalidClient(`Client already exists: ${valid.id}`, 409);
  }
  const client = {
    ...settings(work, valid),
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
export function mergeClient(work: ClientWork, id: string, body: JsonObject): Client {
  const input = clientFromJson(work.request, body);
  const before = work.state.clients.get(id);
  const isReplacement = Object.values(input.information).includes(null);
  return changed(work, id, before && !isReplacement ? merged(input, before) : input);
}

/** Replaces everything except the secrets of a client. */
export function replaceClient(work: ClientWork, body: JsonObject): Client {
  const input = clientFromJson(work.request, body);
  const id = input.id ?? '';
  findClient(work.state, id);
  return changed(work, id, input);
}

/** Deletes a client, its tokens and the decisions of users about it. */
export function removeClient({ clients, tokens, approvals }: State, id: string): void {
  clients.delete(id);
  tokens.deleteOfOwner({ clientId: id });
  approvals.removeClient(id);
}

function changed(work: ClientWork, id: string, input: ClientInput): Client {
  const { state, caller } = work;
  const valid = validClient({ ...input, id }, { mode: 'modify', caller });
  const client = { ...findClient(state, id), ...settings(work, valid) };
  state.clients.put(client);
  return client;
}

function merged(input: ClientInput, before: Client): ClientInput {
  const orBefore = (list: readonly string[], old: readonly string[]) =>
    list.length > 0 ? list : old;
  return {
    ...input,
    grants: orBefore(input.grants, before.grants),
    scopes: orBefore(input.scopes, before.scopes),
    authorities: orBefore(input.authorities, before.authorities),
    redirectUris: orBefore(input.redirectUris, before.redirectUris),
    autoapprove: input.autoapprove ?? before.autoapprove,
    accessSeconds: input.accessSeconds ?? before.accessSeconds,
    refreshSeconds: input.refreshSeconds ?? before.refreshSeconds,
    information: {
      ...before.information,
      required_user_groups: before.requiredUserGroups,
      ...input.information,
    },
  };
}

/** The members of a valid client that are stored. */
function settings({ request, state }: ClientWork, valid: ClientInput) {
  const { required_user_groups: groups, ...information } = valid.information;
  return {
    grants: valid.grants,
    scopes: stored(valid.scopes),
    authorities: stored(valid.authorities),
    redirectUris: stored(valid.redirectUris),
    autoapprove: approved(valid),
    accessSeconds: valid.accessSeconds,
    refreshSeconds: valid.refreshSeconds,
    requiredUserGroups: userGroups(request, groups),
    information,
    modifiedAt: state.now(),
  };
}

/** A list of one empty word is stored as an empty list. */
function stored(words: readonly string[]): readonly string[] {
  return words.join(',') === '' ? [] : words;
}

/** Patterns that match none of the client's scopes are dropped. */
function approved({ scopes, autoapprove = [] }: ClientInput): readonly string[] {
  if (autoapprove.includes('true')) return ['true'];
  return scopes.filter((scope) => autoapprove.some((pattern) => matches(pattern, scope)));
}

function matches(pattern: string, scope: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(scope);
  } catch {
    return pattern === scope;
  }
}

/** The only member outside the schema whose type the real server checks. */
function userGroups(request: SandboxRequest, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  throw containerError(request, 500);
}

import type { SandboxRequest } from '../../router.js';
import type { Client } from '../store/clients.js';
import { containerError } from '../container-error.js';
import type { JsonObject } from '../scim/body.js';
import { isObject } from '../scim/body.js';

/** What a body says of a client. A list that is absent and one that is empty say the same. */
export interface ClientInput {
  readonly id?: string | undefined;
  readonly secret?: string | undefined;
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
  readonly authorities: readonly string[];
  readonly redirectUris: readonly string[];
  /** Patterns of scopes; absent: nothing is said, empty: none. */
  readonly autoapprove?: readonly string[] | undefined;
  readonly accessSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
  /** Every other member as it came; `null` is one of the values it may have. */
  readonly information: JsonObject;
}

/**
 * The JSON in the body of a request about clients.
 *
 * @throws ErrorResponse 415 for another content type, 400 for what is no JSON, both without a word.
 */
function clientBody(request: SandboxRequest): unknown {
  if (!/^application\/(.+\+)?json\b/i.test(request.headers['content-type'] ?? '')) {
    throw containerError(request, 415);
  }
  try {
    return JSON.parse(request.body);
  } catch {
    throw containerError(request, 400);
  }
}

/** @throws ErrorResponse as `clientBody`, and 400 for what is no object. */
export function clientObject(request: SandboxRequest): JsonObject {
  const body = clientBody(request);
  if (isObject(body)) return body;
  throw containerError(request, 400);
}

/** @throws ErrorResponse as `clientBody`, and 400 for what is no list of objects. */
export function clientObjects(request: SandboxRequest): readonly JsonObject[] {
  const body = clientBody(request);
  if (Array.isArray(body) && body.every(isObject)) return body;
  throw containerError(request, 400);
}

/** @throws ErrorResponse 400 without a word for a member of the wrong type. */
export function clientFromJson(request: SandboxRequest, body: JsonObject): ClientInput {
  const {
    client_id: id,
    client_secret: secret,
    authorized_grant_types: grants,
    scope,
    authorities,
    redirect_uri: redirectUris,
    autoapprove,
    access_token_validity: accessSeconds,
    refresh_token_validity: refreshSeconds,
    ...others
  } = body;
  try {
    return {
      id: text(id),
      secret: text(secret),
      grants: list(notNull(grants)),
      scopes: list(scope),
      authorities: list(notNull(authorities)),
      redirectUris: list(redirectUris),
      autoapprove: approvals(notNull(autoapprove)),
      accessSeconds: seconds(accessSeconds),
      refreshSeconds: seconds(refreshSeconds),
      information: without(others, ['resource_ids', 'lastModified']),
    };
  } catch (error) {
    throw error instanceof WrongType ? containerError(request, 400) : error;
  }
}

/** A client as the routes for one client show it. */
export function clientToJson(client: Client): JsonObject {
  return { ...listedClientToJson(client), required_user_groups: client.requiredUserGroups };
}

/** A client as the list shows it. */
export function listedClientToJson(client: Client): JsonObject {
  const { redirectUris, accessSeconds, refreshSeconds } = client;
  return {
    scope: client.scopes,
    client_id: client.id,
    resource_ids: ['none'],
    authorized_grant_types: client.grants,
    ...(redirectUris.length > 0 && { redirect_uri: redirectUris }),
    autoapprove: client.autoapprove,
    ...(accessSeconds !== undefined && { access_token_validity: accessSeconds }),
    ...(refreshSeconds !== undefined && { refresh_token_validity: refreshSeconds }),
    authorities: client.authorities,
    ...client.information,
    lastModified: client.modifiedAt,
  };
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

class WrongType extends Error {}

function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isScalar(value)) return String(value);
  throw new WrongType();
}

/** An array, or one text with blanks and commas in it. */
function list(value: unknown): readonly string[] {
  if (value === undefined || value === null || value === '') return [];
  const words = Array.isArray(value) ? value : String(text(value)).split(/[\s,]/);
  if (!words.every(isScalar)) throw new WrongType();
  return stored(words.map(String));
}

/** A list goes into its column with commas between its words, so a word with a comma is two. */
function stored(words: readonly string[]): readonly string[] {
  return words.length === 0 ? [] : [...new Set(words.join(',').split(','))];
}

function approvals(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return list(value).filter((word) => word !== 'false');
}

function seconds(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = Math.trunc(Number(value));
  if (isScalar(value) && Math.abs(number) < 2 ** 31) return number;
  throw new WrongType();
}

function notNull(value: unknown): unknown {
  if (value === null) throw new WrongType();
  return value;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

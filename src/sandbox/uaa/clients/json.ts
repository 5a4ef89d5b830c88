import * as v from 'valibot';
import { validate, isObject, parseJson, omitMembers, type JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { containerError } from '../servlet-container.js';
import type { Client } from '../store/clients.js';

/** A client in a request. An empty list has the same meaning as no list. */
export interface ClientInput {
  readonly id?: string | undefined;
  readonly secret?: string | undefined;
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
  readonly authorities: readonly string[];
  readonly redirectUris: readonly string[];
  /**
   * Patterns of scopes. Undefined if the request does not contain the field, empty if it approves no
   * scope.
   */
  readonly autoapprove?: readonly string[] | undefined;
  readonly accessSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
  /** All other fields, unchanged. Values can be null. */
  readonly information: JsonObject;
}

/** @throws ErrorResponse 415 if the content type is not JSON, or 400 if the body is not an object. */
export function readClientBody(request: SandboxRequest): JsonObject {
  const body = readBody(request);
  if (isObject(body)) return body;
  throw containerError(request, 400);
}

/** @throws ErrorResponse 415 if the content type is not JSON, or 400 if it is not a list of objects. */
export function readClientBodies(request: SandboxRequest): readonly JsonObject[] {
  const body = readBody(request);
  if (Array.isArray(body) && body.every(isObject)) return body;
  throw containerError(request, 400);
}

function readBody({ headers, body, ...request }: SandboxRequest): unknown {
  const isJson = /^application\/(.+\+)?json\b/i.test(headers['content-type'] ?? '');
  if (!isJson) throw containerError({ headers, body, ...request }, 415);
  return parseJson(body);
}

const scalar = v.union([v.string(), v.number(), v.boolean()]);
const text = v.nullish(v.pipe(scalar, v.transform(String)));

/** An array, or a string that is separated by whitespace or commas. */
const wordList = v.pipe(
  v.union([v.array(scalar), scalar]),
  v.transform((value) => {
    const list = Array.isArray(value) ? value.map(String) : String(value).split(/[\s,]/);
    // The server stores a comma-separated list, so a word that contains a comma becomes two.
    return list.length === 0 || value === '' ? [] : [...new Set(list.join().split(','))];
  }),
);

const seconds = v.nullish(
  v.pipe(
    scalar,
    v.transform((value) => (value === '' ? undefined : Math.trunc(Number(value)))),
    v.check((number) => number === undefined || Math.abs(number) < 2 ** 31),
  ),
);

const clientSchema = v.looseObject({
  client_id: text,
  client_secret: text,
  authorized_grant_types: v.optional(wordList),
  scope: v.nullish(wordList),
  authorities: v.optional(wordList),
  redirect_uri: v.nullish(wordList),
  autoapprove: v.optional(wordList),
  access_token_validity: seconds,
  refresh_token_validity: seconds,
});

/** @throws ErrorResponse 400 without details if a field has the wrong type. */
export function parseClient(request: SandboxRequest, body: JsonObject): ClientInput {
  const {
    client_id: id,
    client_secret: secret,
    authorized_grant_types: grants = [],
    scope,
    authorities = [],
    redirect_uri: redirectUris,
    autoapprove,
    access_token_validity: accessSeconds,
    refresh_token_validity: refreshSeconds,
    ...otherFields
  } = validate(clientSchema, body, () => containerError(request, 400));
  return {
    id: id ?? undefined,
    secret: secret ?? undefined,
    grants,
    scopes: scope ?? [],
    authorities,
    redirectUris: redirectUris ?? [],
    autoapprove: autoapprove?.filter((word) => word !== 'false'),
    accessSeconds: accessSeconds ?? undefined,
    refreshSeconds: refreshSeconds ?? undefined,
    information: omitMembers(otherFields, ['resource_ids', 'lastModified']),
  };
}

/** Converts a client for a route that returns one client. */
export function clientToJson(client: Client): JsonObject {
  return { ...listedClientToJson(client), required_user_groups: client.requiredUserGroups };
}

/** Converts a client for the list of clients, which omits `required_user_groups`. */
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

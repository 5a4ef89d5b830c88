import { statusError } from '../errors.js';
import * as v from 'valibot';
import { validate, type JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import type { Client } from '../store/clients.js';

/** A client in a request. Most lists have the same meaning if they are empty or missing. */
export interface ClientInput {
  readonly id?: string | undefined;
  readonly secret?: string | undefined;
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
  readonly authorities: readonly string[];
  readonly resourceIds: readonly string[];
  readonly redirectUris?: readonly string[] | undefined;
  /**
   * Regular expressions for scopes; a null among them is invalid. Undefined if the request does not
   * contain the field, empty if no scope is approved automatically.
   */
  readonly autoapprove?: readonly (string | null)[] | undefined;
  readonly accessSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
  /** All other fields, unchanged. Values can be null. */
  readonly information: JsonObject;
}

const scalar = v.union([v.string(), v.number(), v.boolean()]);

/** A string. Numbers and booleans are converted to strings. */
export const scalarText = v.nullish(v.pipe(scalar, v.transform(String)));

/**
 * An array, or a string of words that are separated by commas or whitespace. The words of an array
 * are returned in the order of the real server's hash set.
 */
const nullableWords = v.pipe(
  v.union([v.array(v.nullable(scalar)), scalar]),
  v.transform((value): readonly (string | null)[] => {
    if (!Array.isArray(value)) return [...new Set(splitText(String(value)))];
    const words = [...new Set(value.filter((word) => word !== null).map(String))];
    return value.includes(null) ? [null, ...words] : words;
  }),
);

const words = v.pipe(
  nullableWords,
  v.transform((list) => list.map(String)),
);

function splitText(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/[ \t\n\v\f\r]+/g, ',').split(',');
}

const authorities = v.pipe(
  nullableWords,
  v.check((list) => list.every((word) => word !== null && word.trim() !== '')),
  v.transform((list) => list.map(String)),
);

/** A number, whose fraction is ignored, or a string of digits. An empty string means null. */
const seconds = v.nullish(
  v.pipe(
    v.union([
      v.number(),
      v.pipe(v.string(), v.trim(), v.regex(/^([+-]?\d+|null|)$/), v.transform(parseSeconds)),
    ]),
    v.transform((number) => (number === undefined ? undefined : Math.trunc(number))),
    v.check((number) => number === undefined || (number >= -(2 ** 31) && number < 2 ** 31)),
  ),
);

function parseSeconds(text: string): number | undefined {
  return text === '' || text === 'null' ? undefined : Number(text);
}

const clientSchema = v.looseObject({
  client_id: scalarText,
  client_secret: scalarText,
  authorized_grant_types: v.optional(words),
  scope: v.nullish(words),
  authorities: v.optional(authorities),
  resource_ids: v.nullish(words),
  redirect_uri: v.nullish(words),
  autoapprove: v.optional(nullableWords),
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
    authorities: authorityList = [],
    resource_ids: resourceIds,
    redirect_uri: redirectUris,
    autoapprove,
    access_token_validity: accessSeconds,
    refresh_token_validity: refreshSeconds,
    ...information
  } = validate(clientSchema, body, () => statusError(request, 400));
  return {
    id: id ?? undefined,
    secret: secret ?? undefined,
    grants,
    scopes: scope ?? [],
    authorities: authorityList,
    resourceIds: resourceIds ?? [],
    redirectUris: redirectUris ?? undefined,
    autoapprove,
    accessSeconds: accessSeconds ?? undefined,
    refreshSeconds: refreshSeconds ?? undefined,
    information,
  };
}

/** Formats the client in a request for a response that repeats it. The secret is omitted. */
export function inputToJson(input: ClientInput): JsonObject {
  const { id, redirectUris, autoapprove, accessSeconds, refreshSeconds } = input;
  return {
    scope: input.scopes,
    ...(id !== undefined && { client_id: id }),
    resource_ids: input.resourceIds,
    authorized_grant_types: input.grants,
    ...(redirectUris !== undefined && { redirect_uri: redirectUris }),
    ...(autoapprove !== undefined && { autoapprove }),
    ...(accessSeconds !== undefined && { access_token_validity: accessSeconds }),
    ...(refreshSeconds !== undefined && { refresh_token_validity: refreshSeconds }),
    authorities: input.authorities,
    ...input.information,
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

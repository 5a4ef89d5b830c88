import * as v from 'valibot';
import { omitMembers, validate, type JsonObject } from '../json.js';
import type { SandboxRequest } from '../router.js';
import type { Behaviour } from './uaa-releases.js';
import { statusError } from './errors.js';
import { findScopesToConsent } from './oauth/scopes.js';
import { scalar } from './requests.js';
import type { Client } from './store/identities.js';

export interface ClientInput extends Pick<
  Client,
  | 'grants'
  | 'scopes'
  | 'authorities'
  | 'redirectUris'
  | 'accessSeconds'
  | 'refreshSeconds'
  | 'information'
> {
  /** Empty if the request does not contain an ID. */
  readonly id: string;
  readonly secret: string | undefined;
  /** Keys for a new client. An update ignores them. */
  readonly trust: { readonly jwks?: unknown; readonly jwks_uri?: unknown };
  /** Undefined if the request does not contain the field. */
  readonly autoapprove: readonly string[] | undefined;
  readonly requiredUserGroups: readonly string[] | undefined;
  /**
   * Whether an update resets the fields that the request does not contain. The real server does this
   * if a field without a fixed type, e.g. `name`, is null.
   */
  readonly resetsMissingFields: boolean;
}

/** An array, or a string of words that are separated by commas or whitespace. */
const words = v.pipe(
  v.union([v.array(scalar), scalar]),
  v.transform((value) => [...new Set(typeof value === 'string' ? value.split(/[\s,]+/) : value)]),
  v.transform((list): readonly string[] => list.filter((word) => word !== '')),
);

/** A 32-bit number, or a string that contains one. An empty string counts as missing. */
const seconds = v.nullish(
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.trim(), v.regex(/^(-?\d+)?$/))]),
    v.transform((value) => (value === '' ? undefined : Math.trunc(Number(value)))),
    v.check((value) => value === undefined || Math.abs(value) < 2 ** 31),
  ),
);

const clientSchema = v.looseObject({
  client_id: v.nullish(scalar, ''),
  client_secret: v.nullish(scalar),
  authorized_grant_types: v.optional(words, []),
  scope: v.nullish(words, []),
  authorities: v.optional(words, []),
  redirect_uri: v.nullish(words, []),
  autoapprove: v.optional(words),
  access_token_validity: seconds,
  refresh_token_validity: seconds,
  required_user_groups: v.nullish(v.array(v.string())),
});

/** @throws ErrorResponse 400 without a description if a field has the wrong type. */
export function parseClient(
  request: SandboxRequest,
  body: unknown,
  { hasClientJwtKeys }: Behaviour,
): ClientInput {
  const { required_user_groups: groups, ...client } = validate(clientSchema, body, () =>
    statusError(request, 400),
  );
  const information = omitMembers(client, [
    ...Object.keys(clientSchema.entries),
    'resource_ids',
    'lastModified',
    ...(hasClientJwtKeys ? ['jwks', 'jwks_uri'] : []),
  ]);
  return {
    id: client.client_id,
    secret: client.client_secret ?? undefined,
    grants: client.authorized_grant_types,
    scopes: client.scope,
    authorities: client.authorities,
    redirectUris: client.redirect_uri,
    autoapprove: client.autoapprove,
    accessSeconds: client.access_token_validity ?? undefined,
    refreshSeconds: client.refresh_token_validity ?? undefined,
    requiredUserGroups: groups ?? undefined,
    trust: hasClientJwtKeys ? { jwks: client['jwks'], jwks_uri: client['jwks_uri'] } : {},
    information,
    resetsMissingFields: groups === null || Object.values(information).includes(null),
  };
}

/** Copies stored fields that are missing in an update. An empty list counts as missing. */
export function mergeClient(input: ClientInput, stored: Client): ClientInput {
  if (input.resetsMissingFields) return input;
  const select = (list: readonly string[], storedList: readonly string[]) =>
    list.length > 0 ? list : storedList;
  return {
    ...input,
    grants: select(input.grants, stored.grants),
    scopes: select(input.scopes, stored.scopes),
    authorities: select(input.authorities, stored.authorities),
    redirectUris: select(input.redirectUris, stored.redirectUris),
    autoapprove: input.autoapprove ?? stored.autoapprove,
    accessSeconds: input.accessSeconds ?? stored.accessSeconds,
    refreshSeconds: input.refreshSeconds ?? stored.refreshSeconds,
    requiredUserGroups: input.requiredUserGroups ?? stored.requiredUserGroups,
    information: { ...stored.information, ...input.information },
  };
}

/** Returns the fields to store, except for the secret. */
export function toClientFields(input: ClientInput) {
  const { autoapprove = [], scopes } = input;
  const unapproved = findScopesToConsent({ autoapprove }, scopes);
  const approvedScopes = scopes.filter((scope) => !unapproved.includes(scope));
  return {
    id: input.id,
    grants: input.grants,
    scopes,
    authorities: input.authorities,
    redirectUris: input.redirectUris,
    autoapprove: autoapprove.includes('true') ? ['true'] : approvedScopes,
    accessSeconds: input.accessSeconds,
    refreshSeconds: input.refreshSeconds,
    requiredUserGroups: input.requiredUserGroups ?? [],
    information: input.information,
  };
}

/** Formats a client for a response with a single client. */
export function clientToJson(client: Client): JsonObject {
  return { ...listedClientToJson(client), required_user_groups: client.requiredUserGroups };
}

/** Formats a client for the list of clients, which omits `required_user_groups`. */
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

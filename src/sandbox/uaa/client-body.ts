import * as v from 'valibot';
import { omitMembers, validate, type JsonObject } from '../body.js';
import type { SandboxRequest } from '../router.js';
import type { Behaviour } from './behaviour.js';
import { oauthError, statusError } from './errors.js';
import { findScopesToConsent } from './oauth/scopes.js';
import type { CheckedToken } from './oauth/token-check.js';
import { jwtBearerGrant } from './oauth/user-login.js';
import type { Client } from './store/identities.js';

/** A client in a request. */
export interface ClientInput extends Pick<
  Client,
  | 'grants'
  | 'scopes'
  | 'authorities'
  | 'redirectUris'
  | 'accessSeconds'
  | 'updateSeconds'
  | 'information'
> {
  /** Empty if the request does not contain an id. */
  readonly id: string;
  readonly secret: string | undefined;
  /** Undefined if the request does not contain the field. */
  readonly autoapprove: readonly string[] | undefined;
  readonly requiredUserGroups: readonly string[] | undefined;
  /**
   * Whether an update resets the fields that the request does not contain. The real server does this
   * if one of the fields without a type, for example `name`, is null.
   */
  readonly resetsOthers: boolean;
}

/** A string. Numbers and booleans are converted to strings. */
export const scalar = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

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
    ...['resource_ids', 'lastModified'],
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
    updateSeconds: client.refresh_token_validity ?? undefined,
    requiredUserGroups: groups ?? undefined,
    information,
    resetsOthers: groups === null || Object.values(information).includes(null),
  };
}

/** Fills in the fields that an update does not contain. An empty list counts as missing. */
export function mergeClient(input: ClientInput, stored: Client): ClientInput {
  if (input.resetsOthers) return input;
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
    updateSeconds: input.updateSeconds ?? stored.updateSeconds,
    requiredUserGroups: input.requiredUserGroups ?? stored.requiredUserGroups,
    information: { ...stored.information, ...input.information },
  };
}

/** Converts a client to the fields that are stored, except for its secret. */
export function toClientFields(input: ClientInput) {
  const { autoapprove = [], scopes } = input;
  const unapproved = findScopesToConsent({ autoapprove }, scopes);
  const approved = scopes.filter((scope) => !unapproved.includes(scope));
  return {
    id: input.id,
    grants: input.grants,
    scopes,
    authorities: input.authorities,
    redirectUris: input.redirectUris,
    autoapprove: autoapprove.includes('true') ? ['true'] : approved,
    accessSeconds: input.accessSeconds,
    updateSeconds: input.updateSeconds,
    requiredUserGroups: input.requiredUserGroups ?? [],
    information: input.information,
  };
}

/** Formats a client for a response that contains one client. */
export function clientToJson(client: Client): JsonObject {
  return { ...listedClientToJson(client), required_user_groups: client.requiredUserGroups };
}

/** Converts a client for the list of clients, which omits `required_user_groups`. */
export function listedClientToJson(client: Client): JsonObject {
  const { redirectUris, accessSeconds, updateSeconds } = client;
  return {
    scope: client.scopes,
    client_id: client.id,
    resource_ids: ['none'],
    authorized_grant_types: client.grants,
    ...(redirectUris.length > 0 && { redirect_uri: redirectUris }),
    autoapprove: client.autoapprove,
    ...(accessSeconds !== undefined && { access_token_validity: accessSeconds }),
    ...(updateSeconds !== undefined && { refresh_token_validity: updateSeconds }),
    authorities: client.authorities,
    ...client.information,
    lastModified: client.modifiedAt,
  };
}

const grantTypes = [
  ...['implicit', 'refresh_token', 'urn:ietf:params:oauth:grant-type:saml2-bearer', 'password'],
  ...['client_credentials', 'authorization_code', 'user_token', jwtBearerGrant],
];
const grantChoice = `Must be one of: [${grantTypes.join(', ')}]`;
const redirectGrants = ['authorization_code', 'implicit'];

interface Validation {
  readonly isNew: boolean;
  readonly caller: CheckedToken;
  readonly behaviour: Behaviour;
}

/**
 * Validates a client and adds defaults.
 *
 * @throws ErrorResponse 400 `invalid_client`.
 * @see UAA 77 `ClientAdminEndpointsValidator`
 */
export function validateClient(
  input: ClientInput,
  { isNew, caller, behaviour }: Validation,
): ClientInput {
  const { clientRules } = behaviour;
  if (isNew) checkId(input.id, behaviour);
  checkRedirects(input, behaviour);
  checkGrants(input.grants);
  const isRefreshAdded = ['authorization_code', 'password'].some((grant) =>
    input.grants.includes(grant),
  );
  const grants = [...new Set([...input.grants, ...(isRefreshAdded ? ['refresh_token'] : [])])];
  const hasSecret = input.secret !== undefined && input.secret.trim() !== '';
  if (grants.includes(jwtBearerGrant) && input.scopes.length === 0) {
    throw invalidClientError(`Scope cannot be empty for grant_type ${jwtBearerGrant}`);
  }
  if (grants.includes(jwtBearerGrant) && isNew && !hasSecret) {
    throw invalidClientError(`Client secret is required for grant type ${jwtBearerGrant}`);
  }
  if (!isAdmin(caller)) checkLimits({ ...input, grants }, caller, behaviour);
  if (grants.includes('implicit') && hasSecret) {
    throw invalidClientError('Implicit grant should not have a client_secret');
  }
  const grantsWithSecret = clientRules.grantsWithSecret.filter((grant) => grants.includes(grant));
  if (isNew && !hasSecret && grantsWithSecret.length > 0) {
    const types = clientRules.grantsWithSecret.join(' and ');
    const noun = clientRules.grantsWithSecret.length > 1 ? 'types' : 'type';
    throw invalidClientError(`Client secret is required for ${types} grant ${noun}`);
  }
  if (isNew) checkSecretLength(input.secret);
  return {
    ...input,
    grants,
    scopes: input.scopes.length === 0 ? ['uaa.none'] : input.scopes,
    authorities: input.authorities.length === 0 ? ['uaa.none'] : input.authorities,
  };
}

const maxSecretLength = 255;

/** @throws ErrorResponse 400 `invalid_client`. */
export function checkSecretLength(secret = ''): void {
  if (secret.length <= maxSecretLength) return;
  const limit = String(maxSecretLength);
  throw invalidClientError(`Client Secret must be no more than ${limit} characters in length.`);
}

/** Whether the caller may assign any grant type, scope and authority, and change any secret. */
export function isAdmin({ scope }: CheckedToken): boolean {
  return ['uaa.admin', 'zones.uaa.admin', 'clients.admin'].some((name) => scope.includes(name));
}

function checkId(id: string, { clientRules }: Behaviour): void {
  if (id === 'uaa') throw invalidClientError('Not allowed: uaa is a reserved client_id');
  if (!clientRules.allowsSlashInId && /[\\/]/.test(id)) {
    throw invalidClientError(`Not allowed characters: ${id} must not contain any of [\\, /]`);
  }
}

function checkGrants(grants: readonly string[]): void {
  if (grants.length === 0) {
    throw invalidClientError(`An authorized grant type must be provided. ${grantChoice}`);
  }
  const unknown = grants.find((grant) => !grantTypes.includes(grant));
  if (unknown !== undefined) {
    throw invalidClientError(`${unknown} is not an allowed grant type. ${grantChoice}`);
  }
}

/** Scheme, optional user and password, host (labels can be `*`), optional port and path. */
const redirectPattern =
  /^[a-z][a-z0-9+*.-]*:\/\/(?:.*:.*@)?(?:(?:[a-z0-9*_-]+\.)*[a-z0-9_-]+\.)?[a-z0-9-]+(?::\d+)?(?:\/.*)?$/i;

function checkRedirects({ grants, redirectUris }: ClientInput, { clientRules }: Behaviour): void {
  const grant = redirectGrants.find((type) => grants.includes(type));
  if (grant === undefined) return;
  if (redirectUris.length === 0) {
    throw invalidClientError(`${grant} grant type requires at least one redirect URL.`);
  }
  const invalid = redirectUris.find((uri) => {
    const example = clientRules.allowsAnyPort ? uri.replace(':*', ':1') : uri;
    return !redirectPattern.test(example) || uri.includes(',');
  });
  if (invalid !== undefined) {
    throw invalidClientError(`One of the redirect_uri is invalid: ${invalid}`);
  }
}

/** Rejects grants, scopes and authorities that only an administrator can assign. */
function checkLimits(
  { id, grants, scopes, authorities }: ClientInput,
  { client }: CheckedToken,
  { clientRules }: Behaviour,
): void {
  if (grants.includes('password')) {
    throw invalidClientError('password is not an allowed grant type for non-admin caller.');
  }
  if (redirectGrants.every((grant) => grants.includes(grant))) {
    throw invalidClientError(
      'Not allowed: implicit grant type is not allowed together with authorization_code',
    );
  }
  const prefixes = [`${client.id}.`, ...(clientRules.allowsOwnScopes ? [`${id}.`] : [])];
  const scope = scopes.find(
    (name) => !client.scopes.includes(name) && !prefixes.some((prefix) => name.startsWith(prefix)),
  );
  if (scope !== undefined) {
    throw invalidClientError(
      `${scope} is not an allowed scope for caller=${client.id}. Must have prefix in ` +
        `[${prefixes.join(',')}] or be one of: [${client.scopes.join(', ')}]`,
    );
  }
  const allowed = grants.includes('client_credentials')
    ? ['uaa.resource', 'uaa.none']
    : ['uaa.none'];
  const authority = authorities.find((name) => !allowed.includes(name));
  if (authority !== undefined) {
    throw invalidClientError(
      `${authority} is not an allowed authority for caller=${client.id}. ` +
        `Must be one of: [${allowed.join(', ')}]`,
    );
  }
}

export function invalidClientError(description: string, status = 400) {
  return oauthError(status, 'invalid_client', description);
}

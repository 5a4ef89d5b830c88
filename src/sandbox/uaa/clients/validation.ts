import type { ClientInput } from './json.js';
import type { CheckedToken } from '../oauth/token-check.js';
import { ErrorResponse, json, empty } from '../../router.js';

export interface ValidationOptions {
  readonly mode: 'create' | 'modify';
  readonly caller: CheckedToken;
}

const grantTypes = [
  'implicit',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'password',
  'client_credentials',
  'authorization_code',
  'user_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
];
const grantChoice = `Must be one of: [${grantTypes.join(', ')}]`;
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const redirectGrants = ['authorization_code', 'implicit'];
const grantsWithSecret = ['client_credentials', 'authorization_code'];

/**
 * Validates a client and adds defaults. Checks are in the same order as on the real server, because
 * the first error is returned.
 *
 * @throws ErrorResponse 400 `invalid_client`.
 * @see UAA 4.30.0 `ClientAdminEndpointsValidator`
 */
export function validateClient(
  input: ClientInput,
  { mode, caller }: ValidationOptions,
): ClientInput {
  const { id, secret = '' } = input;
  const isNew = mode === 'create';
  if (isNew && id === 'uaa') throw invalidClientError('Not allowed: uaa is a reserved client_id');
  checkRedirects(input);
  const grants = validateGrants(input.grants);
  if (grants.includes(jwtBearer)) checkJwtBearer(input, isNew);
  if (!isAdmin(caller)) checkNonAdminLimits({ ...input, grants }, caller);
  if (grants.includes('implicit') && secret.trim() !== '') {
    throw invalidClientError('Implicit grant should not have a client_secret');
  }
  if (isNew && grants.some((grant) => grantsWithSecret.includes(grant))) {
    if (secret.trim() === '') {
      throw invalidClientError(
        'Client secret is required for client_credentials and authorization_code grant types',
      );
    }
    checkSecret(secret);
  }
  return {
    ...input,
    grants,
    scopes: defaultToNone(input.scopes),
    authorities: defaultToNone(input.authorities),
    resourceIds: ['none'],
  };
}

const maxSecretLength = 255;

/**
 * Checks a secret against UAA's default policy: 1 to 255 characters.
 *
 * @throws ErrorResponse 400 `invalid_client`.
 */
export function checkSecret(secret: string | null | undefined): asserts secret is string {
  if (secret === undefined || secret === null) {
    throw invalidClientError('Client Secret cannot be null.');
  }
  if (secret === '') {
    throw invalidClientError('Client Secret must be at least 1 characters in length.');
  }
  if (secret.length > maxSecretLength) {
    throw invalidClientError(
      `Client Secret must be no more than ${String(maxSecretLength)} characters in length.`,
    );
  }
}

/** Whether the caller may assign any grant type, scope and authority, and change any secret. */
export function isAdmin({ scope }: CheckedToken): boolean {
  return ['uaa.admin', 'zones.uaa.admin', 'clients.admin'].some((name) => scope.includes(name));
}

function validateGrants(grants: readonly string[]): readonly string[] {
  if (grants.length === 0) {
    throw invalidClientError(`An authorized grant type must be provided. ${grantChoice}`);
  }
  checkGrants(grants);
  const isRefreshAdded = grants.includes('authorization_code') || grants.includes('password');
  return isRefreshAdded ? [...new Set([...grants, 'refresh_token'])] : grants;
}

/** @throws ErrorResponse 400 `invalid_client` for an unknown grant. */
export function checkGrants(grants: readonly string[]): void {
  const unknown = grants.find((grant) => !grantTypes.includes(grant));
  if (unknown === undefined) return;
  throw invalidClientError(`${unknown} is not an allowed grant type. ${grantChoice}`);
}

/** Rejects grants, scopes and authorities that only an administrator can assign. */
function checkNonAdminLimits(
  { id, grants, scopes, authorities }: ClientInput,
  { client }: CheckedToken,
): void {
  if (grants.includes('password')) {
    throw invalidClientError('password is not an allowed grant type for non-admin caller.');
  }
  if (redirectGrants.every((grant) => grants.includes(grant))) {
    throw invalidClientError(
      'Not allowed: implicit grant type is not allowed together with authorization_code',
    );
  }
  const prefixes = [`${client.id}.`, `${id ?? 'null'}.`];
  const disallowedScope = scopes.find(
    (scope) =>
      !client.scopes.includes(scope) && !prefixes.some((prefix) => scope.startsWith(prefix)),
  );
  if (disallowedScope !== undefined) {
    throw invalidClientError(
      `${disallowedScope} is not an allowed scope for caller=${client.id}. Must have prefix in ` +
        `[${prefixes.join(',')}] or be one of: [${client.scopes.join(', ')}]`,
    );
  }
  const allowedAuthorities = grants.includes('client_credentials')
    ? ['uaa.resource', 'uaa.none']
    : ['uaa.none'];
  const disallowedAuthority = authorities.find(
    (authority) => !allowedAuthorities.includes(authority),
  );
  if (disallowedAuthority !== undefined) {
    throw invalidClientError(
      `${disallowedAuthority} is not an allowed authority for caller=${client.id}. ` +
        `Must be one of: [${allowedAuthorities.join(', ')}]`,
    );
  }
}

function checkRedirects({ grants, redirectUris: uris = [] }: ClientInput): void {
  const grant = redirectGrants.find((type) => grants.includes(type));
  if (grant === undefined) return;
  if (uris.length === 0) {
    throw invalidClientError(`${grant} grant type requires at least one redirect URL.`);
  }
  const invalid = uris.find((uri) => !redirectPattern.test(uri));
  if (invalid !== undefined) {
    throw invalidClientError(`One of the redirect_uri is invalid: ${invalid}`);
  }
}

/** Scheme, optional user and password, host (labels can be `*`), optional port and path. */
const redirectPattern =
  /^[a-z][a-z0-9+*.-]*:\/\/(?:.*:.*@)?(?:(?:[a-z0-9*_-]+\.)*[a-z0-9_-]+\.)?[a-z0-9-]+(?::\d+)?(?:\/.*)?$/i;

function checkJwtBearer({ scopes, secret = '' }: ClientInput, isNew: boolean): void {
  if (scopes.length === 0) {
    throw invalidClientError(`Scope cannot be empty for grant_type ${jwtBearer}`);
  }
  if (isNew && secret.trim() === '') {
    throw invalidClientError(`Client secret is required for grant type ${jwtBearer}`);
  }
}

function defaultToNone(scopes: readonly string[]): readonly string[] {
  return scopes.length === 0 ? ['uaa.none'] : scopes;
}

/** Creates an error response for the client routes. The description is not escaped. */
export function invalidClientError(description: string, status = 400): ErrorResponse {
  return new ErrorResponse(
    json(status, { error: 'invalid_client', error_description: description }),
  );
}

/** Creates the response for an unknown client, which has no body. */
export function clientNotFoundError(): ErrorResponse {
  return new ErrorResponse(empty(404));
}

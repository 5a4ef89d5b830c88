import type { ClientInput } from './json.js';
import type { CheckedToken } from '../oauth/token-check.js';
import { ErrorResponse, json, empty } from '../../router.js';

/** How a client is checked. */
export interface ClientCheck {
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
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const redirecting = ['authorization_code', 'implicit'];
const withSecret = ['client_credentials', 'authorization_code'];

/**
 * Checks a client in the real server's order, because the first error is returned, and adds defaults.
 *
 * @throws ErrorResponse 400 `invalid_client`.
 * @see reference: UAA 4.30.0 `ClientAdminEndpointsValidator`
 */
export function validClient(
  input: ClientInput,
  { mode, caller }: ClientCheck,
): ClientInput & { readonly id: string } {
  const { id = '', secret = '' } = input;
  const isNew = mode === 'create';
  if (isNew && id === 'uaa') throw invalidClient('Not allowed: uaa is a reserved client_id');
  const grants = validGrants(input.grants);
  if (!isAdministrator(caller)) checkForNonAdmin({ ...input, id, grants }, caller);
  checkRedirects(grants, input.redirectUris);
  if (grants.includes('implicit') && secret.trim() !== '') {
    throw invalidClient('Implicit grant should not have a client_secret');
  }
  if (grants.includes(jwtBearer)) checkJwtBearer(input, isNew);
  if (isNew && grants.some((grant) => withSecret.includes(grant))) {
    if (secret.trim() === '') {
      throw invalidClient(
        'Client secret is required for client_credentials and authorization_code grant types',
      );
    }
    checkSecret(secret);
  }
  return {
    ...input,
    id,
    grants,
    scopes: orNone(input.scopes),
    authorities: orNone(input.authorities),
  };
}

const maxSecretLength = 255;

/**
 * UAA's own policy for secrets.
 *
 * @throws ErrorResponse 400 `invalid_client`.
 */
export function checkSecret(secret: string | undefined): asserts secret is string {
  if (secret === undefined) throw invalidClient('Client Secret cannot be null.');
  if (secret === '') throw invalidClient('Client Secret must be at least 1 characters in length.');
  if (secret.length > maxSecretLength) {
    throw invalidClient(
      `Client Secret must be no more than ${String(maxSecretLength)} characters in length.`,
    );
  }
}

/** Administrators may give clients any grant type, scope and authority, and change every secret. */
export function isAdministrator({ scope }: CheckedToken): boolean {
  return ['uaa.admin', 'zones.uaa.admin', 'clients.admin'].some((name) => scope.includes(name));
}

function validGrants(grants: readonly string[]): readonly string[] {
  const choice = `Must be one of: [${grantTypes.join(', ')}]`;
  if (grants.length === 0) {
    throw invalidClient(`An authorized grant type must be provided. ${choice}`);
  }
  const unknown = grants.find((grant) => !grantTypes.includes(grant));
  if (unknown !== undefined) {
    throw invalidClient(`${unknown} is not an allowed grant type. ${choice}`);
  }
  const renews = grants.includes('authorization_code') || grants.includes('password');
  return renews ? [...new Set([...grants, 'refresh_token'])] : grants;
}

/** Checks what callers who are not administrators may give to a client. */
function checkForNonAdmin(
  { id, grants, scopes, authorities }: ClientInput & { readonly id: string },
  { client }: CheckedToken,
): void {
  if (grants.includes('password')) {
    throw invalidClient('password is not an allowed grant type for non-admin caller.');
  }
  if (redirecting.every((grant) => grants.includes(grant))) {
    throw invalidClient(
      'Not allowed: implicit grant type is not allowed together with authorization_code',
    );
  }
  const prefixes = [`${client.id}.`, `${id}.`];
  const foreign = scopes.find(
    (scope) =>
      !client.scopes.includes(scope) && !prefixes.some((prefix) => scope.startsWith(prefix)),
  );
  if (foreign !== undefined) {
    throw invalidClient(
      `${foreign} is not an allowed scope for caller=${client.id}. Must have prefix in ` +
        `[${prefixes.join(',')}] or be one of: [${client.scopes.join(', ')}]`,
    );
  }
  const free = grants.includes('client_credentials') ? ['uaa.resource', 'uaa.none'] : ['uaa.none'];
  const high = authorities.find((authority) => !free.includes(authority));
  if (high !== undefined) {
    throw invalidClient(
      `${high} is not an allowed authority for caller=${client.id}. ` +
        `Must be one of: [${free.join(', ')}]`,
    );
  }
}

function checkRedirects(grants: readonly string[], uris: readonly string[]): void {
  const grant = redirecting.find((type) => grants.includes(type));
  if (grant === undefined) return;
  if (uris.length === 0) {
    throw invalidClient(`${grant} grant type requires at least one redirect URL.`);
  }
  const invalid = uris.find((uri) => !redirectPattern.test(uri));
  if (invalid !== undefined) throw invalidClient(`One of the redirect_uri is invalid: ${invalid}`);
}

/** Scheme, optional user and password, host (labels may be `*`), optional port and path. */
const redirectPattern =
  /^[a-z][a-z0-9+*.-]*:\/\/(?:.*:.*@)?(?:(?:[a-z0-9*_-]+\.)*[a-z0-9_-]+\.)?[a-z0-9-]+(?::\d+)?(?:\/.*)?$/i;

function checkJwtBearer({ scopes, secret = '' }: ClientInput, isNew: boolean): void {
  if (scopes.length === 0) {
    throw invalidClient(`Scope cannot be empty for grant_type ${jwtBearer}`);
  }
  if (isNew && secret.trim() === '') {
    throw invalidClient(`Client secret is required for grant type ${jwtBearer}`);
  }
}

function orNone(scopes: readonly string[]): readonly string[] {
  return scopes.length === 0 ? ['uaa.none'] : scopes;
}

/** An error of the client routes; its text is not escaped. */
export function invalidClient(description: string, status = 400): ErrorResponse {
  return new ErrorResponse(
    json(status, { error: 'invalid_client', error_description: description }),
  );
}

/** The response for an unknown client, which has no details. */
export function noSuchClient(): ErrorResponse {
  return new ErrorResponse(empty(404));
}

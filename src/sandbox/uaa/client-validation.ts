import type { Behaviour } from './uaa-releases.js';
import type { ClientInput } from './client-body.js';
import { oauthError } from './errors.js';
import type { CheckedToken } from './oauth/token-check.js';
import { jwtBearerGrant, saml2BearerGrant } from './oauth/user-login.js';
import { hasText } from './requests.js';

const grantTypes = [
  'implicit',
  'refresh_token',
  saml2BearerGrant,
  'password',
  'client_credentials',
  'authorization_code',
  'user_token',
  jwtBearerGrant,
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
 * @throws ErrorResponse 400 `invalid_client`.
 * @see UAA 77 `ClientAdminEndpointsValidator`
 */
export function validateClient(
  input: ClientInput,
  { isNew, caller, behaviour }: Validation,
): ClientInput {
  if (isNew) checkId(input.id, behaviour);
  checkRedirects(input, behaviour);
  checkGrants(input.grants);
  const client = { ...input, grants: addRefreshGrant(input.grants) };
  checkAssertionGrant(client, isNew);
  if (!isAdmin(caller)) checkLimits(client, caller, behaviour);
  checkSecret(client, isNew, behaviour);
  return {
    ...client,
    scopes: input.scopes.length === 0 ? ['uaa.none'] : input.scopes,
    authorities: input.authorities.length === 0 ? ['uaa.none'] : input.authorities,
  };
}

function addRefreshGrant(grants: readonly string[]): readonly string[] {
  const needsRefresh = grants.some((grant) => ['authorization_code', 'password'].includes(grant));
  return needsRefresh ? [...new Set([...grants, 'refresh_token'])] : grants;
}

function checkAssertionGrant({ grants, scopes, secret }: ClientInput, isNew: boolean): void {
  if (!grants.includes(jwtBearerGrant)) return;
  if (scopes.length === 0) {
    throw invalidClientError(`Scope cannot be empty for grant_type ${jwtBearerGrant}`);
  }
  if (isNew && !hasText(secret)) {
    throw invalidClientError(`Client secret is required for grant type ${jwtBearerGrant}`);
  }
}

function checkSecret(
  { grants, secret }: ClientInput,
  isNew: boolean,
  { clientRules: { grantsWithSecret } }: Behaviour,
): void {
  if (grants.includes('implicit') && hasText(secret)) {
    throw invalidClientError('Implicit grant should not have a client_secret');
  }
  if (!isNew) return;
  if (!hasText(secret) && grantsWithSecret.some((grant) => grants.includes(grant))) {
    const noun = grantsWithSecret.length > 1 ? 'types' : 'type';
    const types = grantsWithSecret.join(' and ');
    throw invalidClientError(`Client secret is required for ${types} grant ${noun}`);
  }
  checkSecretLength(secret);
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

import { randomUUID } from 'node:crypto';
import { isObject, toList, type JsonObject } from '../../json.js';
import type { SandboxRequest } from '../../router.js';
import { statusError } from '../errors.js';
import { formatIssuer, type Realm } from '../realm.js';
import { hasText } from '../requests.js';
import { hashSecret, type User } from '../store/identities.js';
import type { IdentityProvider } from '../store/identity-providers.js';
import {
  fetchJwks,
  isWithinLifetime,
  parseJwks,
  parsePem,
  verifySignature,
} from './public-keys.js';
import { parseJwtPart } from './token-check.js';
import { loginError, recordLogon, type UserAuthentication } from './user-login.js';

/**
 * Authenticates a user by an assertion, which is a token of an OIDC provider or of this UAA.
 * @throws ErrorResponse 401 if the assertion is rejected, or 500 if the keys of the provider cannot be
 *   read, or if this UAA issued the token and its user does not exist.
 * @see UAA 77 `ExternalOAuthAuthenticationManager`
 */
export async function authenticateByAssertion(
  request: SandboxRequest,
  fields: URLSearchParams,
  realm: Realm,
): Promise<UserAuthentication> {
  const assertion = fields.get('assertion');
  if (assertion === null) throw loginError('Assertion is missing');
  const claims = readClaims(assertion, realm);
  const { iss: issuer, origin } = claims;
  if (!hasText(issuer)) throw loginError('Issuer is missing in id_token');
  const { state, settings } = realm;
  if (issuer === formatIssuer(settings) && typeof origin === 'string') {
    const user = await authenticateByOwnToken(assertion, claims, realm);
    if (!user?.active) throw statusError(request, 500);
    return { user: recordLogon(state, user) };
  }
  const provider = findProvider(issuer, realm);
  await checkSignature(request, assertion, provider, realm);
  checkAudience(claims, provider);
  checkExpiry(claims, realm);
  const user = findUser(claims, provider, realm);
  updateMemberships(user, claims, provider, realm);
  return { user: recordLogon(state, user) };
}

function readClaims(assertion: string, { settings: { behaviour } }: Realm): JsonObject {
  const parts = assertion.split('.');
  const [header, claims] = parts.map((part) => parseJwtPart(part));
  if (parts.length === 3 && header && claims) return claims;
  throw assertion !== '' && behaviour.hasLaterOidcSettings
    ? loginError('Invalid token', 'invalid_token')
    : loginError('Unable to decode expected id_token');
}

async function authenticateByOwnToken(
  assertion: string,
  claims: JsonObject,
  { state, key }: Realm,
): Promise<User | undefined> {
  if (!(await key.verify(assertion))) throw signatureError();
  if (Number(claims['exp']) * 1000 < state.now()) throw expiredError(claims);
  return state.users.findByName(String(claims['user_name']), String(claims['origin']));
}

/** @throws ErrorResponse 401 unless exactly one active provider has this issuer. */
function findProvider(issuer: string, { state }: Realm): IdentityProvider {
  const [provider, ...others] = state.providers.filter(
    ({ type, active, config }) => type === 'oidc1.0' && active && config?.['issuer'] === issuer,
  );
  if (provider && others.length === 0) return provider;
  throw loginError(`Unable to map issuer, ${issuer} , to a single registered provider`);
}

/**
 * UAA 77 checks `exp` and `nbf` together with the signature.
 * @throws ErrorResponse 401, or 500 if the keys cannot be requested.
 */
async function checkSignature(
  request: SandboxRequest,
  assertion: string,
  { config }: IdentityProvider,
  { state, settings: { behaviour, issuerCa: ca } }: Realm,
): Promise<void> {
  const { tokenKey, tokenKeyUrl, skipSslValidation } = config ?? {};
  const isLater = behaviour.hasLaterOidcSettings;
  let keys: readonly JsonObject[];
  if (hasText(tokenKey)) {
    keys = (isLater ? parseJwks(tokenKey) : undefined) ?? parsePem(tokenKey);
  } else {
    const skipsVerification = skipSslValidation === true;
    keys = await fetchJwks(String(tokenKeyUrl), { ca, skipsVerification }).catch(() => {
      throw statusError(request, 500);
    });
  }
  const [header, claims] = assertion.split('.').map((part) => parseJwtPart(part));
  const isSupported = isLater || header?.['alg'] === 'RS256';
  const result = isSupported ? await verifySignature(assertion, keys) : 'noKey';
  const isCurrent = !isLater || isWithinLifetime(claims ?? {}, state.now());
  if (result !== 'valid' || !isCurrent) throw signatureError();
}

function signatureError(): Error {
  return loginError('Could not verify token signature.', 'invalid_token');
}

function expiredError({ exp }: JsonObject): Error {
  return loginError(`Token expired at ${String(exp)}`, 'invalid_token');
}

function checkAudience({ aud }: JsonObject, { config }: IdentityProvider): void {
  const audience = Array.isArray(aud) ? aud : [aud].filter(hasText);
  if (audience.length === 0) {
    throw loginError('The token does not bear an AUD claim.', 'invalid_token');
  }
  const clientId = String(config?.['relyingPartyId']);
  if (audience.includes(clientId)) return;
  const text = `Some parties were not in the token audience: ${clientId}`;
  throw loginError(text, 'invalid_token');
}

function checkExpiry(claims: JsonObject, { state, settings: { behaviour } }: Realm): void {
  const { exp } = claims;
  const isExpired = typeof exp === 'number' && exp * 1000 < state.now();
  if (typeof exp === 'number' && !isExpired) return;
  if (behaviour.hasLaterOidcSettings) {
    throw loginError('Token does not bear a valid EXP claim.', 'invalid_token');
  }
  throw isExpired
    ? expiredError(claims)
    : loginError('Token does not bear an EXP claim.', 'invalid_token');
}

/**
 * Finds the user of an assertion, or creates one if the provider allows it. UAA 77 replaces the name,
 * the email address and the external ID of an existing user.
 * @throws ErrorResponse 401 if there is no active user.
 */
function findUser(
  claims: JsonObject,
  { originKey: origin, config }: IdentityProvider,
  { state, settings: { behaviour } }: Realm,
): User {
  const userName = claims[readMappings(config).userName];
  if (!hasText(userName)) throw loginError('Unable to map claim to a username');
  const { users } = state;
  const existingUser = users.findByName(userName, origin);
  const profile = {
    userName,
    email: `${userName.replaceAll('@', '')}@user.from.${origin}.cf`,
    externalId: hasText(claims['sub']) ? claims['sub'] : undefined,
  };
  if (existingUser?.active) {
    return behaviour.hasLaterOidcSettings ? { ...existingUser, ...profile } : existingUser;
  }
  if (config?.['addShadowUserOnLogin'] !== true) {
    throw loginError(
      'The user account must be pre-created. Please contact your system administrator.',
    );
  }
  if (existingUser) {
    const text = 'Unable to register user in internal UAA store.';
    throw loginError(text, behaviour.badCredentialsError);
  }
  const now = state.now();
  const times = { passwordModifiedAt: now, createdAt: now, modifiedAt: now };
  return {
    ...{ ...profile, ...times, id: randomUUID(), origin, version: 0 },
    passwordHash: hashSecret(''),
    passwordChangeRequired: false,
    active: true,
    verified: false,
  };
}

/** Returns the names of the claims that contain the user's name and groups. */
function readMappings(config: JsonObject | null) {
  const mappings = config?.['attributeMappings'];
  const { user_name: name, external_groups: groups } = isObject(mappings) ? mappings : {};
  return {
    userName: hasText(name) ? name : 'sub',
    groups: (Array.isArray(groups) ? groups : [groups]).filter(hasText),
  };
}

/**
 * Replaces the memberships with the provider as origin by those that the mappings of external groups
 * create. Memberships with another origin do not change.
 */
function updateMemberships(
  { id }: User,
  claims: JsonObject,
  { originKey: origin, config }: IdentityProvider,
  { state: { groups, mappings } }: Realm,
): void {
  const names = readMappings(config)
    .groups.map((name) => claims[name])
    .flatMap((value) => (typeof value === 'string' ? value.split(',') : toList(value)))
    .filter(hasText)
    .map((name) => name.toLowerCase());
  const matchingMappings = mappings
    .all()
    .filter((mapping) => mapping.origin === origin && names.includes(mapping.externalGroup));
  groups.replaceByOrigin(
    id,
    origin,
    matchingMappings.map(({ groupId }) => groupId),
  );
}

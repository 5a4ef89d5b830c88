import type { JsonObject } from '../../body.js';
import { json, route, type Route } from '../../router.js';
import { badRequestError, methodNotAllowedError, statusError } from '../errors.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { User } from '../store/users.js';
import { authenticateCaller } from './bearer.js';
import { InvalidTokenError, checkToken, type CheckedToken } from './token-check.js';

/**
 * Creates the routes that describe tokens. Resource servers, such as the PKS API, use `/check_token`
 * and `/introspect`: for an invalid token, the first responds with status 400 and the second with
 * `active: false`. `/userinfo` describes the user of the caller's own token.
 *
 * @see RFC 7662; OpenID Connect Core 1.0, section 5.3
 */
export function checkTokenRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/check_token', async (request) => {
      const fields = readParameters(request);
      const value = fields.get('token');
      if (!value) throw badRequestError('invalid_token', 'Token parameter must be set');
      const token = await checkActiveToken(value, realm).catch((error: unknown) => {
        throw error instanceof InvalidTokenError
          ? badRequestError('invalid_token', error.message)
          : error;
      });
      const required = fields.get('scopes')?.split(/,\s*/) ?? [];
      const missing = required.filter((scope) => scope !== '' && !token.scope.includes(scope));
      if (missing.length > 0) {
        const names = missing.join(',');
        throw badRequestError('invalid_scope', `Some requested scopes are missing: ${names}`);
      }
      return json(200, formatClaims(token));
    }),
    route('*', '/introspect', async (request) => {
      if (request.method !== 'POST') throw methodNotAllowedError(request);
      const value = readParameters(request).get('token');
      if (value === null) throw statusError(request, 400);
      const token = await checkActiveToken(value, realm).catch((error: unknown) => {
        if (error instanceof InvalidTokenError) return undefined;
        throw error;
      });
      return token
        ? json(200, { ...formatClaims(token), active: true })
        : json(200, { revocable: false, active: false });
    }),
    route('*', '/userinfo', async (request) => {
      const { user, scope } = await authenticateCaller(request, realm);
      return json(200, user ? formatUserinfo(user, scope) : {});
    }),
  ];
}

async function checkActiveToken(value: string, realm: Realm): Promise<CheckedToken> {
  const token = await checkToken(value, 'access', realm);
  if (token.expiresAt < realm.state.now()) throw new InvalidTokenError('Token has expired');
  return token;
}

function formatClaims({ claims }: CheckedToken): JsonObject {
  return { ...claims, revocable: claims.revocable === true };
}

function formatUserinfo(user: User, scope: readonly string[]): JsonObject {
  const { id, givenName, familyName } = user;
  return {
    user_id: id,
    user_name: user.userName,
    name: [givenName, familyName].filter((name) => name !== undefined).join(' '),
    given_name: givenName,
    family_name: familyName,
    phone_number: user.phoneNumber,
    email: user.email,
    email_verified: user.verified,
    previous_logon_time: user.previousLogonAt ?? null,
    sub: id,
    roles: scope.includes('roles') ? user.externalGroups : undefined,
  };
}

import { SignJWT, createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { formatBasicAuthorization, type TokenCheckSettings } from '../http-client.js';
import { toList } from '../json.js';
import { unauthorizedError } from './status.js';

/** The user that a request acts for. */
export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

/** The members of this group have all permissions. */
export const mastersGroup = 'system:masters';

/** The group of all users with a valid token. */
export const authenticatedGroup = 'system:authenticated';

const anonymous: Identity = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The PKS API creates role bindings as this user. */
const administrator: Identity = { username: 'admin', groups: [mastersGroup] };

/** Returns the identity of a token. @throws {Error} if the token is invalid. */
export type TokenAuthenticator = (token: string) => Promise<Identity>;

/**
 * Creates a function that determines the identity of a request from its `Authorization` header.
 */
export function createAuthentication(
  adminToken: string,
  authenticate: TokenAuthenticator,
): (authorization: string | undefined) => Promise<Identity> {
  return async (authorization = '') => {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return anonymous;
    const { username, groups } =
      token === adminToken
        ? administrator
        : await authenticate(token).catch(() => {
            throw unauthorizedError();
          });
    return { username, groups: [...groups, authenticatedGroup] };
  };
}

const oidcPrefix = 'oidc:';

/**
 * Authenticates users with tokens of the UAA, like an API server with the OIDC flags of a PKS cluster.
 * Like a real API server, it also accepts access tokens.
 * @param now - epoch milliseconds.
 * @see docs/contributing/servers/kubernetes.md#api-server
 */
export function createOidcAuthenticator(
  { uaa, clientId, clientSecret }: TokenCheckSettings,
  now: () => number,
): TokenAuthenticator {
  // The keys are public. The credentials are sent only so that the log shows the client.
  const authorization = formatBasicAuthorization(clientId, clientSecret);
  const headers = { accept: 'application/json', authorization };
  const keys = createRemoteJWKSet(new URL(`${uaa.baseUrl}/token_keys`), {
    [customFetch]: async () => {
      const { status, body } = await uaa.send({ method: 'GET', path: '/token_keys', headers });
      return new Response(body, { status });
    },
  });
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer: `${uaa.baseUrl}/oauth/token`,
      audience: 'pks_cluster_client',
      algorithms: ['RS256'],
      currentDate: new Date(now()),
    });
    const { user_name: username, roles } = payload;
    if (typeof username !== 'string') throw new Error('the token has no user_name');
    return {
      username: `${oidcPrefix}${username}`,
      groups: toList(roles).map((role) => `${oidcPrefix}${String(role)}`),
    };
  };
}

export interface ServiceAccountTokens {
  /** @param seconds - lifetime. */
  readonly issue: (namespace: string, name: string, seconds: number) => Promise<string>;
  readonly authenticate: TokenAuthenticator;
}

/**
 * @param secret - key that signs the tokens.
 * @param now - epoch milliseconds.
 */
export function createServiceAccountTokens(
  secret: string,
  now: () => number,
): ServiceAccountTokens {
  const key = Buffer.from(secret);
  const issuer = 'https://kubernetes.default.svc';
  return {
    issue: (namespace, name, seconds) => {
      const issuedAt = Math.floor(now() / 1000);
      return new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(issuer)
        .setSubject(formatAccountUser(namespace, name))
        .setAudience(issuer)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + seconds)
        .sign(key);
    },
    authenticate: async (token) => {
      const options = { issuer, audience: issuer, currentDate: new Date(now()) };
      const { sub: username = '' } = (await jwtVerify(token, key, options)).payload;
      const [, , namespace = ''] = username.split(':');
      const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
      return { username, groups };
    },
  };
}

export function formatAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

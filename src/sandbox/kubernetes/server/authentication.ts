import type { SandboxRequest } from '../../router.js';
import { anonymous, authenticatedGroup, mastersGroup, type Identity } from './identity.js';
import type { TokenAuthenticator } from './oidc.js';
import type { Authorization } from './rbac.js';
import type { ResourceRequest } from './request-info.js';
import { forbiddenResourceError, unauthorizedError } from './status.js';

/** Name of the administrator that the PKS API acts as. */
const administrator: Identity = {
  username: 'admin',
  uid: 'admin',
  groups: [mastersGroup],
};

/**
 * Creates a function that determines the identity of a request from its `Authorization` header. Requests
 * without a bearer token are anonymous.
 *
 * @param adminToken - the static token of the administrator.
 * @param authenticators - tried in this order.
 * @throws {ErrorResponse} 401 if no authenticator accepts the token.
 */
export function createAuthentication(
  adminToken: string,
  authenticators: readonly TokenAuthenticator[],
): (authorization: string | undefined) => Promise<Identity> {
  return async (authorization = '') => {
    const [scheme = '', token = ''] = authorization.trim().split(' ');
    if (scheme.toLowerCase() !== 'bearer' || token === '') return anonymous;
    if (token === adminToken) return withAuthenticatedGroup(administrator);
    for (const authenticate of authenticators) {
      const identity = await authenticate(token);
      if (identity) return withAuthenticatedGroup(identity);
    }
    throw unauthorizedError();
  };
}

function withAuthenticatedGroup(identity: Identity): Identity {
  return { ...identity, groups: [...identity.groups, authenticatedGroup] };
}

/**
 * Returns the identity that a request acts for, which is another user with `kubectl --as`.
 *
 * @throws {ErrorResponse} 403 if the user may not act for the other user.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
export function applyImpersonation(
  identity: Identity,
  { headers }: SandboxRequest,
  { authorize }: Authorization,
): Identity {
  const username = headers['impersonate-user'] ?? '';
  const groups = (headers['impersonate-group'] ?? '').split(', ').filter((name) => name !== '');
  if (username === '') return identity;
  const targets = [
    { resource: 'users', name: username },
    ...groups.map((name) => ({ resource: 'groups', name })),
  ];
  for (const target of targets) {
    const info: ResourceRequest = {
      ...{ isResource: true, verb: 'impersonate', group: '', version: 'v1' },
      ...{ namespace: '', subresource: '', ...target },
    };
    if (!authorize(identity, info).isAllowed) throw forbiddenResourceError(identity.username, info);
  }
  return { username, groups: [...new Set([...groups, authenticatedGroup])] };
}

import { matchesAntPath } from '../java/ant-path.js';
import type { Behaviour } from '../behaviour.js';

/**
 * The paths of UAA 4.30.0 and their methods, in the order of the header `Allow`. `*` is any method.
 */
const mappings: readonly (readonly [methods: string, ...paths: string[]])[] = [
  ['POST, PUT', '/oauth/clients/tx/secret'],
  ['PUT', '/Users/*/password', '/oauth/clients/*/secret', '/oauth/clients/restricted/*'],
  ['PATCH', '/Users/*/status', '/identity-providers/*/status'],
  ['GET', '/Users/*/verify', '/Users/*/verify-link', '/Groups/External/list'],
  ['DELETE', '/Users/*/mfa'],
  ['GET, PUT, PATCH, DELETE', '/Users/*'],
  ['POST, GET', '/Users', '/Groups'],
  ['GET, PUT, PATCH, DELETE, POST', '/Groups/zones', '/Groups/External'],
  ['GET, PUT, PATCH, DELETE', '/Groups/*'],
  ['GET, POST', '/Groups/*/members'],
  ['*', '/Groups/*/members/*'],
  ['DELETE', '/Groups/External/*/*', '/Groups/External/id/*/*', '/Groups/zones/*/*'],
  ['DELETE', '/Groups/zones/*/*/*'],
  ['DELETE', '/Groups/External/groupId/*/externalGroup/*'],
  ['DELETE', '/Groups/External/groupId/*/externalGroup/*/origin/*'],
  ['DELETE', '/Groups/External/displayName/*/externalGroup/*'],
  ['DELETE', '/Groups/External/displayName/*/externalGroup/*/origin/*'],
  ['*', '/ids/Users', '/userinfo', '/info', '/healthz', '/clientinfo'],
  ['POST', '/check_token', '/introspect'],
  ['DELETE', '/oauth/token/revoke/*'],
  ['GET', '/oauth/token/list', '/oauth/token/list/user/*', '/oauth/token/list/client/*'],
  ['GET, POST', '/oauth/token', '/oauth/token/**'],
  ['*', '/.well-known/openid-configuration', '/session', '/session_management', '/error'],
  ['*', '/oauth_error', '/saml_error', '/invalid_request'],
  ['GET', '/token_key', '/token_keys', '/email_sent', '/accounts/email_sent', '/Codes/*'],
  ['GET, POST', '/oauth/clients'],
  ['PUT, DELETE, GET, POST', '/oauth/clients/tx', '/oauth/clients/restricted'],
  ['POST', '/oauth/clients/tx/delete', '/oauth/clients/tx/modify'],
  ['PUT, DELETE, GET', '/oauth/clients/*'],
  ['GET, PUT', '/oauth/clients/*/meta'],
  ['POST, GET', '/identity-providers', '/saml/service-providers', '/mfa-providers'],
  ['DELETE, PUT, GET, POST', '/identity-providers/test'],
  ['DELETE, PUT, GET', '/identity-providers/*'],
  ['GET, POST', '/identity-zones'],
  ['GET, PUT, DELETE', '/identity-zones/*'],
  ['POST', '/identity-zones/*/clients'],
  ['DELETE', '/identity-zones/*/clients/*'],
  ['PUT, GET, DELETE', '/mfa-providers/*', '/saml/service-providers/*'],
  ['GET, PUT, DELETE', '/approvals'],
  ['PUT', '/approvals/*'],
  ['POST', '/Codes', '/invite_users', '/password_resets', '/password_change', '/password/score'],
  ['POST', '/email_verifications', '/email_changes', '/authenticate'],
  ['GET', '/forgot_password', '/verify_email', '/verify_user', '/login/callback/*'],
  ['GET', '/create_account', '/reset_password', '/login_implicit'],
  ['POST', '/forgot_password.do', '/create_account.do', '/login/idp_discovery'],
  ['POST, GET', '/autologin'],
  ['*', '/login', '/delete_saved_account'],
];

/** Whether the simulated release no longer has a path of UAA 4.30.0. */
function isRemovedPath(
  path: string,
  { hasMfa, hasPasswordScore }: Pick<Behaviour, 'hasMfa' | 'hasPasswordScore'>,
): boolean {
  if (path === '/password/score') return !hasPasswordScore;
  return !hasMfa && /^\/(mfa-providers(\/|$)|login\/mfa\/|Users\/[^/]+\/mfa$)/.test(path);
}

/**
 * Returns the methods that the real server supports for a path.
 *
 * @param path - without a trailing slash.
 * @returns undefined for an unknown path, and for pages that require a login.
 */
export function findMappedMethods(
  path: string,
  behaviour: Behaviour,
): readonly string[] | undefined {
  if (isRemovedPath(path, behaviour)) return undefined;
  const { hasClientJwtKeys, hasGetDiscoveryOnly } = behaviour;
  if (hasClientJwtKeys && matchesAntPath('/oauth/clients/*/clientjwt', path)) return ['PUT'];
  if (hasGetDiscoveryOnly && path === '/.well-known/openid-configuration') return ['GET'];
  const mapping = mappings.find(([, ...paths]) =>
    paths.some((pattern) => matchesAntPath(pattern, path)),
  );
  return mapping?.[0].split(', ');
}

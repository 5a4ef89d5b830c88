import { matchesAntPath } from '../java/ant-path.js';
import type { Behaviour } from '../behaviour.js';

/**
 * Paths that no security filter handles.
 *
 * @see UAA 4.30.0 `spring-servlet.xml`
 */
const unfilteredPaths: readonly RegExp[] = [
  /^\/(resources|vendor|password|healthz|authenticate|saml\/web)(\/|$)/,
  /^\/(square-logo\.png|info|error|email_sent|accounts\/email_sent|invalid_request)$/,
  /^\/(saml_error|favicon\.ico|oauth_error|session|session_management)$/,
  /^(\/oauth\/token)?\/\.well-known\/openid-configuration$/,
];

export function isUnfiltered(path: string): boolean {
  return unfilteredPaths.some((pattern) => pattern.test(path));
}

/** A filter chain for requests with a bearer token. */
export interface BearerChain {
  readonly pattern: string;
  /** The first rule that matches applies. If no rule matches, the request needs no token. */
  readonly rules: readonly Rule[];
  /** Resource that the audience of the token must contain. */
  readonly resource?: string;
  /** Whether the error for a missing token says that no authentication object was found. */
  readonly isNeverAnonymous?: true;
  /** Whether a missing scope is reported by the error page, instead of as an OAuth error. */
  readonly hasErrorPage?: true;
}

interface Rule {
  /** Ant pattern; absent: all paths. */
  readonly path?: string;
  /** Absent: all methods. */
  readonly method?: string;
  /**
   * - Scopes, separated by spaces and in the order of the error: one is sufficient. `self` stands
   *   for the user in the path.
   * - `token`: any token.
   * - `route`: any token, because the route itself checks who may use it.
   * - `denied`: no token is sufficient.
   */
  readonly access: string;
}

const deniedRule: Rule = { access: 'denied' };
const selfOrReadUsers = 'self uaa.admin scim.read zones.uaa.admin';
const selfOrWriteUsers = 'self uaa.admin scim.write zones.uaa.admin';

function rule(methods: string, path: string, access: string): readonly Rule[] {
  return methods === '*'
    ? [{ path, access }]
    : methods.split(' ').map((method) => ({ method, path, access }));
}

const readGroups = 'uaa.admin scim.read zones.uaa.admin';
const writeScim = 'uaa.admin scim.write zones.uaa.admin';
const updateGroups = 'uaa.admin scim.write groups.update zones.uaa.admin';
const zoneAdmin = 'uaa.admin zones.uaa.admin';
const writeZones = 'uaa.admin zones.write zones.uaa.admin';

const scimChains: readonly BearerChain[] = [
  {
    pattern: '/Groups/**',
    rules: [
      ...rule('*', '/Groups/zones', 'uaa.admin scim.zones'),
      ...rule('*', '/Groups/zones/**', 'uaa.admin scim.zones'),
      ...rule('GET', '/Groups/**', readGroups),
      ...rule('POST', '/Groups/External', writeScim),
      ...rule('DELETE', '/Groups/**', writeScim),
      ...rule('PUT POST PATCH', '/Groups/**', updateGroups),
      deniedRule,
    ],
  },
  {
    pattern: '/User*/*/password',
    resource: 'password',
    rules: [{ access: 'password.write' }],
  },
  {
    pattern: '/Users/**',
    rules: [
      ...rule('GET', '/Users/*/verify-link', 'uaa.admin scim.create zones.uaa.admin'),
      ...rule('GET', '/Users/*/verify', 'uaa.admin scim.write scim.create zones.uaa.admin'),
      ...rule(
        'PATCH',
        '/Users/*/status',
        'uaa.admin scim.write uaa.account_status.write zones.uaa.admin',
      ),
      ...rule('DELETE', '/Users/*/mfa', zoneAdmin),
      ...rule('GET', '/Users/**', selfOrReadUsers),
      ...rule('DELETE', '/Users/*', writeScim),
      ...rule('PUT PATCH', '/Users/*', selfOrWriteUsers),
      ...rule('POST', '/Users', 'uaa.admin scim.write scim.create zones.uaa.admin'),
      deniedRule,
    ],
  },
  { pattern: '/ids/Users*', rules: [{ access: 'scim.userids' }] },
];

const administrationChains: readonly BearerChain[] = [
  {
    pattern: '/mfa-providers/**',
    rules: [
      ...rule('POST GET', '/mfa-providers', zoneAdmin),
      ...rule('PUT GET DELETE', '/mfa-providers/*', zoneAdmin),
      deniedRule,
    ],
  },
  {
    pattern: '/identity-zones/**',
    rules: [
      ...rule('GET', '/identity-zones', 'uaa.admin zones.read zones.uaa.admin zones.write'),
      ...rule(
        'GET',
        '/identity-zones/*',
        'uaa.admin zones.read zones.uaa.admin zones.uaa.read zones.write',
      ),
      ...rule('POST', '/identity-zones/*/clients', 'uaa.admin zones.write'),
      ...rule('DELETE', '/identity-zones/*/clients/*', 'uaa.admin zones.write'),
      ...rule('POST PUT DELETE', '/**', writeZones),
      deniedRule,
    ],
  },
  {
    pattern: '/identity-providers/**',
    hasErrorPage: true,
    rules: [
      ...rule('POST PUT PATCH DELETE', '/**', 'uaa.admin idps.write zones.uaa.admin'),
      ...rule('GET', '/**', 'uaa.admin idps.read zones.uaa.admin'),
      deniedRule,
    ],
  },
  {
    pattern: '/saml/service-providers/**',
    hasErrorPage: true,
    rules: [
      ...rule('POST PUT DELETE', '/**', 'uaa.admin sps.write zones.uaa.admin'),
      ...rule('GET', '/**', 'uaa.admin sps.read zones.uaa.admin'),
      deniedRule,
    ],
  },
  { pattern: '/approvals/**', resource: 'oauth', rules: [{ access: 'oauth.approvals' }] },
];

const clientChains: readonly BearerChain[] = [
  {
    pattern: '/oauth/clients/*/secret',
    rules: [{ access: 'uaa.admin clients.secret clients.admin zones.uaa.admin' }],
  },
  {
    pattern: '/oauth/clients/tx/**',
    rules: rule('DELETE POST PUT', '/**', 'uaa.admin clients.admin zones.uaa.admin'),
  },
  {
    pattern: '/oauth/clients/**',
    rules: [
      ...rule('GET', '/oauth/clients/**/meta', 'token'),
      ...rule('DELETE POST PUT', '/**', 'uaa.admin clients.write clients.admin zones.uaa.admin'),
      ...rule('GET', '/**', 'uaa.admin clients.read clients.admin zones.uaa.admin'),
      deniedRule,
    ],
  },
];

const otherChains: readonly BearerChain[] = [
  {
    pattern: '/password_*',
    isNeverAnonymous: true,
    rules: [{ access: 'uaa.admin oauth.login zones.uaa.admin' }],
  },
  {
    pattern: '/email_*',
    isNeverAnonymous: true,
    resource: 'oauth',
    rules: [{ access: 'oauth.login' }],
  },
  {
    pattern: '/oauth/token/revoke/**',
    rules: [
      ...rule('*', '/oauth/token/revoke/client/**', 'uaa.admin tokens.revoke'),
      ...rule('*', '/oauth/token/revoke/user/**', 'route'),
      ...rule('DELETE', '/oauth/token/revoke/**', 'route'),
      deniedRule,
    ],
  },
  {
    pattern: '/oauth/token/list/**',
    rules: [
      ...rule('GET', '/oauth/token/list/user/**', 'uaa.admin tokens.list'),
      ...rule('GET', '/oauth/token/list/client/**', 'uaa.admin tokens.list'),
      deniedRule,
    ],
  },
  { pattern: '/userinfo', resource: 'openid', rules: [{ access: 'openid' }] },
  { pattern: '/Codes/**', isNeverAnonymous: true, rules: [{ access: 'uaa.admin oauth.login' }] },
  {
    pattern: '/invite_users/**',
    rules: [...rule('POST', '/**', 'uaa.admin scim.invite zones.uaa.admin'), deniedRule],
  },
];

const chains = [...otherChains, ...scimChains, ...administrationChains, ...clientChains];

/**
 * Finds the chain that handles a path.
 *
 * @see UAA 4.30.0 `oauth-endpoints.xml`, `scim-endpoints.xml`, `multitenant-endpoints.xml`,
 *   `client-admin-endpoints.xml` and others
 */
export function findChain(
  path: string,
  { hasMfa }: Pick<Behaviour, 'hasMfa'>,
): BearerChain | undefined {
  if (isUnfiltered(path)) return undefined;
  const chain = chains.find(({ pattern }) => matchesAntPath(pattern, path));
  if (!chain || hasMfa) return chain;
  if (chain.pattern === '/mfa-providers/**') return undefined;
  return { ...chain, rules: chain.rules.filter((candidate) => candidate.path !== '/Users/*/mfa') };
}

/**
 * Returns what a request with the method needs to access the path; undefined if no rule applies.
 */
export function findAccess(
  { rules }: BearerChain,
  path: string,
  method: string,
): string | undefined {
  return rules.find(
    (candidate) =>
      (candidate.method === undefined || candidate.method === method) &&
      (candidate.path === undefined || matchesAntPath(candidate.path, path)),
  )?.access;
}

/** Who may send a request. The first rule that matches applies. */
interface Rule {
  /** Absent: all methods. */
  readonly methods?: string;
  /** Segments of a path; `*` matches one segment, and `**` at the end all others. */
  readonly path: string;
  /**
   * - Scopes, separated by spaces and in the order of the error: one is sufficient. `self` stands
   *   for the user in the path.
   * - `token`: any token, or the route itself checks who may use it.
   * - `denied`: no token is sufficient.
   */
  readonly access: string;
  /** Resource that the audience of the token must contain. */
  readonly resource?: string;
  /** The status of the error for a missing scope has no description. */
  readonly hasStatusError?: true;
}

const readUsers = 'self uaa.admin scim.read zones.uaa.admin';
const writeUsers = 'self uaa.admin scim.write zones.uaa.admin';
const readGroups = 'uaa.admin scim.read zones.uaa.admin';
const writeScim = 'uaa.admin scim.write zones.uaa.admin';
const updateGroups = 'uaa.admin scim.write groups.update zones.uaa.admin';
const writeClients = 'uaa.admin clients.write clients.admin zones.uaa.admin';
const readClients = 'uaa.admin clients.read clients.admin zones.uaa.admin';
const readZones = 'uaa.admin zones.read zones.uaa.admin zones.write';

/**
 * The security rules of the UAA.
 *
 * @see UAA 77 `oauth-endpoints.xml`, `scim-endpoints.xml`, `multitenant-endpoints.xml`,
 *   `client-admin-endpoints.xml`
 */
const rules: readonly Rule[] = [
  { path: '/oauth/token/revoke/client/**', access: 'uaa.admin tokens.revoke' },
  { path: '/oauth/token/revoke/user/**', access: 'token' },
  { methods: 'DELETE', path: '/oauth/token/revoke/**', access: 'token' },
  { path: '/oauth/token/revoke/**', access: 'denied' },
  { methods: 'GET', path: '/oauth/token/list/user/**', access: 'uaa.admin tokens.list' },
  { methods: 'GET', path: '/oauth/token/list/client/**', access: 'uaa.admin tokens.list' },
  { path: '/oauth/token/list/**', access: 'denied' },
  { path: '/userinfo', access: 'openid', resource: 'openid' },

  { methods: 'GET', path: '/Groups/**', access: readGroups },
  { methods: 'POST', path: '/Groups/External', access: writeScim },
  { methods: 'DELETE', path: '/Groups/**', access: writeScim },
  { methods: 'PUT POST PATCH', path: '/Groups/**', access: updateGroups },
  { path: '/Groups/**', access: 'denied' },
  { path: '/Users/*/password', access: 'password.write', resource: 'password' },
  {
    methods: 'PATCH',
    path: '/Users/*/status',
    access: 'uaa.admin scim.write uaa.account_status.write zones.uaa.admin',
  },
  {
    methods: 'GET',
    path: '/Users/*/verify',
    access: 'uaa.admin scim.write scim.create zones.uaa.admin',
  },
  { methods: 'GET', path: '/Users/**', access: readUsers },
  { methods: 'DELETE', path: '/Users/*', access: writeScim },
  { methods: 'PUT PATCH', path: '/Users/*', access: writeUsers },
  {
    methods: 'POST',
    path: '/Users',
    access: 'uaa.admin scim.write scim.create zones.uaa.admin',
  },
  { path: '/Users/**', access: 'denied' },
  { path: '/ids/Users', access: 'scim.userids' },

  { methods: 'GET', path: '/identity-zones', access: readZones },
  {
    methods: 'GET',
    path: '/identity-zones/*',
    access: 'uaa.admin zones.read zones.uaa.admin zones.uaa.read zones.write',
  },
  { path: '/identity-zones/**', access: 'denied' },
  {
    methods: 'GET',
    path: '/identity-providers/**',
    access: 'uaa.admin idps.read zones.uaa.admin',
    hasStatusError: true,
  },
  {
    methods: 'POST PUT PATCH DELETE',
    path: '/identity-providers/**',
    access: 'uaa.admin idps.write zones.uaa.admin',
    hasStatusError: true,
  },

  {
    path: '/oauth/clients/*/secret',
    access: 'uaa.admin clients.secret clients.admin zones.uaa.admin',
  },
  { methods: 'GET', path: '/oauth/clients/*/meta', access: 'token' },
  { methods: 'DELETE POST PUT', path: '/oauth/clients/**', access: writeClients },
  { methods: 'GET', path: '/oauth/clients/**', access: readClients },
  { path: '/oauth/clients/**', access: 'denied' },
];

/** Finds the rule for a request; undefined if the request needs no token. */
export function findRule(method: string, path: string): Rule | undefined {
  return rules.find(
    ({ methods, path: pattern }) =>
      (methods === undefined || methods.split(' ').includes(method)) && matches(pattern, path),
  );
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  const actual = path.split('/');
  const isOpen = expected.at(-1) === '**';
  if (isOpen) expected.pop();
  if (isOpen ? actual.length < expected.length : actual.length !== expected.length) return false;
  return expected.every((segment, index) => segment === '*' || segment === actual[index]);
}

/**
 * The clients, groups and users of the real UAA. The sandbox has the same, so that the contract
 * tests run against both.
 */

/**
 * @typedef {object} Client
 * @property {string} secret
 * @property {string[]} grants
 * @property {string[]} scopes
 * @property {string[]} authorities
 * @property {string[]} [redirects]
 * @property {boolean} [autoapprove]
 * @property {number} [accessTokenSeconds]
 * @property {number} [refreshTokenSeconds]
 */

const clusterScopes = ['pks.clusters.admin', 'pks.clusters.manage', 'pks.clusters.admin.read'];

/** Redirect URIs of browser logins. The UAA has no pattern that matches any port. */
const loopbackRedirects = [28443, 28444, 28445].map((port) => `http://localhost:${port}`);

/** A client with which users log in. */
const loginClient = {
  secret: '',
  grants: ['password', 'refresh_token', 'authorization_code'],
  scopes: ['openid', ...clusterScopes],
  authorities: ['uaa.none'],
  // UAA 4.30.0 does not start if a client with the authorization_code grant has no redirect URI.
  redirects: ['https://localhost:8443', 'tpks://callback', ...loopbackRedirects],
  accessTokenSeconds: 600,
  refreshTokenSeconds: 21_600,
};

/**
 * UAA clients by id.
 *
 * @type {Record<string, Client>}
 */
export const clients = {
  admin: {
    secret: 'adminsecret',
    grants: ['client_credentials'],
    scopes: ['uaa.none'],
    authorities: [
      'uaa.admin',
      'clients.read',
      'clients.write',
      'clients.secret',
      'clients.admin',
      'scim.read',
      'scim.write',
      'scim.userids',
      'password.write',
      'tokens.list',
      'tokens.revoke',
      ...clusterScopes,
    ],
  },
  pks_cli: loginClient,
  pks_cluster_client: { ...loginClient, scopes: ['openid', 'roles'] },
  pks_client: {
    secret: 'pks_client-secret',
    grants: ['client_credentials'],
    scopes: ['uaa.none'],
    authorities: ['uaa.resource'],
  },
  // The default client of uaac. Users need not approve its scopes.
  cf: {
    secret: '',
    grants: ['implicit', 'password', 'refresh_token'],
    scopes: ['openid', 'uaa.user', ...clusterScopes],
    authorities: ['uaa.none'],
    redirects: ['https://uaa.cloudfoundry.com/redirect/cf', ...loopbackRedirects],
    autoapprove: true,
    accessTokenSeconds: 600,
    refreshTokenSeconds: 21_600,
  },
  // Its tokens expire quickly enough for a test to wait.
  short_lived: { ...loginClient, accessTokenSeconds: 2, refreshTokenSeconds: 8 },
};

/** Descriptions of the PKS groups by name. */
export const groups = {
  'pks.clusters.admin': 'View and change all clusters',
  'pks.clusters.manage': 'View and change own clusters',
  'pks.clusters.admin.read': 'View all clusters',
};

/**
 * Groups of each user by username. The password is the username followed by `-password`.
 *
 * @type {Record<string, string[]>}
 */
export const users = {
  alana: ['pks.clusters.admin'],
  cody: ['pks.clusters.manage'],
  naomi: ['pks.clusters.admin.read'],
  dana: [],
};

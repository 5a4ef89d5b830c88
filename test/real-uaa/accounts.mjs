/**
 * Who exists in the real UAA. The sandbox promises the same accounts, so that one suite
 * runs against both; `accounts.test.ts` proves them.
 */

const clusterScopes = ['pks.clusters.admin', 'pks.clusters.manage', 'pks.clusters.admin.read'];

const forPeople = {
  secret: '',
  grants: ['password', 'refresh_token', 'authorization_code'],
  scopes: ['openid', ...clusterScopes],
  authorities: ['uaa.none'],
  // UAA 4.30.0 refuses to start with an authorization_code client that has none.
  redirects: ['https://localhost:8443', 'tpks://callback'],
  accessTokenSeconds: 600,
  refreshTokenSeconds: 21_600,
};

/** UAA clients by id. */
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
      'password.write',
      ...clusterScopes,
    ],
  },
  pks_cli: forPeople,
  pks_cluster_client: { ...forPeople, scopes: ['openid', 'roles', ...clusterScopes] },
  pks_client: {
    secret: 'pks_client-secret',
    grants: ['client_credentials'],
    scopes: ['uaa.none'],
    authorities: ['uaa.resource'],
  },
  // Real expiry within a test's patience: UAA takes lifetimes of seconds.
  short_lived: { ...forPeople, accessTokenSeconds: 2, refreshTokenSeconds: 4 },
};

/** Groups of the PKS installation: name to description. */
export const groups = {
  'pks.clusters.admin': 'Sees and changes all clusters',
  'pks.clusters.manage': 'Sees and changes own clusters',
  'pks.clusters.admin.read': 'Sees all clusters',
};

/** People: user name to groups. The password is the name followed by `-password`. */
export const users = {
  alana: ['pks.clusters.admin'],
  cody: ['pks.clusters.manage'],
  naomi: ['pks.clusters.admin.read'],
  dana: [],
};

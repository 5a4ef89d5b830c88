/**
 * Who exists in the real UAA. The sandbox promises the same accounts, so that one suite
 * runs against both; `accounts.test.ts` proves them.
 */

const clusterScopes = ['pks.clusters.admin', 'pks.clusters.manage', 'pks.clusters.admin.read'];

/** Where tpks waits for a browser's answer. UAA knows no pattern for a free port. */
const loopback = [28443, 28444, 28445].map((port) => `http://localhost:${port}`);

const forPeople = {
  secret: '',
  grants: ['password', 'refresh_token', 'authorization_code'],
  scopes: ['openid', ...clusterScopes],
  authorities: ['uaa.none'],
  // UAA 4.30.0 refuses to start with an authorization_code client that has none.
  redirects: ['https://localhost:8443', 'tpks://callback', ...loopback],
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
      'scim.userids',
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
  // What uaac takes where no client is named; nobody has to consent to it.
  cf: {
    secret: '',
    grants: ['implicit', 'password', 'refresh_token'],
    scopes: ['openid', 'uaa.user', ...clusterScopes],
    authorities: ['uaa.none'],
    redirects: ['https://uaa.cloudfoundry.com/redirect/cf', ...loopback],
    autoapprove: true,
    accessTokenSeconds: 600,
    refreshTokenSeconds: 21_600,
  },
  // Real expiry within a test's patience: UAA takes lifetimes of seconds.
  short_lived: { ...forPeople, accessTokenSeconds: 4, refreshTokenSeconds: 12 },
};

/** Groups of the PKS installation: name to description. */
export const groups = {
  'pks.clusters.admin': 'View and change all clusters',
  'pks.clusters.manage': 'View and change own clusters',
  'pks.clusters.admin.read': 'View all clusters',
};

/** People: user name to groups. The password is the name followed by `-password`. */
export const users = {
  alana: ['pks.clusters.admin'],
  cody: ['pks.clusters.manage'],
  naomi: ['pks.clusters.admin.read'],
  dana: [],
};

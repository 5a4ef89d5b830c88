import { randomBytes, randomUUID } from 'node:crypto';
import type { Member } from './groups.js';
import { hashSecret, matchesSecret, type Client, type User } from './identities.js';
import type { State } from './state.js';

/** Users and clients that can log in to the sandbox, with their secrets. */
export interface Accounts {
  readonly users: readonly {
    readonly name: string;
    readonly password: string;
    readonly scopes: readonly string[];
  }[];
  readonly clients: readonly { readonly id: string; readonly secret: string }[];
}

const clusterScopes = ['pks.clusters.admin', 'pks.clusters.manage', 'pks.clusters.admin.read'];

/**
 * Descriptions of the groups that every user belongs to, by name.
 * @see UAA 4.30.0 `oauth.user.authorities`
 */
const defaultGroupDescriptions: Readonly<Record<string, string | undefined>> = {
  openid: 'Access profile information, i.e. email, first and last name, and phone number',
  'scim.me': undefined,
  'cloud_controller.read': 'View details of your applications and services',
  'cloud_controller.write': 'Push applications to your account and create and bind services',
  'cloud_controller_service_permissions.read': 'Verify user permission to manage service instances',
  'password.write': 'Change your password',
  'scim.userids': 'Read user IDs and retrieve users by ID',
  'uaa.user': 'Act as a user in the UAA',
  'approvals.me': undefined,
  'oauth.approvals': undefined,
  profile: undefined,
  roles: undefined,
  user_attributes: undefined,
  'uaa.offline_token': 'Allow offline access',
};

export const defaultGroups: ReadonlySet<string> = new Set(Object.keys(defaultGroupDescriptions));

/** Descriptions of the groups in a new UAA, by name. */
const initialGroups: Readonly<Record<string, string | undefined>> = {
  ...defaultGroupDescriptions,
  'zones.read': 'Read identity zones',
  'zones.write': 'Create and update identity zones',
  'idps.read': 'Retrieve identity providers',
  'idps.write': 'Create and update identity providers',
  'clients.admin': 'Create, modify and delete OAuth clients',
  'clients.write': 'Create and modify OAuth clients',
  'clients.read': 'Read information about OAuth clients',
  'clients.secret': 'Change the password of an OAuth client',
  'scim.write': 'Create, modify and delete SCIM entities, i.e. users and groups',
  'scim.read': 'Read all SCIM entities, i.e. users and groups',
  'scim.create': 'Create users',
  'scim.zones': "Control a user's ability to manage a zone",
  'scim.invite': 'Send invitations to users',
  'oauth.approval': 'Manage approved scopes',
  'oauth.login': 'Authenticate users outside of the UAA',
  'groups.update': 'Update group information and memberships',
  'uaa.resource': 'Serve resources protected by the UAA',
  'uaa.admin': 'Act as an administrator throughout the UAA',
  'uaa.none': 'Forbid acting as a user',
  'cloud_controller.admin': undefined,
  'pks.clusters.admin': 'View and change all clusters',
  'pks.clusters.manage': 'View and change own clusters',
  'pks.clusters.admin.read': 'View all clusters',
};

const initialUsers: Readonly<Record<string, readonly string[]>> = {
  alana: ['pks.clusters.admin'],
  cody: ['pks.clusters.manage'],
  naomi: ['pks.clusters.admin.read'],
  dana: [],
};

/** Groups at an identity provider, which appear as `roles` in ID tokens. */
const externalGroups: Readonly<Record<string, readonly string[]>> = {
  naomi: ['auditors', 'platform-team'],
};

/**
 * Creates the groups and clients that PKS creates in a new UAA, and four users.
 * @returns the accounts that still have their initial secrets, and the secret of the PKS API's own client,
 *   which changes at every start.
 */
export function seed(state: State): Accounts & { pksClientSecret: string } {
  const isNew = state.clients.get(pksClient.id) === undefined;
  if (isNew) createInitialData(state);
  const pksClientSecret = randomBytes(18).toString('base64url');
  // This client is created last, so if it exists, all initial data exists.
  state.clients.put(toClient({ ...pksClient, secret: pksClientSecret }, state.now()));
  return {
    users: Object.entries(initialUsers)
      .map(([name, scopes]) => ({ name, password: getInitialPassword(name), scopes }))
      .filter(({ name, password }) => {
        const user = state.users.findByName(name, 'uaa');
        return user && matchesSecret(password, user.passwordHash);
      }),
    clients: initialClients
      .map(({ id, secret }) => ({ id, secret }))
      .filter(({ id, secret }) => state.clients.authenticate(id, secret)),
    pksClientSecret,
  };
}

/** Does not replace users and groups that exist because an earlier start was interrupted. */
function createInitialData(state: State): void {
  const now = state.now();
  for (const client of initialClients) state.clients.put(toClient(client, now));
  for (const [displayName, description] of Object.entries(initialGroups)) {
    if (!state.groups.findByName(displayName)) addGroup(state, displayName, description);
  }
  for (const [name, scopes] of Object.entries(initialUsers)) {
    if (state.users.findByName(name, 'uaa')) continue;
    const id = addUser(state, name, { externalGroups: externalGroups[name] });
    for (const scope of scopes) addMember(state, scope, id);
  }
}

/** @returns the ID of the new group. */
export function addGroup(state: State, displayName: string, description?: string): string {
  const [id, now] = [randomUUID(), state.now()];
  state.groups.put({ id, displayName, description, version: 0, createdAt: now, modifiedAt: now });
  return id;
}

function getInitialPassword(name: string): string {
  return `${name}-password`;
}

/** @param name - e.g. `cody` or `cody.example`. @returns the ID of the new user. */
export function addUser(state: State, name: string, fields: Partial<User>): string {
  const [id, now] = [randomUUID(), state.now()];
  const [givenName = '', familyName = 'example'] = name.split('.');
  state.users.put({
    id,
    userName: name,
    givenName: capitalize(givenName),
    familyName: capitalize(familyName),
    email: `${name}@example.com`,
    passwordHash: hashSecret(getInitialPassword(name)),
    passwordChangeRequired: false,
    passwordModifiedAt: now,
    active: true,
    verified: true,
    origin: 'uaa',
    version: 0,
    createdAt: now,
    modifiedAt: now,
    ...fields,
  });
  return id;
}

function capitalize(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

export function addMember(
  { groups }: State,
  groupName: string,
  value: string,
  { type = 'USER', origin = 'uaa' }: Partial<Member> = {},
): void {
  const group = groups.findByName(groupName);
  if (group) groups.addMember(group.id, { value, type, origin });
}

export type InitialClient = Pick<Client, 'id' | 'grants' | 'scopes' | 'authorities'> &
  Partial<Client> & { readonly secret: string };

export function toClient({ secret, ...client }: InitialClient, modifiedAt: number): Client {
  return {
    redirectUris: [],
    autoapprove: [],
    requiredUserGroups: [],
    information: {},
    metadata: { showOnHomePage: false, appIcon: '' },
    modifiedAt,
    ...client,
    secretHashes: [hashSecret(secret)],
  };
}

// The ports on which tpks waits for the browser. UAA has no pattern that matches any port.
const loopbackUris = [28443, 28444, 28445].map((port) => `http://localhost:${String(port)}`);

const userClientDefaults = {
  secret: '',
  grants: ['password', 'refresh_token', 'authorization_code'],
  redirectUris: ['https://localhost:8443', 'tpks://callback', ...loopbackUris],
  authorities: ['uaa.none'],
  accessSeconds: 600,
  refreshSeconds: 21_600,
};
const initialClients: readonly InitialClient[] = [
  {
    id: 'admin',
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
      'tokens.revoke',
      'tokens.list',
      ...clusterScopes,
    ],
  },
  { ...userClientDefaults, id: 'pks_cli', scopes: ['openid', ...clusterScopes] },
  { ...userClientDefaults, id: 'pks_cluster_client', scopes: ['openid', 'roles'] },
  // The default client of uaac. Users do not have to consent to its scopes.
  {
    ...userClientDefaults,
    id: 'cf',
    grants: ['implicit', 'password', 'refresh_token'],
    scopes: ['openid', 'uaa.user', ...clusterScopes],
    redirectUris: ['https://uaa.cloudfoundry.com/redirect/cf', ...loopbackUris],
    autoapprove: ['true'],
  },
];

const pksClient = {
  id: 'pks_client',
  grants: ['client_credentials'],
  scopes: ['uaa.none'],
  authorities: ['uaa.resource'],
};

import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../json.js';
import type { Behaviour } from './uaa-releases.js';
import { readConfig } from './identity-providers.js';
import { jwtBearerGrant } from './oauth/user-login.js';
import type { User } from './store/identities.js';
import { addGroup, addMember, addUser, toClient, type InitialClient } from './store/seed.js';
import type { State } from './store/state.js';

const day = 86_400_000;

/** All objects in this file were created this many days ago. */
const ageInDays = 400;

/** Groups by name. `parent` is the group that contains them. */
const groups: Readonly<Record<string, { description: string; parent: string }>> = {
  'team.blue': { description: 'Team Blue', parent: 'pks.clusters.manage' },
  'team.green': { description: 'Team Green', parent: 'pks.clusters.admin.read' },
  'team.platform': { description: 'Platform team', parent: 'uaa.admin' },
};

const mappings = [
  ['team.blue', 'ldap', 'cn=blue,ou=groups,dc=example,dc=com'],
  // No identity provider has this origin key.
  ['pks.clusters.admin', 'okta', 'platform-admins'],
] as const;

interface ReviewedUser extends Partial<Pick<User, 'origin' | 'active' | 'email'>> {
  readonly name: string;
  /** Days since the last login; `undefined` if the user has never logged in. */
  readonly lastLogin?: number;
  /** Origin of each membership, by group name. */
  readonly memberOf?: Readonly<Record<string, string>>;
}

const users: readonly ReviewedUser[] = [
  { name: 'erik.lund', origin: 'ldap', lastLogin: 2, memberOf: { 'team.blue': 'ldap' } },
  // No mapping exists for this membership, so the UAA deletes it at the next login.
  { name: 'mira.sato', origin: 'ldap', lastLogin: 9, memberOf: { 'pks.clusters.admin': 'ldap' } },
  { name: 'priya.nair', lastLogin: 1, memberOf: { 'team.green': 'uaa' } },
  { name: 'pnair', origin: 'ldap', email: 'priya.nair@example.com', lastLogin: 30 },
  { name: 'tom.becker', lastLogin: 200, memberOf: { 'pks.clusters.admin': 'uaa' } },
  { name: 'sam.keller', lastLogin: 5, memberOf: { 'team.platform': 'uaa' } },
  { name: 'rosa.diaz', memberOf: { 'pks.clusters.admin': 'uaa', 'scim.write': 'uaa' } },
  { name: 'jonas.weber', active: false, lastLogin: 60, memberOf: { 'team.blue': 'uaa' } },
  { name: 'kim.olsen', origin: 'okta', lastLogin: 40, memberOf: { 'pks.clusters.manage': 'uaa' } },
];

const service = { grants: ['client_credentials'], scopes: ['uaa.none'] };
const webApp = { grants: ['authorization_code', 'refresh_token'], authorities: ['uaa.none'] };

const clients: readonly InitialClient[] = [
  {
    ...service,
    id: 'ops-automation',
    secret: 'ops-automation-secret',
    authorities: ['uaa.admin', 'pks.clusters.admin'],
  },
  { ...service, id: 'nightly-report', secret: '', authorities: ['pks.clusters.admin.read'] },
  {
    id: 'dashboard',
    secret: '',
    grants: ['implicit'],
    scopes: ['openid', 'pks.clusters.admin.read'],
    authorities: ['uaa.none'],
    redirectUris: ['http://dashboard.example.com/callback', 'https://*.apps.example.com/**'],
  },
  {
    ...webApp,
    id: 'team-wiki',
    secret: 'team-wiki-secret',
    scopes: ['openid', 'scim.write', 'pks.clusters.admin'],
    redirectUris: ['https://wiki.example.com/login/callback'],
    autoapprove: ['true'],
  },
  {
    ...webApp,
    id: 'mobile-app',
    secret: 'mobile-app-secret',
    scopes: ['openid', 'pks.clusters.manage'],
    redirectUris: ['https://mobile.example.com/callback'],
    accessSeconds: 86_400,
    refreshSeconds: 90 * 86_400,
  },
  {
    id: 'ci-jobs',
    secret: 'ci-jobs-secret',
    grants: [jwtBearerGrant],
    scopes: ['openid', 'pks.clusters.manage'],
    authorities: ['uaa.none'],
  },
];

/** OIDC providers by origin key. The login page does not link to them. */
const providers: Readonly<
  Record<string, { name: string; issuer: string; active?: false; config?: JsonObject }>
> = {
  'partner-login': { name: 'Partner', issuer: 'https://login.partner.example', active: false },
  'staging-sso': {
    name: 'Staging SSO',
    issuer: 'https://sso.staging.example.com',
    config: { skipSslValidation: true },
  },
  'company-sso': {
    name: 'Company SSO',
    issuer: 'https://sso.example.com',
    config: { groupMappingMode: 'AS_SCOPES', attributeMappings: { external_groups: ['groups'] } },
  },
  google: {
    name: 'Google',
    issuer: 'https://accounts.google.com',
    config: { addShadowUserOnLogin: true },
  },
};

const ldapSettings = {
  baseUrl: 'ldaps://ldap.example.com:636',
  ldapGroupFile: 'ldap/ldap-groups-map-to-scopes.xml',
  groupSearchBase: 'ou=groups,dc=example,dc=com',
  externalGroupsWhitelist: ['*'],
};

/**
 * Adds an example of each finding of `tpks access` to a new UAA. Users with the origin `uaa` have the password
 * `NAME-password`. Other users cannot log in.
 */
export function addReviewData(state: State, behaviour: Behaviour): void {
  const createdAt = state.now() - ageInDays * day;
  for (const [name, { description, parent }] of Object.entries(groups)) {
    addMember(state, parent, addGroup(state, name, description), { type: 'GROUP' });
  }
  for (const [group, origin, externalGroup] of mappings) {
    const groupId = state.groups.findByName(group)?.id ?? '';
    state.mappings.add({ groupId, origin, externalGroup, createdAt });
  }
  for (const { name, lastLogin, memberOf = {}, ...fields } of users) {
    const lastLogonAt = lastLogin === undefined ? undefined : state.now() - lastLogin * day;
    const times = { createdAt, modifiedAt: createdAt, passwordModifiedAt: createdAt, lastLogonAt };
    const id = addUser(state, name, { ...times, ...fields });
    for (const [group, origin] of Object.entries(memberOf)) addMember(state, group, id, { origin });
  }
  // This member does not exist.
  addMember(state, 'team.green', randomUUID(), { origin: 'uaa' });
  for (const client of clients) state.clients.put(toClient(client, createdAt));
  const times = { createdAt, modifiedAt: createdAt, version: 0 };
  for (const [originKey, { name, issuer, active = true, config }] of Object.entries(providers)) {
    const settings = {
      ...{ issuer, authUrl: `${issuer}/authorize`, tokenUrl: `${issuer}/token` },
      ...{ tokenKeyUrl: `${issuer}/keys`, relyingPartyId: 'tpks-sandbox', showLinkText: false },
      ...{ addShadowUserOnLogin: false, ...config },
    };
    const provider = { ...times, id: randomUUID(), originKey, type: 'oidc1.0', name, active };
    state.providers.put({ ...provider, config: readConfig('oidc1.0', settings, behaviour) });
  }
  for (const ldap of state.providers.filter(({ originKey }) => originKey === 'ldap')) {
    const config = { ...ldap.config, ...ldapSettings };
    state.providers.put({ ...ldap, name: 'Company LDAP', active: true, config });
  }
}

import type { Entry, Leaf } from '../contents.js';

export { sharedOptions as options } from './options.js';

/** Loads a command from the file that contains its family. */
function from<Name extends string>(
  load: () => Promise<Readonly<Record<Name, Leaf>>>,
  name: Name,
): Entry['load'] {
  return async () => (await load())[name];
}

function group(name: string, summary: string, contents: readonly Entry[]): Entry {
  return { name, summary, load: () => Promise.resolve({ contents }) };
}

/** A group with the single command `get`. */
function grant(
  name: 'client' | 'owner' | 'sso' | 'authcode' | 'implicit',
  summary: string,
  getSummary: string,
): Entry {
  return group(name, summary, [{ name: 'get', summary: getSummary, load: from(grants, name) }]);
}

const access = () => import('./access.js');
const changes = () => import('./client/changes.js');
const clients = () => import('./client/clients.js');
const grants = () => import('./token/grants.js');
const groups = () => import('./groups.js');
const jwts = () => import('./client/jwt.js');
const members = () => import('./members.js');
const passwords = () => import('./passwords.js');
const providers = () => import('./identity-providers.js');
const records = () => import('./token/records.js');
const secrets = () => import('./client/secrets.js');
const server = () => import('./server.js');
const targets = () => import('./targets.js');
const userChanges = () => import('./user-changes.js');
const users = () => import('./users.js');

export const contents: readonly Entry[] = [
  {
    name: 'target',
    summary: 'show or set the current target',
    load: from(targets, 'targetCommand'),
  },
  { name: 'targets', summary: 'list the saved targets', load: from(targets, 'targetsCommand') },
  {
    name: 'context',
    summary: 'show or switch the context of the uaa commands',
    load: from(targets, 'contextCommand'),
  },
  {
    name: 'contexts',
    summary: 'list the contexts of all targets',
    load: from(targets, 'contextsCommand'),
  },
  { name: 'info', summary: 'show information about the UAA', load: from(server, 'info') },
  { name: 'me', summary: 'show the user of the current token', load: from(server, 'me') },
  { name: 'prompts', summary: 'show the login prompts of the UAA', load: from(server, 'prompts') },
  group('signing', 'show the token signing key', [
    { name: 'key', summary: 'show the token signing key', load: from(server, 'signingKey') },
  ]),
  group('token', 'manage tokens', [
    grant('client', 'get tokens for UAA clients', 'get a token for a UAA client, e.g. admin'),
    grant(
      'owner',
      'get tokens for users, with their passwords',
      'get a token for a user, with a password',
    ),
    grant(
      'sso',
      'get tokens for users, with one-time codes',
      'get a token for a user, with a one-time code',
    ),
    grant(
      'authcode',
      'get tokens in a browser (authorization code grant)',
      'get a token in a browser (authorization code grant)',
    ),
    grant(
      'implicit',
      'get tokens in a browser (implicit grant)',
      'get a token in a browser (implicit grant)',
    ),
    {
      name: 'get',
      summary: 'get a token with the values that the UAA prompts for',
      load: from(grants, 'get'),
    },
    {
      name: 'refresh',
      summary: 'renew a token',
      load: from(() => import('./token/refresh.js'), 'refresh'),
    },
    {
      name: 'decode',
      summary: 'show the claims of a token and verify its signature',
      load: from(() => import('./token/decode.js'), 'decode'),
    },
    { name: 'list', summary: 'list the tokens that the UAA stores', load: from(records, 'list') },
    { name: 'revoke', summary: 'revoke tokens at the UAA', load: from(records, 'revoke') },
    {
      name: 'delete',
      summary: 'delete tokens from this machine',
      load: from(() => import('./token/delete.js'), 'remove'),
    },
  ]),
  { name: 'users', summary: 'list users', load: from(users, 'list') },
  group('user', 'manage users', [
    { name: 'add', summary: 'create a user', load: from(userChanges, 'add') },
    { name: 'get', summary: 'show a user', load: from(users, 'get') },
    { name: 'update', summary: 'update a user', load: from(userChanges, 'update') },
    { name: 'delete', summary: 'delete a user', load: from(users, 'remove') },
    { name: 'ids', summary: 'show the ids of users', load: from(users, 'ids') },
    {
      name: 'unlock',
      summary: 'unlock a user after too many failed logins',
      load: from(users, 'unlock'),
    },
    {
      name: 'activate',
      summary: 'allow a deactivated user to log in again',
      load: from(users, 'activate'),
    },
    {
      name: 'deactivate',
      summary: 'prevent a user from logging in',
      load: from(users, 'deactivate'),
    },
  ]),
  group('password', 'manage user passwords', [
    { name: 'set', summary: "set a user's password", load: from(passwords, 'set') },
    { name: 'change', summary: 'change your own password', load: from(passwords, 'change') },
    {
      name: 'strength',
      summary: 'check the strength of a password',
      load: from(passwords, 'strength'),
    },
  ]),
  { name: 'groups', summary: 'list groups', load: from(groups, 'list') },
  group('group', 'manage groups', [
    { name: 'add', summary: 'create a group', load: from(groups, 'add') },
    { name: 'get', summary: 'show a group and its members', load: from(groups, 'get') },
    { name: 'delete', summary: 'delete a group', load: from(groups, 'remove') },
    {
      name: 'mappings',
      summary: 'list the mappings of external groups',
      load: from(groups, 'mappings'),
    },
    { name: 'map', summary: 'map an external group to a group', load: from(groups, 'map') },
    {
      name: 'unmap',
      summary: 'remove the mapping of an external group',
      load: from(groups, 'unmap'),
    },
  ]),
  { name: 'members', summary: 'list the members of a group', load: from(members, 'list') },
  group('member', 'add and remove members of groups', [
    { name: 'add', summary: 'add users to a group', load: from(members, 'add') },
    { name: 'delete', summary: 'remove users from a group', load: from(members, 'remove') },
  ]),
  { name: 'clients', summary: 'list clients', load: from(clients, 'list') },
  group('client', 'manage clients', [
    { name: 'get', summary: 'show a client', load: from(clients, 'get') },
    { name: 'add', summary: 'create a client', load: from(changes, 'add') },
    { name: 'update', summary: 'update a client', load: from(changes, 'update') },
    { name: 'delete', summary: 'delete a client', load: from(clients, 'remove') },
    group('jwt', 'manage JWT authentication of a client', [
      { name: 'add', summary: 'trust another key or issuer', load: from(jwts, 'add') },
      { name: 'update', summary: 'replace the trusted key or issuer', load: from(jwts, 'update') },
      { name: 'delete', summary: 'stop trusting a key or issuer', load: from(jwts, 'remove') },
    ]),
  ]),
  group('secret', 'manage client secrets', [
    { name: 'set', summary: 'set the secret of a client', load: from(secrets, 'set') },
    {
      name: 'change',
      summary: 'change the secret of the current client',
      load: from(secrets, 'change'),
    },
    { name: 'add', summary: 'add a second secret to a client', load: from(secrets, 'add') },
    {
      name: 'delete',
      summary: "delete the older of a client's two secrets",
      load: from(secrets, 'remove'),
    },
  ]),
  { name: 'idps', summary: 'list identity providers', load: from(providers, 'list') },
  group('idp', 'show an identity provider', [
    { name: 'get', summary: 'show an identity provider', load: from(providers, 'get') },
  ]),
  { name: 'zones', summary: 'list identity zones', load: from(providers, 'zones') },
  {
    name: 'plan',
    summary: 'show the changes needed to match an access file',
    load: from(access, 'plan'),
  },
  {
    name: 'apply',
    summary: 'make the UAA match an access file',
    load: from(access, 'apply'),
  },
  {
    name: 'export',
    summary: 'print users, groups and clients as an access file',
    load: from(access, 'exportCommand'),
  },
  {
    name: 'curl',
    summary: 'send a request to the UAA with the current token',
    load: from(server, 'curlUaa'),
  },
  { name: 'version', summary: 'print the version', hidden: true, load: from(server, 'version') },
];

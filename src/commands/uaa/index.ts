import { withHeading, type Entry, type Leaf } from '../contents.js';

export { sharedOptions as options } from './options.js';

/** Loads a command from the file that contains its family. */
function pick<Name extends string>(
  load: () => Promise<Readonly<Record<Name, Leaf>>>,
  name: Name,
): Entry['load'] {
  return async () => (await load())[name];
}

function group(name: string, summary: string, contents: readonly Entry[]): Entry {
  return { name, summary, load: () => ({ contents }) };
}

/** A group that also has a verb for the command that lists its objects. */
function groupWithList(
  name: string,
  summary: string,
  listCommand: string,
  contents: readonly Entry[],
): Entry {
  return { ...group(name, summary, contents), verbs: { list: listCommand } };
}

/** A group with the single command `get`. */
function grant(
  name: 'client' | 'owner' | 'sso' | 'authcode' | 'implicit',
  summary: string,
  getSummary: string,
): Entry {
  return group(name, summary, [{ name: 'get', summary: getSummary, load: pick(grants, name) }]);
}

const access = () => import('./access.js');
const changes = () => import('./client/changes.js');
const clients = () => import('./client/clients.js');
const contextCommands = () => import('./contexts.js');
const grants = () => import('./token/grants.js');
const groups = () => import('./groups.js');
const jwt = () => import('./client/jwt.js');
const mappings = () => import('./mappings.js');
const members = () => import('./members.js');
const passwords = () => import('./passwords.js');
const providers = () => import('./identity-providers.js');
const profile = () => import('./user-profile.js');
const records = () => import('./token/records.js');
const secrets = () => import('./client/secrets.js');
const server = () => import('./server.js');
const targets = () => import('./targets.js');
const trusts = () => import('./trust.js');
const users = () => import('./users.js');

export const contents: readonly Entry[] = [
  ...withHeading('Targets and contexts:', [
    {
      name: 'target',
      summary: 'show or set the current target',
      verbs: { list: 'targets' },
      load: pick(targets, 'targetCommand'),
    },
    { name: 'targets', summary: 'list the saved targets', load: pick(targets, 'targetsCommand') },
    {
      name: 'context',
      summary: 'show or switch the context of the uaa commands',
      load: pick(contextCommands, 'contextCommand'),
    },
    {
      name: 'contexts',
      summary: 'list the contexts of all targets',
      load: pick(contextCommands, 'contextsCommand'),
    },
  ]),
  ...withHeading('Server:', [
    { name: 'info', summary: 'show information about the UAA', load: pick(server, 'info') },
    { name: 'me', summary: 'show the user of the current token', load: pick(server, 'me') },
    {
      name: 'prompts',
      summary: 'show the login prompts of the UAA',
      load: pick(server, 'prompts'),
    },
    group('signing', 'show the token signing key', [
      { name: 'key', summary: 'show the token signing key', load: pick(server, 'signingKey') },
    ]),
  ]),
  ...withHeading('Tokens:', [
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
        load: pick(() => import('./token/prompted-grant.js'), 'get'),
      },
      {
        name: 'refresh',
        summary: 'renew a token',
        load: pick(() => import('./token/refresh.js'), 'refresh'),
      },
      {
        name: 'decode',
        summary: 'show the claims of a token and verify its signature',
        load: pick(() => import('./token/decode.js'), 'decode'),
      },
      { name: 'list', summary: 'list the tokens that the UAA stores', load: pick(records, 'list') },
      { name: 'revoke', summary: 'revoke tokens at the UAA', load: pick(records, 'revoke') },
      {
        name: 'delete',
        summary: 'delete tokens from this machine',
        load: pick(() => import('./token/delete.js'), 'remove'),
      },
    ]),
  ]),
  ...withHeading('Users:', [
    { name: 'users', summary: 'list users', cachedNames: 'users', load: pick(users, 'list') },
    groupWithList('user', 'manage users', 'users', [
      { name: 'add', summary: 'create a user', load: pick(profile, 'add') },
      { name: 'get', summary: 'show a user', load: pick(users, 'get') },
      { name: 'update', summary: 'update a user', load: pick(profile, 'update') },
      { name: 'delete', summary: 'delete a user', load: pick(users, 'remove') },
      { name: 'ids', summary: 'show the ids of users', load: pick(users, 'ids') },
      {
        name: 'unlock',
        summary: 'unlock a user after too many failed logins',
        load: pick(users, 'unlock'),
      },
      {
        name: 'activate',
        summary: 'allow a deactivated user to log in again',
        load: pick(users, 'activate'),
      },
      {
        name: 'deactivate',
        summary: 'prevent a user from logging in',
        load: pick(users, 'deactivate'),
      },
    ]),
    group('password', 'manage user passwords', [
      { name: 'set', summary: "set a user's password", load: pick(passwords, 'set') },
      { name: 'change', summary: 'change your own password', load: pick(passwords, 'change') },
      {
        name: 'strength',
        summary: 'check the strength of a password',
        load: pick(passwords, 'strength'),
      },
    ]),
  ]),
  ...withHeading('Groups:', [
    { name: 'groups', summary: 'list groups', cachedNames: 'groups', load: pick(groups, 'list') },
    groupWithList('group', 'manage groups', 'groups', [
      { name: 'add', summary: 'create a group', load: pick(groups, 'add') },
      { name: 'get', summary: 'show a group and its members', load: pick(groups, 'get') },
      { name: 'delete', summary: 'delete a group', load: pick(groups, 'remove') },
      {
        name: 'mappings',
        summary: 'list the mappings of external groups',
        load: pick(mappings, 'mappings'),
      },
      { name: 'map', summary: 'map an external group to a group', load: pick(mappings, 'map') },
      {
        name: 'unmap',
        summary: 'remove the mapping of an external group',
        load: pick(mappings, 'unmap'),
      },
    ]),
    { name: 'members', summary: 'list the members of a group', load: pick(members, 'list') },
    group('member', 'add and remove members of groups', [
      { name: 'add', summary: 'add users to a group', load: pick(members, 'add') },
      { name: 'delete', summary: 'remove users from a group', load: pick(members, 'remove') },
    ]),
  ]),
  ...withHeading('Clients:', [
    {
      name: 'clients',
      summary: 'list clients',
      cachedNames: 'clients',
      load: pick(clients, 'list'),
    },
    groupWithList('client', 'manage clients', 'clients', [
      { name: 'get', summary: 'show a client', load: pick(clients, 'get') },
      { name: 'add', summary: 'create a client', load: pick(changes, 'add') },
      { name: 'update', summary: 'update a client', load: pick(changes, 'update') },
      { name: 'delete', summary: 'delete a client', load: pick(clients, 'remove') },
      group('jwt', 'manage JWT authentication of a client', [
        { name: 'add', summary: 'trust another key or issuer', load: pick(jwt, 'addJwt') },
        {
          name: 'update',
          summary: 'replace the trusted key or issuer',
          load: pick(jwt, 'updateJwt'),
        },
        { name: 'rotate', summary: 'replace a key in two steps', load: pick(jwt, 'rotateJwt') },
        { name: 'delete', summary: 'stop trusting a key or issuer', load: pick(jwt, 'removeJwt') },
      ]),
    ]),
    group('secret', 'manage client secrets', [
      { name: 'set', summary: 'set the secret of a client', load: pick(secrets, 'setSecret') },
      {
        name: 'change',
        summary: 'change the secret of the current client',
        load: pick(secrets, 'changeSecret'),
      },
      { name: 'add', summary: 'add a second secret to a client', load: pick(secrets, 'addSecret') },
      {
        name: 'delete',
        summary: "delete the older of a client's two secrets",
        load: pick(secrets, 'removeSecret'),
      },
    ]),
  ]),
  ...withHeading('Identity providers:', [
    { name: 'idps', summary: 'list identity providers', load: pick(providers, 'list') },
    group('idp', 'show an identity provider', [
      { name: 'get', summary: 'show an identity provider', load: pick(providers, 'get') },
    ]),
    group('trust', 'let CI jobs log in without a stored secret', [
      { name: 'add', summary: 'let the jobs of a CI system log in', load: pick(trusts, 'add') },
      { name: 'list', summary: 'list the CI trusts', load: pick(trusts, 'list') },
      { name: 'show', summary: 'show a trust', load: pick(trusts, 'show') },
      { name: 'test', summary: 'compare an ID token with a trust', load: pick(trusts, 'test') },
      { name: 'remove', summary: 'remove a trust', load: pick(trusts, 'remove') },
    ]),
    { name: 'zones', summary: 'list identity zones', load: pick(providers, 'zones') },
  ]),
  ...withHeading('Access as code:', [
    {
      name: 'plan',
      summary: 'show the changes needed to match an access file',
      load: pick(access, 'plan'),
    },
    { name: 'apply', summary: 'make the UAA match an access file', load: pick(access, 'apply') },
    {
      name: 'export',
      summary: 'print users, groups and clients as an access file',
      load: pick(access, 'exportCommand'),
    },
  ]),
  ...withHeading('Server:', [
    {
      name: 'curl',
      summary: 'send a request to the UAA with the current token',
      load: pick(server, 'curlUaa'),
    },
    { name: 'version', summary: 'print the version', hidden: true, load: pick(server, 'version') },
  ]),
];

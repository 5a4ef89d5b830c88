import { withHeading, type Entry, type Leaf } from '../command-table.js';

export { sharedOptions as options } from './options.js';

/** A command that is loaded from the file of its family. */
function leaf<Export extends string>(
  name: string,
  summary: string,
  load: () => Promise<Readonly<Record<Export, Leaf>>>,
  exported: Export,
): Entry {
  return { name, summary, load: async () => (await load())[exported] };
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
function grant(name: 'client' | 'owner' | 'sso' | 'authcode' | 'implicit', summary: string): Entry {
  return group(name, summary, [leaf('get', summary, grants, name)]);
}

const access = () => import('./access-as-code.js');
const changes = () => import('./client/changes.js');
const clients = () => import('./client/clients.js');
const contextCommands = () => import('./contexts.js');
const grants = () => import('./token/grants.js');
const prompted = () => import('./token/prompted-grant.js');
const renewal = () => import('./token/refresh.js');
const decoding = () => import('./token/decode.js');
const deletion = () => import('./token/delete.js');
const groups = () => import('./groups.js');
const jwt = () => import('./client/jwt.js');
const mappings = () => import('./mappings.js');
const members = () => import('./members.js');
const passwords = () => import('./passwords.js');
const providers = () => import('./identity-providers.js');
const profile = () => import('./user-changes.js');
const records = () => import('./token/records.js');
const secrets = () => import('./client/secrets.js');
const server = () => import('./server.js');
const targets = () => import('./targets.js');
const trusts = () => import('./trust.js');
const users = () => import('./users.js');

export const contents: readonly Entry[] = [
  ...withHeading('Targets and contexts:', [
    {
      ...leaf('target', 'show or set the current target', targets, 'targetCommand'),
      verbs: { list: 'targets' },
    },
    leaf('targets', 'list the saved targets', targets, 'targetsCommand'),
    leaf(
      'context',
      'show or switch the context that the uaa commands use',
      contextCommands,
      'contextCommand',
    ),
    leaf('contexts', 'list the contexts of all targets', contextCommands, 'contextsCommand'),
  ]),
  ...withHeading('Server:', [
    leaf('info', 'show information about the UAA', server, 'info'),
    leaf('me', 'show the user of the current token', server, 'me'),
    leaf('prompts', 'show the login prompts of the UAA', server, 'prompts'),
    group('signing', 'show the token signing key', [
      leaf('key', 'show the token signing key', server, 'signingKey'),
    ]),
  ]),
  ...withHeading('Tokens:', [
    group('token', 'manage tokens', [
      grant('client', 'get a token for a UAA client, e.g. admin'),
      grant('owner', 'get a token for a user, with a password'),
      grant('sso', 'get a token for a user, with a one-time code'),
      grant('authcode', 'get a token in a browser (authorization code grant)'),
      grant('implicit', 'get a token in a browser (implicit grant)'),
      leaf('get', 'get a token by answering the login prompts of the UAA', prompted, 'get'),
      leaf('refresh', 'renew a token', renewal, 'refresh'),
      leaf('decode', 'show the claims of a token and verify its signature', decoding, 'decode'),
      leaf('list', 'list the tokens that the UAA stores', records, 'list'),
      leaf('revoke', 'revoke tokens at the UAA', records, 'revoke'),
      leaf('delete', 'delete tokens from this machine', deletion, 'remove'),
    ]),
  ]),
  ...withHeading('Users:', [
    { ...leaf('users', 'list users', users, 'list'), cachedNames: 'users' },
    groupWithList('user', 'manage users', 'users', [
      leaf('add', 'create a user', profile, 'add'),
      leaf('get', 'show a user', users, 'get'),
      leaf('update', 'update a user', profile, 'update'),
      leaf('delete', 'delete a user', users, 'remove'),
      leaf('ids', 'show the ids of users', users, 'ids'),
      leaf('unlock', 'unlock a user after too many failed logins', users, 'unlock'),
      leaf('activate', 'allow a deactivated user to log in again', users, 'activate'),
      leaf('deactivate', 'prevent a user from logging in', users, 'deactivate'),
    ]),
    group('password', 'manage user passwords', [
      leaf('set', "set a user's password", passwords, 'set'),
      leaf('change', 'change your own password', passwords, 'change'),
      leaf('strength', 'check the strength of a password', passwords, 'strength'),
    ]),
  ]),
  ...withHeading('Groups:', [
    { ...leaf('groups', 'list groups', groups, 'list'), cachedNames: 'groups' },
    groupWithList('group', 'manage groups', 'groups', [
      leaf('add', 'create a group', groups, 'add'),
      leaf('get', 'show a group and its members', groups, 'get'),
      leaf('delete', 'delete a group', groups, 'remove'),
      leaf('mappings', 'list the mappings of external groups', mappings, 'mappings'),
      leaf('map', 'map an external group to a group', mappings, 'map'),
      leaf('unmap', 'remove the mapping of an external group', mappings, 'unmap'),
    ]),
    leaf('members', 'list the members of a group', members, 'list'),
    group('member', 'add and remove members of groups', [
      leaf('add', 'add users to a group', members, 'add'),
      leaf('delete', 'remove users from a group', members, 'remove'),
    ]),
  ]),
  ...withHeading('Clients:', [
    { ...leaf('clients', 'list clients', clients, 'list'), cachedNames: 'clients' },
    groupWithList('client', 'manage clients', 'clients', [
      leaf('get', 'show a client', clients, 'get'),
      leaf('add', 'create a client', changes, 'add'),
      leaf('update', 'update a client', changes, 'update'),
      leaf('delete', 'delete a client', clients, 'remove'),
      group('jwt', 'manage JWT authentication of a client', [
        leaf('add', 'trust another key or issuer', jwt, 'addJwt'),
        leaf('update', 'replace the trusted key or issuer', jwt, 'updateJwt'),
        leaf('rotate', 'replace a key in two steps', jwt, 'rotateJwt'),
        leaf('delete', 'stop trusting a key or issuer', jwt, 'removeJwt'),
      ]),
    ]),
    group('secret', 'manage client secrets', [
      leaf('set', 'set the secret of a client', secrets, 'setSecret'),
      leaf('change', 'change the secret of the current client', secrets, 'changeSecret'),
      leaf('add', 'add a second secret to a client', secrets, 'addSecret'),
      leaf('delete', "delete the older of a client's two secrets", secrets, 'removeSecret'),
    ]),
  ]),
  ...withHeading('Identity providers:', [
    leaf('idps', 'list identity providers', providers, 'list'),
    group('idp', 'show an identity provider', [
      leaf('get', 'show an identity provider', providers, 'get'),
    ]),
    group('trust', 'let CI jobs log in without a stored secret', [
      leaf('add', 'let the jobs of a CI system log in', trusts, 'add'),
      leaf('list', 'list the CI trusts', trusts, 'list'),
      leaf('show', 'show a trust', trusts, 'show'),
      leaf('test', 'compare an ID token with a trust', trusts, 'test'),
      leaf('remove', 'remove a trust', trusts, 'remove'),
    ]),
    leaf('zones', 'list identity zones', providers, 'zones'),
  ]),
  ...withHeading('Access as code:', [
    leaf('plan', 'show the changes needed to match an access file', access, 'plan'),
    leaf('apply', 'make the UAA match an access file', access, 'apply'),
    leaf('export', 'print users, groups and clients as an access file', access, 'exportCommand'),
  ]),
  ...withHeading('Server:', [
    leaf('curl', 'send a request to the UAA with the current token', server, 'curlUaa'),
    { ...leaf('version', 'print the version', server, 'version'), hidden: true },
  ]),
];

import type { Entry } from '../contents.js';

export { sharedOptions as options } from './shared-options.js';

export const contents: readonly Entry[] = [
  {
    name: 'target',
    summary: 'choose the UAA that the next commands talk to, or show it',
    load: () => import('./target/target.js'),
  },
  {
    name: 'targets',
    summary: 'list the UAAs that were targeted',
    load: () => import('./target/targets.js'),
  },
  {
    name: 'context',
    summary: 'choose whose token the uaa commands use, or show it',
    load: () => import('./target/context.js'),
  },
  {
    name: 'contexts',
    summary: 'list the contexts with their numbers',
    load: () => import('./target/contexts.js'),
  },
  {
    name: 'info',
    summary: 'show what the UAA says about itself',
    load: async () => (await import('./target/info.js')).info,
  },
  {
    name: 'me',
    summary: 'show the user whose token is in use',
    load: () => import('./target/me.js'),
  },
  {
    name: 'prompts',
    summary: 'show what the UAA asks for at a login',
    load: async () => (await import('./target/info.js')).prompts,
  },
  {
    name: 'signing',
    summary: 'show the key that signs tokens',
    load: () => import('./signing/index.js'),
  },
  {
    name: 'token',
    summary: 'get, show, renew and end tokens',
    load: () => import('./token/index.js'),
  },
  {
    name: 'users',
    summary: 'list users',
    load: () => import('./user/users.js'),
  },
  {
    name: 'user',
    summary: 'add, show, change and delete users',
    load: () => import('./user/index.js'),
  },
  {
    name: 'password',
    summary: 'set and change passwords',
    load: () => import('./password/index.js'),
  },
  {
    name: 'groups',
    summary: 'list groups',
    load: () => import('./group/groups.js'),
  },
  {
    name: 'group',
    summary: 'add, show, delete and map groups',
    load: () => import('./group/index.js'),
  },
  {
    name: 'members',
    summary: 'list who is in a group, by name',
    load: () => import('./member/members.js'),
  },
  {
    name: 'member',
    summary: 'add users to groups and take them out',
    load: () => import('./member/index.js'),
  },
  {
    name: 'clients',
    summary: 'list clients',
    load: () => import('./client/clients.js'),
  },
  {
    name: 'client',
    summary: 'add, show, change and delete clients',
    load: () => import('./client/index.js'),
  },
  {
    name: 'secret',
    summary: 'set, change, add and delete secrets of clients',
    load: () => import('./secret/index.js'),
  },
  {
    name: 'idps',
    summary: 'list identity providers with their origins',
    load: () => import('./idp/idps.js'),
  },
  {
    name: 'idp',
    summary: 'show an identity provider',
    load: () => import('./idp/index.js'),
  },
  { name: 'zones', summary: 'list identity zones', load: () => import('./zone/zones.js') },
  {
    name: 'plan',
    summary: 'show the changes that make the UAA match a file',
    load: () => import('./access/plan.js'),
  },
  {
    name: 'apply',
    summary: 'make the UAA match a file',
    load: () => import('./access/apply.js'),
  },
  {
    name: 'export',
    summary: 'print users, groups and clients as such a file',
    load: () => import('./access/export.js'),
  },
  {
    name: 'curl',
    summary: 'call any route of the UAA with the current token',
    load: () => import('./curl.js'),
  },
  {
    name: 'version',
    summary: 'print the version',
    hidden: true,
    load: () => import('./version.js'),
  },
];

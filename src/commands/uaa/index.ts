import type { Entry } from '../contents.js';

export { sharedOptions as options } from './shared-options.js';

export const contents: readonly Entry[] = [
  {
    name: 'target',
    summary: 'show or set the current target',
    load: () => import('./target/target.js'),
  },
  {
    name: 'targets',
    summary: 'list the saved targets',
    load: () => import('./target/targets.js'),
  },
  {
    name: 'context',
    summary: 'show or switch the context of the uaa commands',
    load: () => import('./target/context.js'),
  },
  {
    name: 'contexts',
    summary: 'list the contexts of all targets',
    load: () => import('./target/contexts.js'),
  },
  {
    name: 'info',
    summary: 'show information about the UAA',
    load: async () => (await import('./target/info.js')).info,
  },
  {
    name: 'me',
    summary: 'show the user of the current token',
    load: () => import('./target/me.js'),
  },
  {
    name: 'prompts',
    summary: 'show the login prompts of the UAA',
    load: async () => (await import('./target/info.js')).prompts,
  },
  {
    name: 'signing',
    summary: 'show the token signing key',
    load: () => import('./signing/index.js'),
  },
  {
    name: 'token',
    summary: 'manage tokens',
    load: () => import('./token/index.js'),
  },
  {
    name: 'users',
    summary: 'list users',
    load: () => import('./user/users.js'),
  },
  {
    name: 'user',
    summary: 'manage users',
    load: () => import('./user/index.js'),
  },
  {
    name: 'password',
    summary: 'manage user passwords',
    load: () => import('./password/index.js'),
  },
  {
    name: 'groups',
    summary: 'list groups',
    load: () => import('./group/groups.js'),
  },
  {
    name: 'group',
    summary: 'manage groups',
    load: () => import('./group/index.js'),
  },
  {
    name: 'members',
    summary: 'list the members of a group',
    load: () => import('./member/members.js'),
  },
  {
    name: 'member',
    summary: 'add and remove members of groups',
    load: () => import('./member/index.js'),
  },
  {
    name: 'clients',
    summary: 'list clients',
    load: () => import('./client/clients.js'),
  },
  {
    name: 'client',
    summary: 'manage clients',
    load: () => import('./client/index.js'),
  },
  {
    name: 'secret',
    summary: 'manage client secrets',
    load: () => import('./secret/index.js'),
  },
  {
    name: 'idps',
    summary: 'list identity providers',
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
    summary: 'show the changes needed to match an access file',
    load: () => import('./access/plan.js'),
  },
  {
    name: 'apply',
    summary: 'make the UAA match an access file',
    load: () => import('./access/apply.js'),
  },
  {
    name: 'export',
    summary: 'print users, groups and clients as an access file',
    load: () => import('./access/export.js'),
  },
  {
    name: 'curl',
    summary: 'send a request to the UAA with the current token',
    load: () => import('./curl.js'),
  },
  {
    name: 'version',
    summary: 'print the version',
    hidden: true,
    load: () => import('./version.js'),
  },
];

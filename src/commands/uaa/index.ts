import type { Entry } from '../contents.js';

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
    load: () => import('./target/info.js'),
  },
  { name: 'token', summary: 'get tokens', load: () => import('./token/index.js') },
  {
    name: 'users',
    summary: 'list users',
    load: () => import('./user/users.js'),
  },
  { name: 'user', summary: 'add, show and delete users', load: () => import('./user/index.js') },
  {
    name: 'groups',
    summary: 'list groups',
    load: () => import('./group/groups.js'),
  },
  { name: 'group', summary: 'add and show groups', load: () => import('./group/index.js') },
  {
    name: 'member',
    summary: 'add users to groups and take them out',
    load: () => import('./member/index.js'),
  },
];

import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'add a user', load: () => import('./add.js') },
  { name: 'get', summary: 'show a user', load: () => import('./get.js') },
  { name: 'update', summary: 'change a user', load: () => import('./update.js') },
  { name: 'delete', summary: 'delete a user', load: () => import('./delete.js') },
  { name: 'ids', summary: 'show the ids of users', load: () => import('./ids.js') },
  {
    name: 'unlock',
    summary: 'let a user in again after wrong passwords',
    load: () => import('./unlock.js'),
  },
  {
    name: 'activate',
    summary: 'let a deactivated user log in again',
    load: () => import('./activate.js'),
  },
  {
    name: 'deactivate',
    summary: 'let a user log in no more',
    load: () => import('./deactivate.js'),
  },
];

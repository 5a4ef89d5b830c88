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
    load: async () => (await import('./activation.js')).activate,
  },
  {
    name: 'deactivate',
    summary: 'prevent a user from logging in',
    load: async () => (await import('./activation.js')).deactivate,
  },
];

import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'create a user', load: () => import('./add.js') },
  { name: 'get', summary: 'show a user', load: () => import('./get.js') },
  { name: 'update', summary: 'update a user', load: () => import('./update.js') },
  { name: 'delete', summary: 'delete a user', load: () => import('./delete.js') },
  { name: 'ids', summary: 'show the ids of users', load: () => import('./ids.js') },
  {
    name: 'unlock',
    summary: 'unlock a user after too many failed logins',
    load: () => import('./unlock.js'),
  },
  {
    name: 'activate',
    summary: 'allow a deactivated user to log in again',
    load: async () => (await import('./activation.js')).activate,
  },
  {
    name: 'deactivate',
    summary: 'prevent a user from logging in',
    load: async () => (await import('./activation.js')).deactivate,
  },
];

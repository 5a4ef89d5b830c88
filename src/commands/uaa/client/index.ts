import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'get', summary: 'show a client', load: () => import('./get.js') },
  { name: 'add', summary: 'create a client', load: () => import('./add.js') },
  { name: 'update', summary: 'update a client', load: () => import('./update.js') },
  { name: 'delete', summary: 'delete a client', load: () => import('./delete.js') },
  {
    name: 'jwt',
    summary: 'manage JWT authentication of a client',
    load: () => import('./jwt/index.js'),
  },
];

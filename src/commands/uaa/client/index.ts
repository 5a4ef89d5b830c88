import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'get', summary: 'show a client', load: () => import('./get.js') },
  { name: 'add', summary: 'add a client', load: () => import('./add.js') },
  { name: 'update', summary: 'change attributes of a client', load: () => import('./update.js') },
  { name: 'delete', summary: 'delete a client', load: () => import('./delete.js') },
  {
    name: 'jwt',
    summary: 'trust JWTs in place of a client’s secret',
    load: () => import('./jwt/index.js'),
  },
];

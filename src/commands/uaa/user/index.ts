import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'add a user', load: () => import('./add.js') },
  { name: 'get', summary: 'show a user', load: () => import('./get.js') },
  { name: 'delete', summary: 'delete a user', load: () => import('./delete.js') },
];

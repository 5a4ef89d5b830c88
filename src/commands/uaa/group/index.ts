import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'add a group', load: () => import('./add.js') },
  { name: 'get', summary: 'show a group and its members', load: () => import('./get.js') },
];

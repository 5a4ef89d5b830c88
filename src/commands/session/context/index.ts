import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'use', summary: 'make a context the current one', load: () => import('./use.js') },
  { name: 'rename', summary: 'give a context another name', load: () => import('./rename.js') },
  {
    name: 'delete',
    summary: 'log out and forget a context',
    load: () => import('./delete.js'),
  },
];

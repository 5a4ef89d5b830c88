import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'use', summary: 'set the current context', load: () => import('./use.js') },
  { name: 'rename', summary: 'rename a context', load: () => import('./rename.js') },
  {
    name: 'delete',
    summary: 'log out and delete a context',
    load: () => import('./delete.js'),
  },
];

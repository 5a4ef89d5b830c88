import type { Entry } from '../../contents.js';

/** `tpks context` shows the current context. */
export const defaultCommand = 'show';

export const contents: readonly Entry[] = [
  {
    name: defaultCommand,
    summary: 'show a context (default command)',
    load: () => import('./show.js'),
  },
  {
    name: 'use',
    summary: 'set the current context',
    load: () => import('./use.js'),
  },
  {
    name: 'rename',
    summary: 'rename a context',
    load: () => import('./rename.js'),
  },
  {
    name: 'delete',
    summary: 'log out and delete a context',
    load: () => import('./delete.js'),
  },
];

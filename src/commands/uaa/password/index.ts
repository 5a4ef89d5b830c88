import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'set', summary: 'set a user’s password', load: () => import('./set.js') },
  { name: 'change', summary: 'change your own password', load: () => import('./change.js') },
  {
    name: 'strength',
    summary: 'ask how strong a password is',
    load: () => import('./strength.js'),
  },
];

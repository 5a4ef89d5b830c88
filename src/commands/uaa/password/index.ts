import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'set', summary: "set a user's password", load: () => import('./set.js') },
  { name: 'change', summary: 'change your own password', load: () => import('./change.js') },
  {
    name: 'strength',
    summary: 'check the strength of a password',
    load: () => import('./strength.js'),
  },
];

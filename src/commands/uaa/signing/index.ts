import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'key', summary: 'show the token signing key', load: () => import('./key.js') },
];

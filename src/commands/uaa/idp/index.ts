import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'get', summary: 'show an identity provider', load: () => import('./get.js') },
];

import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'key', summary: 'show the key that signs tokens', load: () => import('./key.js') },
];

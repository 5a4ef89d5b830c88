import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'add users to a group', load: () => import('./add.js') },
  { name: 'delete', summary: 'take users out of a group', load: () => import('./delete.js') },
];

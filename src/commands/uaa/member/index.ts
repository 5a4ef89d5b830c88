import type { Entry } from '../../contents.js';

const load = () => import('./change.js');

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'add users to a group', load: async () => (await load()).add },
  { name: 'delete', summary: 'remove users from a group', load: async () => (await load()).remove },
];

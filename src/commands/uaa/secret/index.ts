import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'set', summary: 'set the secret of a client', load: () => import('./set.js') },
  {
    name: 'change',
    summary: 'change the secret of the current client',
    load: () => import('./change.js'),
  },
  { name: 'add', summary: 'add a second secret to a client', load: () => import('./add.js') },
  {
    name: 'delete',
    summary: "delete the older of a client's two secrets",
    load: () => import('./delete.js'),
  },
];

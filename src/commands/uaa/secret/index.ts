import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'set', summary: 'set a client’s secret', load: () => import('./set.js') },
  {
    name: 'change',
    summary: 'change the secret of the client in use',
    load: () => import('./change.js'),
  },
  { name: 'add', summary: 'give a client a second secret', load: () => import('./add.js') },
  { name: 'delete', summary: 'end the older of two secrets', load: () => import('./delete.js') },
];

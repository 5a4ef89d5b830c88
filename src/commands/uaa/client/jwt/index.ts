import type { Entry } from '../../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'trust one more key or issuer', load: () => import('./add.js') },
  {
    name: 'update',
    summary: 'trust these keys in place of others',
    load: () => import('./update.js'),
  },
  {
    name: 'delete',
    summary: 'trust a key or an issuer no more',
    load: () => import('./delete.js'),
  },
];

import type { Entry } from '../../../contents.js';

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'also trust a key or issuer', load: () => import('./add.js') },
  {
    name: 'update',
    summary: 'replace the trusted keys',
    load: () => import('./update.js'),
  },
  {
    name: 'delete',
    summary: 'stop trusting a key or issuer',
    load: () => import('./delete.js'),
  },
];

import type { Entry } from '../../../contents.js';

const load = () => import('./changes.js');

export const contents: readonly Entry[] = [
  { name: 'add', summary: 'trust another key or issuer', load: async () => (await load()).add },
  {
    name: 'update',
    summary: 'replace the trusted key or issuer',
    load: async () => (await load()).update,
  },
  {
    name: 'delete',
    summary: 'stop trusting a key or issuer',
    load: async () => (await load()).remove,
  },
];

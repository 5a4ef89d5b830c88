import type { Entry } from '../../contents.js';

export const contents: readonly Entry[] = [
  {
    name: 'list',
    summary: 'list the kubeconfig contexts that tpks created',
    load: () => import('./list.js'),
  },
  {
    name: 'remove',
    summary: 'remove kubeconfig contexts that tpks created',
    load: () => import('./remove.js'),
  },
];

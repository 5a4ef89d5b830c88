import type { Entry } from '../contents.js';

const quotas = 'Quotas:';

/** PKS names are flat: the root shows them among its own. */
export const contents: readonly Entry[] = [
  {
    name: 'quotas',
    summary: 'list the limits of users',
    heading: quotas,
    load: async () => (await import('./quotas.js')).list,
  },
  {
    name: 'quota',
    summary: 'show the limit of one user',
    heading: quotas,
    load: async () => (await import('./quotas.js')).show,
  },
  {
    name: 'create-quota',
    summary: 'limit a user',
    heading: quotas,
    load: () => import('./create-quota.js'),
  },
  {
    name: 'update-quota',
    summary: 'change the limit of a user',
    heading: quotas,
    load: () => import('./update-quota.js'),
  },
  {
    name: 'delete-quota',
    summary: 'end the limit of a user',
    heading: quotas,
    load: async () => (await import('./quotas.js')).remove,
  },
  {
    name: 'usages',
    summary: 'list what each user’s clusters take',
    heading: quotas,
    load: async () => (await import('./usages.js')).list,
  },
  {
    name: 'usage',
    summary: 'show what one user’s clusters take',
    heading: quotas,
    load: async () => (await import('./usages.js')).show,
  },
];

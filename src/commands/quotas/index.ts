import { under } from '../contents.js';

/** PKS commands have no groups: the root lists them together with its own. */
export const contents = under('Quotas:', [
  {
    name: 'quotas',
    summary: 'list the quotas of users',
    load: async () => (await import('./quotas.js')).list,
  },
  {
    name: 'quota',
    summary: 'show the quota of a user',
    load: async () => (await import('./quotas.js')).show,
  },
  {
    name: 'create-quota',
    summary: 'limit the resources of a user',
    load: async () => (await import('./quotas.js')).create,
  },
  {
    name: 'update-quota',
    summary: 'change the quota of a user',
    load: async () => (await import('./quotas.js')).update,
  },
  {
    name: 'delete-quota',
    summary: 'delete the quota of a user',
    load: async () => (await import('./quotas.js')).remove,
  },
  {
    name: 'usages',
    summary: 'list the resources that users’ clusters use',
    load: async () => (await import('./usages.js')).list,
  },
  {
    name: 'usage',
    summary: 'show the resources that a user’s clusters use',
    load: async () => (await import('./usages.js')).show,
  },
]);

import { withHeading } from '../contents.js';

/** PKS commands are not grouped: the root command lists all of them. */
export const contents = withHeading('Quotas:', [
  {
    name: 'quotas',
    summary: 'list quotas',
    load: async () => (await import('./quotas.js')).list,
  },
  {
    name: 'quota',
    summary: 'show the quota of a user',
    load: async () => (await import('./quotas.js')).show,
  },
  {
    name: 'create-quota',
    summary: 'create a quota for a user',
    load: async () => (await import('./quotas.js')).create,
  },
  {
    name: 'update-quota',
    summary: 'update the quota of a user',
    load: async () => (await import('./quotas.js')).update,
  },
  {
    name: 'delete-quota',
    summary: 'delete the quota of a user',
    load: async () => (await import('./quotas.js')).remove,
  },
  {
    name: 'usages',
    summary: 'list the resource usage of all users',
    load: async () => (await import('./quotas.js')).listUsages,
  },
  {
    name: 'usage',
    summary: 'show the resource usage of a user',
    load: async () => (await import('./quotas.js')).showUsage,
  },
]);

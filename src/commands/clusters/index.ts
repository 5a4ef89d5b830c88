import { withHeading } from '../contents.js';

/** PKS commands are not grouped: the root command lists all of them. */
export const contents = withHeading('Clusters:', [
  {
    name: 'clusters',
    aliases: ['list-clusters'],
    summary: 'list clusters',
    load: () => import('./clusters.js'),
  },
  {
    name: 'cluster',
    aliases: ['show-cluster'],
    summary: 'show a cluster',
    load: async () => (await import('./clusters.js')).show,
  },
  {
    name: 'create-cluster',
    summary: 'create a cluster',
    load: () => import('./create-cluster.js'),
  },
  {
    name: 'update-cluster',
    summary: 'update a cluster: size, profiles, tags, drain settings',
    load: async () => (await import('./update-cluster.js')).update,
  },
  {
    name: 'resize',
    summary: 'change the number of worker nodes of a cluster',
    load: async () => (await import('./update-cluster.js')).resizeCommand,
  },
  {
    name: 'upgrade-cluster',
    summary: 'upgrade a cluster',
    load: async () => (await import('./upgrade.js')).upgradeOne,
  },
  {
    name: 'upgrade-clusters',
    summary: 'upgrade several clusters, canaries first',
    load: async () => (await import('./upgrade.js')).upgradeSeveral,
  },
  {
    name: 'delete-cluster',
    summary: 'delete a cluster',
    load: () => import('./delete-cluster.js'),
  },
  {
    name: 'wait',
    summary: 'wait until the current operation of a cluster finishes',
    load: () => import('./wait.js'),
  },
]);

import { under } from '../contents.js';

/** PKS commands have no groups: the root lists them together with its own. */
export const contents = under('Clusters:', [
  {
    name: 'clusters',
    aliases: ['list-clusters'],
    summary: 'list clusters',
    load: () => import('./clusters.js'),
  },
  { name: 'cluster', summary: 'show a cluster', load: () => import('./cluster.js') },
  {
    name: 'create-cluster',
    summary: 'create a cluster',
    load: () => import('./create-cluster.js'),
  },
  {
    name: 'update-cluster',
    summary: 'change the size, profiles, tags or drain settings of a cluster',
    load: () => import('./update-cluster.js'),
  },
  {
    name: 'resize',
    summary: 'change the number of worker nodes of a cluster',
    load: () => import('./resize.js'),
  },
  {
    name: 'upgrade-cluster',
    summary: 'upgrade a cluster',
    load: () => import('./upgrade-cluster.js'),
  },
  {
    name: 'upgrade-clusters',
    summary: 'upgrade several clusters, canaries first',
    load: () => import('./upgrade-clusters.js'),
  },
  {
    name: 'delete-cluster',
    summary: 'delete a cluster',
    load: () => import('./delete-cluster.js'),
  },
  {
    name: 'wait',
    summary: 'wait for the current operation of a cluster to finish',
    load: () => import('./wait.js'),
  },
]);

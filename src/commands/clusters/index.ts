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
    load: () => import('./cluster.js'),
  },
  {
    name: 'create-cluster',
    summary: 'create a cluster',
    load: () => import('./create-cluster.js'),
  },
  {
    name: 'update-cluster',
    summary: 'update a cluster: size, profiles, tags, drain settings',
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
    summary: 'wait until the current operation of a cluster finishes',
    load: () => import('./wait.js'),
  },
]);

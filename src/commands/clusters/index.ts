import type { Entry } from '../contents.js';

const clusters = 'Clusters:';

/** PKS names are flat: the root shows them among its own. */
export const contents: readonly Entry[] = [
  {
    name: 'clusters',
    aliases: ['list-clusters'],
    summary: 'list the clusters you may see',
    heading: clusters,
    load: () => import('./clusters.js'),
  },
  {
    name: 'cluster',
    summary: 'show one cluster',
    heading: clusters,
    load: () => import('./cluster.js'),
  },
  {
    name: 'create-cluster',
    summary: 'make a cluster',
    heading: clusters,
    load: () => import('./create-cluster.js'),
  },
  {
    name: 'update-cluster',
    summary: 'change a cluster’s size, profiles, tags or draining',
    heading: clusters,
    load: () => import('./update-cluster.js'),
  },
  {
    name: 'resize',
    summary: 'change the number of a cluster’s workers',
    heading: clusters,
    load: () => import('./resize.js'),
  },
  {
    name: 'upgrade-cluster',
    summary: 'upgrade one cluster',
    heading: clusters,
    load: () => import('./upgrade-cluster.js'),
  },
  {
    name: 'upgrade-clusters',
    summary: 'upgrade several clusters, canaries first',
    heading: clusters,
    load: () => import('./upgrade-clusters.js'),
  },
  {
    name: 'delete-cluster',
    summary: 'delete a cluster',
    heading: clusters,
    load: () => import('./delete-cluster.js'),
  },
  {
    name: 'wait',
    summary: 'wait for the end of what is done with a cluster',
    heading: clusters,
    load: () => import('./wait.js'),
  },
];

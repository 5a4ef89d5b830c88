import type { Entry } from '../contents.js';

const profiles = 'Profiles:';

/** PKS names are flat: the root shows them among its own. */
export const contents: readonly Entry[] = [
  {
    name: 'network-profiles',
    summary: 'list the network profiles',
    heading: profiles,
    load: () => import('./network/network-profiles.js'),
  },
  {
    name: 'network-profile',
    summary: 'show one network profile',
    heading: profiles,
    load: () => import('./network/network-profile.js'),
  },
  {
    name: 'create-network-profile',
    summary: 'make a network profile of a file',
    heading: profiles,
    load: () => import('./network/create-network-profile.js'),
  },
  {
    name: 'delete-network-profile',
    summary: 'delete a network profile',
    heading: profiles,
    load: () => import('./network/delete-network-profile.js'),
  },
  {
    name: 'kubernetes-profiles',
    aliases: ['k8s-profiles'],
    summary: 'list the Kubernetes profiles',
    heading: profiles,
    load: () => import('./kubernetes/kubernetes-profiles.js'),
  },
  {
    name: 'kubernetes-profile',
    aliases: ['k8s-profile'],
    summary: 'show one Kubernetes profile',
    heading: profiles,
    load: () => import('./kubernetes/kubernetes-profile.js'),
  },
  {
    name: 'create-kubernetes-profile',
    aliases: ['create-k8s-profile'],
    summary: 'make a Kubernetes profile of a file',
    heading: profiles,
    load: () => import('./kubernetes/create-kubernetes-profile.js'),
  },
  {
    name: 'delete-kubernetes-profile',
    aliases: ['delete-k8s-profile'],
    summary: 'delete a Kubernetes profile',
    heading: profiles,
    load: () => import('./kubernetes/delete-kubernetes-profile.js'),
  },
  {
    name: 'compute-profiles',
    summary: 'list the compute profiles',
    heading: profiles,
    load: () => import('./compute/compute-profiles.js'),
  },
  {
    name: 'compute-profile',
    summary: 'show one compute profile',
    heading: profiles,
    load: () => import('./compute/compute-profile.js'),
  },
  {
    name: 'create-compute-profile',
    summary: 'make a compute profile of a file',
    heading: profiles,
    load: () => import('./compute/create-compute-profile.js'),
  },
  {
    name: 'delete-compute-profile',
    summary: 'delete a compute profile',
    heading: profiles,
    load: () => import('./compute/delete-compute-profile.js'),
  },
];

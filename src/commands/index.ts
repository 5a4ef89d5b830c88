import type { Entry } from './contents.js';

const session = 'Sessions:';
const clusters = 'Clusters:';
const plansAndTasks = 'Plans and tasks:';
const profiles = 'Profiles:';
const quotas = 'Quotas:';
const administration = 'UAA:';
const tool = 'tpks itself:';

/** The root's table of contents. PKS names are flat, as the original has them. */
export const contents: readonly Entry[] = [
  {
    name: 'login',
    summary: 'log in to an installation',
    heading: session,
    load: () => import('./session/login.js'),
  },
  {
    name: 'logout',
    summary: 'end a session and delete what is stored of it',
    heading: session,
    load: () => import('./session/logout.js'),
  },
  {
    name: 'status',
    summary: 'who you are, where, and for how long',
    heading: session,
    load: () => import('./session/status.js'),
  },
  {
    name: 'token',
    summary: 'print the access token, for scripts',
    heading: session,
    load: () => import('./session/token.js'),
  },
  {
    name: 'contexts',
    summary: 'list the contexts',
    heading: session,
    load: () => import('./session/contexts.js'),
  },
  {
    name: 'context',
    summary: 'choose, rename or delete a context',
    heading: session,
    load: () => import('./session/context/index.js'),
  },
  {
    name: 'clusters',
    aliases: ['list-clusters'],
    summary: 'list the clusters you may see',
    heading: clusters,
    load: () => import('./clusters/clusters.js'),
  },
  {
    name: 'cluster',
    summary: 'show one cluster',
    heading: clusters,
    load: () => import('./clusters/cluster.js'),
  },
  {
    name: 'create-cluster',
    summary: 'make a cluster',
    heading: clusters,
    load: () => import('./clusters/create-cluster.js'),
  },
  {
    name: 'update-cluster',
    summary: 'change a cluster’s size, profiles, tags or draining',
    heading: clusters,
    load: () => import('./clusters/update-cluster.js'),
  },
  {
    name: 'resize',
    summary: 'change the number of a cluster’s workers',
    heading: clusters,
    load: () => import('./clusters/resize.js'),
  },
  {
    name: 'upgrade-cluster',
    summary: 'upgrade one cluster',
    heading: clusters,
    load: () => import('./clusters/upgrade-cluster.js'),
  },
  {
    name: 'upgrade-clusters',
    summary: 'upgrade several clusters, canaries first',
    heading: clusters,
    load: () => import('./clusters/upgrade-clusters.js'),
  },
  {
    name: 'delete-cluster',
    summary: 'delete a cluster',
    heading: clusters,
    load: () => import('./clusters/delete-cluster.js'),
  },
  {
    name: 'wait',
    summary: 'wait for the end of what is done with a cluster',
    heading: clusters,
    load: () => import('./clusters/wait.js'),
  },
  {
    name: 'curl',
    summary: 'call the API or the UAA with the current token',
    heading: clusters,
    load: () => import('./session/curl.js'),
  },
  {
    name: 'plans',
    summary: 'list the plans for clusters',
    heading: plansAndTasks,
    load: () => import('./plans/plans.js'),
  },
  {
    name: 'tasks',
    summary: 'list the latest upgrades of clusters',
    heading: plansAndTasks,
    load: () => import('./tasks/tasks.js'),
  },
  {
    name: 'task',
    summary: 'show one task',
    heading: plansAndTasks,
    load: () => import('./tasks/task.js'),
  },
  {
    name: 'cancel-task',
    summary: 'stop what has not begun of a task',
    heading: plansAndTasks,
    load: () => import('./tasks/cancel-task.js'),
  },
  {
    name: 'network-profiles',
    summary: 'list the network profiles',
    heading: profiles,
    load: () => import('./profiles/network/network-profiles.js'),
  },
  {
    name: 'network-profile',
    summary: 'show one network profile',
    heading: profiles,
    load: () => import('./profiles/network/network-profile.js'),
  },
  {
    name: 'create-network-profile',
    summary: 'make a network profile of a file',
    heading: profiles,
    load: () => import('./profiles/network/create-network-profile.js'),
  },
  {
    name: 'delete-network-profile',
    summary: 'delete a network profile',
    heading: profiles,
    load: () => import('./profiles/network/delete-network-profile.js'),
  },
  {
    name: 'kubernetes-profiles',
    aliases: ['k8s-profiles'],
    summary: 'list the Kubernetes profiles',
    heading: profiles,
    load: () => import('./profiles/kubernetes/kubernetes-profiles.js'),
  },
  {
    name: 'kubernetes-profile',
    aliases: ['k8s-profile'],
    summary: 'show one Kubernetes profile',
    heading: profiles,
    load: () => import('./profiles/kubernetes/kubernetes-profile.js'),
  },
  {
    name: 'create-kubernetes-profile',
    aliases: ['create-k8s-profile'],
    summary: 'make a Kubernetes profile of a file',
    heading: profiles,
    load: () => import('./profiles/kubernetes/create-kubernetes-profile.js'),
  },
  {
    name: 'delete-kubernetes-profile',
    aliases: ['delete-k8s-profile'],
    summary: 'delete a Kubernetes profile',
    heading: profiles,
    load: () => import('./profiles/kubernetes/delete-kubernetes-profile.js'),
  },
  {
    name: 'compute-profiles',
    summary: 'list the compute profiles',
    heading: profiles,
    load: () => import('./profiles/compute/compute-profiles.js'),
  },
  {
    name: 'compute-profile',
    summary: 'show one compute profile',
    heading: profiles,
    load: () => import('./profiles/compute/compute-profile.js'),
  },
  {
    name: 'create-compute-profile',
    summary: 'make a compute profile of a file',
    heading: profiles,
    load: () => import('./profiles/compute/create-compute-profile.js'),
  },
  {
    name: 'delete-compute-profile',
    summary: 'delete a compute profile',
    heading: profiles,
    load: () => import('./profiles/compute/delete-compute-profile.js'),
  },
  {
    name: 'quotas',
    summary: 'list the limits of users',
    heading: quotas,
    load: () => import('./quotas/quotas.js'),
  },
  {
    name: 'quota',
    summary: 'show the limit of one user',
    heading: quotas,
    load: () => import('./quotas/quota.js'),
  },
  {
    name: 'create-quota',
    summary: 'limit a user',
    heading: quotas,
    load: () => import('./quotas/create-quota.js'),
  },
  {
    name: 'update-quota',
    summary: 'change the limit of a user',
    heading: quotas,
    load: () => import('./quotas/update-quota.js'),
  },
  {
    name: 'delete-quota',
    summary: 'end the limit of a user',
    heading: quotas,
    load: () => import('./quotas/delete-quota.js'),
  },
  {
    name: 'usages',
    summary: 'list what each user’s clusters take',
    heading: quotas,
    load: () => import('./quotas/usages.js'),
  },
  {
    name: 'usage',
    summary: 'show what one user’s clusters take',
    heading: quotas,
    load: () => import('./quotas/usage.js'),
  },
  {
    name: 'uaa',
    summary: 'administer the UAA, by the words of uaac',
    heading: administration,
    load: () => import('./uaa/index.js'),
  },
  {
    name: 'sandbox',
    summary: 'run an installation of your own to try things',
    heading: tool,
    load: () => import('./shell/sandbox.js'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    heading: tool,
    load: () => import('./shell/completion.js'),
  },
  {
    name: 'help',
    summary: 'help for a command or a topic',
    heading: tool,
    load: () => import('./shell/help.js'),
  },
];

import { withHeading, type Entry } from './command-table.js';
import type { ProfileCommands } from './profiles/profile-commands.js';

/** The commands at the root. PKS commands are not in groups, as in the original CLI. */
export const contents: readonly Entry[] = [
  ...withHeading('Sessions:', [
    {
      name: 'login',
      summary: 'log in to an installation',
      isCommon: true,
      load: () => import('./session/login.js'),
    },
    {
      name: 'logout',
      summary: 'log out and delete the stored session',
      load: () => import('./session/logout.js'),
    },
    {
      name: 'status',
      summary: 'show the identity, installation and remaining token lifetime',
      isCommon: true,
      load: () => import('./session/status.js'),
    },
    {
      name: 'token',
      summary: 'print the access token, for scripts',
      load: () => import('./session/token.js'),
    },
    { name: 'contexts', summary: 'list the contexts', load: () => import('./session/contexts.js') },
    {
      name: 'context',
      summary: 'show the current context, or manage contexts',
      isCommon: true,
      verbs: { list: 'contexts' },
      load: () => import('./session/context.js'),
    },
    {
      name: 'import',
      summary: 'import the sessions of pks, tkgi and uaac',
      load: () => import('./session/import.js'),
    },
  ]),
  ...withHeading('Clusters:', [
    {
      name: 'clusters',
      aliases: ['list-clusters'],
      summary: 'list clusters',
      isCommon: true,
      cachedNames: 'clusters',
      load: () => import('./clusters/clusters.js'),
    },
    {
      name: 'cluster',
      aliases: ['show-cluster'],
      summary: 'show a cluster',
      isCommon: true,
      verbs: {
        list: 'clusters',
        show: 'cluster',
        create: 'create-cluster',
        resize: 'resize',
        update: 'update-cluster',
        upgrade: 'upgrade-cluster',
        delete: 'delete-cluster',
        wait: 'wait',
      },
      load: () => import('./clusters/cluster.js'),
    },
    {
      name: 'create-cluster',
      summary: 'create a cluster',
      isCommon: true,
      load: () => import('./clusters/create-cluster.js'),
    },
    {
      name: 'update-cluster',
      summary: 'update a cluster: size, profiles, tags, drain settings',
      load: async () => (await import('./clusters/update-cluster.js')).update,
    },
    {
      name: 'resize',
      summary: 'change the number of worker nodes of a cluster',
      isCommon: true,
      load: async () => (await import('./clusters/update-cluster.js')).resizeCommand,
    },
    {
      name: 'upgrade-cluster',
      summary: 'upgrade a cluster',
      load: async () => (await import('./clusters/upgrade.js')).upgradeOne,
    },
    {
      name: 'upgrade-clusters',
      summary: 'upgrade several clusters, canaries first',
      load: async () => (await import('./clusters/upgrade.js')).upgradeSeveral,
    },
    {
      name: 'delete-cluster',
      summary: 'delete a cluster',
      isCommon: true,
      load: () => import('./clusters/delete-cluster.js'),
    },
    {
      name: 'wait',
      summary: 'wait until the current operation of a cluster finishes',
      load: () => import('./waiting/wait-for-cluster.js'),
    },
    {
      name: 'each',
      summary: 'run a command for each cluster',
      load: () => import('./each/each.js'),
    },
    {
      name: 'curl',
      summary: 'send a request with the current token to the API or UAA',
      load: () => import('./curl.js'),
    },
  ]),
  ...withHeading('kubectl:', [
    {
      name: 'get-credentials',
      summary: 'add clusters to the kubeconfig and log in to them',
      isCommon: true,
      load: () => import('./kube/get-credentials.js'),
    },
    {
      name: 'get-kubeconfig',
      summary: 'add a cluster to the kubeconfig, without tpks login',
      load: () => import('./kube/get-kubeconfig.js'),
    },
    {
      name: 'kubeconfig',
      summary: 'list and remove kubeconfig contexts created by tpks',
      load: () => import('./kube/kubeconfig.js'),
    },
    {
      name: 'kube-credential',
      summary: 'print a token for a cluster; kubectl runs this command',
      load: () => import('./kube/kube-credential.js'),
    },
  ]),
  ...withHeading('Plans and tasks:', [
    {
      name: 'plans',
      aliases: ['list-plans'],
      summary: 'list plans',
      cachedNames: 'plans',
      load: () => import('./plans.js'),
    },
    {
      name: 'tasks',
      summary: 'list recent tasks (cluster upgrades)',
      cachedNames: 'tasks',
      load: async () => (await import('./tasks.js')).list,
    },
    {
      name: 'task',
      summary: 'show a task',
      verbs: { list: 'tasks', show: 'task', cancel: 'cancel-task' },
      load: async () => (await import('./tasks.js')).show,
    },
    {
      name: 'cancel-task',
      summary: 'cancel the upgrades of a task that have not started',
      load: async () => (await import('./tasks.js')).cancel,
    },
  ]),
  ...withHeading('Profiles:', [
    ...profileFamily('network', 'network', () => import('./profiles/network.js')),
    ...profileFamily('kubernetes', 'Kubernetes', () => import('./profiles/kubernetes.js'), 'k8s'),
    ...profileFamily('compute', 'compute', () => import('./profiles/compute.js')),
  ]),
  ...withHeading('Quotas:', [
    {
      name: 'quotas',
      summary: 'list quotas',
      cachedNames: 'owners',
      load: async () => (await import('./quotas.js')).list,
    },
    {
      name: 'quota',
      summary: 'show the quota of a user',
      verbs: {
        list: 'quotas',
        show: 'quota',
        create: 'create-quota',
        update: 'update-quota',
        delete: 'delete-quota',
      },
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
  ]),
  ...withHeading('UAA:', [
    {
      name: 'uaa',
      summary: 'manage the UAA with the same commands as uaac',
      isCommon: true,
      load: () => import('./uaa/index.js'),
    },
  ]),
  ...withHeading('Tools:', [
    {
      name: 'access',
      summary: 'list who can do what, and find risky access',
      load: () => import('./access/access.js'),
    },
    {
      name: 'doctor',
      summary: 'find problems with servers, keychain, files and shell',
      load: () => import('./doctor.js'),
    },
    {
      name: 'expiry',
      summary: 'list when certificates and sessions expire',
      load: () => import('./expiry.js'),
    },
    {
      name: 'sandbox',
      summary: 'run a local installation for testing',
      load: () => import('./sandbox.js'),
    },
    {
      name: 'completion',
      summary: 'print or install the completion script for a shell',
      load: () => import('./shell/completion.js'),
    },
    {
      name: 'help',
      summary: 'show help for a command or a topic',
      load: () => import('./help.js'),
    },
  ]),
];

/** Creates the entries of a profile family. @param short - an alternative name, as in the `pks` CLI. */
function profileFamily(
  name: 'network' | 'kubernetes' | 'compute',
  label: string,
  load: () => Promise<ProfileCommands>,
  short?: string,
): Entry[] {
  const entry = (
    toCommandName: (family: string) => string,
    summary: string,
    command: keyof ProfileCommands,
  ): Entry => ({
    name: toCommandName(name),
    ...(short === undefined ? {} : { aliases: [toCommandName(short)] }),
    summary,
    load: async () => (await load())[command],
  });
  return [
    {
      ...entry((family) => `${family}-profiles`, `list ${label} profiles`, 'list'),
      cachedNames: `${name}-profiles`,
    },
    {
      ...entry((family) => `${family}-profile`, `show a ${label} profile`, 'show'),
      verbs: {
        list: `${name}-profiles`,
        show: `${name}-profile`,
        create: `create-${name}-profile`,
        delete: `delete-${name}-profile`,
      },
    },
    entry(
      (family) => `create-${family}-profile`,
      `create a ${label} profile from a file`,
      'create',
    ),
    entry((family) => `delete-${family}-profile`, `delete a ${label} profile`, 'remove'),
  ];
}

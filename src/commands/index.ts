import { contents as clusterContents } from './clusters/index.js';
import { withHeading, type Entry } from './contents.js';
import { contents as kubeContents } from './kube/index.js';
import { contents as profileContents } from './profiles/index.js';
import { contents as quotaContents } from './quotas/index.js';

/** The commands at the root. PKS commands are not in groups, as in the original CLI. */
export const contents: readonly Entry[] = [
  ...withHeading('Sessions:', [
    {
      name: 'login',
      summary: 'log in to an installation',
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
      load: () => import('./session/context/index.js'),
    },
    {
      name: 'import',
      summary: 'import the sessions of pks, tkgi and uaac',
      load: () => import('./session/import.js'),
    },
  ]),
  ...clusterContents,
  ...withHeading('Clusters:', [
    {
      name: 'curl',
      summary: 'send a request with the current token to the API or UAA',
      load: () => import('./session/curl.js'),
    },
  ]),
  ...kubeContents,
  ...withHeading('Plans and tasks:', [
    {
      name: 'plans',
      aliases: ['list-plans'],
      summary: 'list plans',
      load: () => import('./plans/plans.js'),
    },
    {
      name: 'tasks',
      summary: 'list recent tasks (cluster upgrades)',
      load: async () => (await import('./tasks/tasks.js')).list,
    },
    {
      name: 'task',
      summary: 'show a task',
      load: async () => (await import('./tasks/tasks.js')).show,
    },
    {
      name: 'cancel-task',
      summary: 'cancel the upgrades of a task that have not started',
      load: async () => (await import('./tasks/tasks.js')).cancel,
    },
  ]),
  ...profileContents,
  ...quotaContents,
  ...withHeading('UAA:', [
    {
      name: 'uaa',
      summary: 'manage the UAA with the commands of uaac',
      load: () => import('./uaa/index.js'),
    },
  ]),
  ...withHeading('Tools:', [
    {
      name: 'doctor',
      summary: 'find problems with servers, keychain, files and shell',
      load: () => import('./shell/doctor.js'),
    },
    {
      name: 'sandbox',
      summary: 'run a local installation for testing',
      load: () => import('./shell/sandbox.js'),
    },
    {
      name: 'completion',
      summary: 'print or install the completion script for a shell',
      load: () => import('./shell/completion.js'),
    },
    {
      name: 'help',
      summary: 'show help for a command or a topic',
      load: () => import('./shell/help.js'),
    },
  ]),
];

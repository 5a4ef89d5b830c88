import { contents as clusterContents } from './clusters/index.js';
import type { Entry } from './contents.js';
import { contents as profileContents } from './profiles/index.js';
import { contents as quotaContents } from './quotas/index.js';

const session = 'Sessions:';
const clusters = 'Clusters:';
const plansAndTasks = 'Plans and tasks:';
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
  ...clusterContents,
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
    load: async () => (await import('./tasks/tasks.js')).list,
  },
  {
    name: 'task',
    summary: 'show one task',
    heading: plansAndTasks,
    load: async () => (await import('./tasks/tasks.js')).show,
  },
  {
    name: 'cancel-task',
    summary: 'stop what has not begun of a task',
    heading: plansAndTasks,
    load: () => import('./tasks/cancel-task.js'),
  },
  ...profileContents,
  ...quotaContents,
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

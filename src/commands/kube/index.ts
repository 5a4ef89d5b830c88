import { withHeading, type Entry } from '../contents.js';

const kubeconfig: readonly Entry[] = [
  {
    name: 'list',
    summary: 'list the kubeconfig contexts that tpks created',
    load: () => import('./kubeconfig/list.js'),
  },
  {
    name: 'remove',
    summary: 'remove kubeconfig contexts that tpks created',
    load: () => import('./kubeconfig/remove.js'),
  },
];

/** The commands for kubectl. */
export const contents = withHeading('kubectl:', [
  {
    name: 'get-credentials',
    summary: 'add clusters to the kubeconfig and log in to them',
    load: () => import('./get-credentials.js'),
  },
  {
    name: 'get-kubeconfig',
    summary: 'add a cluster to the kubeconfig, without tpks login',
    load: () => import('./get-kubeconfig.js'),
  },
  {
    name: 'kubeconfig',
    summary: 'list and remove the kubeconfig contexts of tpks',
    load: () => Promise.resolve({ contents: kubeconfig }),
  },
  {
    name: 'kube-credential',
    summary: 'print a token for a cluster; kubectl runs this command',
    load: () => import('./kube-credential.js'),
  },
]);

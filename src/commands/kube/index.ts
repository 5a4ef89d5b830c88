import { withHeading } from '../contents.js';

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
    load: () => import('./kubeconfig/index.js'),
  },
  {
    name: 'kube-credential',
    summary: 'print a token for a cluster; kubectl runs this command',
    load: () => import('./kube-credential.js'),
  },
]);

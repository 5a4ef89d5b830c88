/**
 * `npm run test:cluster [-- PATHS] [JEST OPTIONS]`: runs the tests that need a real kube-apiserver and
 * kubectl: the tests in this folder, the comparison of the sandbox's Kubernetes API with the real one
 * (`test/contract/kubernetes`), and the kubeconfigs that tpks and kubectl change in turn
 * (`test/e2e/kubeconfig-kubectl`). Example: `npm run test:cluster -- -t renews`
 */
import { reportMissingCommands } from '../support/runner/missing-commands.mjs';
import { clusterFiles, requiredCommands, runJestWithClusters } from './servers.mjs';

if (!reportMissingCommands(requiredCommands.names, requiredCommands.installation)) {
  process.exitCode = await runJestWithClusters({
    projects: ['contract', 'e2e', 'real-cluster'],
    args: process.argv.slice(2),
    defaultFiles: clusterFiles,
  });
}

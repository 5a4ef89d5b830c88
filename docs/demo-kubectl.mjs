/** The step of the demo that uses kubectl. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, hostOf } from './demo-checks.mjs';
import { env, folder, tpks } from './demo-commands.mjs';
import { bold, explain, print } from './demo-output.mjs';

/**
 * Gets credentials for a cluster, and lists its nodes with kubectl. If kubectl is not installed, shows
 * the user entry of the kubeconfig.
 *
 * @param {{ api: string, uaa: string, ca: string }} sandbox
 * @param {() => unknown} showRequests - prints the requests since the last call.
 */
export async function useKubectl({ api, uaa, ca }, showRequests) {
  const addresses = `-a ${hostOf(api)} --uaa-url ${hostOf(uaa)} --ca-cert ${ca}`;
  const password = { stdin: 'cody-password' };
  await tpks(`login ${addresses} -u cody --password-stdin --name demo-cody`, password);
  explain('Clusters do not accept tokens for the API, so tpks needs the password again.');
  env['KUBECONFIG'] = join(folder, 'kubeconfig');
  print(bold('$ export KUBECONFIG=kubeconfig'));
  await tpks('get-credentials dev-1', password);
  showRequests();
  const kubeconfig = readFileSync(env['KUBECONFIG'], 'utf8');
  expect(kubeconfig.includes('kube-credential'), 'kubectl gets its tokens from tpks');
  expect(!kubeconfig.includes('eyJ'), 'the kubeconfig contains no token');
  explain('The kubeconfig contains no secrets. kubectl runs tpks to get a token.');
  const nodes = await runKubectl('get nodes');
  if (nodes === undefined) {
    explain('kubectl is not installed here. It would use this entry:');
    print(...findUserEntry(kubeconfig));
    return;
  }
  expect(nodes.includes('Ready'), 'kubectl shows the node of the cluster');
  showRequests();
}

/**
 * Runs kubectl, and prints the command and its output.
 *
 * @param {string} command
 * @returns {Promise<string | undefined>} stdout, or undefined if kubectl is not installed.
 */
async function runKubectl(command) {
  // By default, the cache is in the home directory, where the demo leaves no files.
  const args = [...command.split(' '), '--cache-dir', join(folder, 'kubectl-cache')];
  const child = spawn('kubectl', args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ chunk) => (stderr += chunk));
  const error = await Promise.race([
    once(child, 'error').then(([reason]) => /** @type {NodeJS.ErrnoException} */ (reason)),
    once(child, 'close').then(() => undefined),
  ]);
  if (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  print(bold(`$ kubectl ${command}`));
  process.stdout.write(stdout);
  if (child.exitCode !== 0) throw new Error(`kubectl ${command} failed: ${stderr.trim()}`);
  return stdout;
}

/**
 * Returns the lines of the list `users`.
 *
 * @param {string} kubeconfig
 */
function findUserEntry(kubeconfig) {
  const [, ...lines] = kubeconfig.slice(kubeconfig.indexOf('\nusers:')).split('\n');
  const end = lines.findIndex((line, index) => index > 0 && /^\w/.test(line));
  return lines
    .slice(0, end < 0 ? undefined : end)
    .filter((line) => line !== '')
    .map((line) => `  ${line}`);
}

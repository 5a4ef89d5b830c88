/**
 * `npm run test:cluster [-- JEST OPTIONS]`: runs the tests in this folder with real kubectl against
 * two installations: the sandbox, and the sandbox's API with a real UAA. A kube-apiserver is the
 * Kubernetes API of their clusters. Also compares the sandbox's own Kubernetes API with a
 * kube-apiserver (`test/contract/kubernetes*`), and lets each kubectl read and change the kubeconfigs that tpks
 * writes (`test/e2e/kubeconfig-kubectl`). Example: `npm run test:cluster -- -t renews`
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { requiredCommands as uaaCommands, withRealUaa } from '../real-uaa/start.mjs';
import { reportMissingCommands } from '../support/runner/missing-commands.mjs';
import { runJest } from '../support/runner/run-jest.mjs';
import { prepareApiServer } from './api-server.mjs';
import { buildPrograms, requiredCommands as buildCommands } from './build.mjs';

/** @typedef {import('./cluster.ts').Cluster} Cluster */
/** @typedef {typeof import('../../src/sandbox/sandbox.ts')} SandboxModule */
/**
 * @typedef {object} Run
 * @property {string} folder - for temporary files.
 * @property {string} apiServer - path of the kube-apiserver.
 * @property {AbortSignal} signal
 * @property {(() => Promise<void>)[]} stops - functions that stop what has been started.
 */

const isMissing = reportMissingCommands(
  [...buildCommands.names, ...uaaCommands.names],
  `${uaaCommands.installation}; ${buildCommands.installation}`,
);
if (!isMissing) {
  const { apiServer, kubectl137, kubectl120 } = await buildPrograms();
  process.exitCode = await withRealUaa(async (uaa, signal) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'tpks-real-cluster-')));
    /** @type {Run} */
    const run = { folder, apiServer, signal, stops: [] };
    try {
      const clusters = [
        await startCluster(run, 'the sandbox', {}),
        await startCluster(run, 'the real UAA', { uaa: uaa.url, uaaCa: uaa.caCert }),
      ];
      return await runJest({
        projects: ['contract', 'e2e', 'real-cluster'],
        // The tests change settings of the UAA, so two files must not run at the same time.
        args: ['--runInBand', ...selectFiles(process.argv.slice(2))],
        env: {
          TPKS_TEST_CLUSTERS: JSON.stringify(clusters),
          TPKS_KUBECTL_137: kubectl137,
          TPKS_KUBECTL_120: kubectl120,
          TPKS_KUBE_APISERVER: apiServer,
          TPKS_TEST_KUBECTL: [kubectl120, kubectl137].join(':'),
        },
      });
    } finally {
      await Promise.all(run.stops.map((stop) => stop()));
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/**
 * Adds the files that need the servers or programs, unless the user has named other files.
 *
 * @param {string[]} args - arguments for jest.
 */
function selectFiles(args) {
  if (args.some((arg) => arg.includes('/'))) return args;
  return [
    ...['test/real-cluster/', 'test/contract/kubernetes', 'test/e2e/kubeconfig-kubectl'],
    ...args,
  ];
}

/**
 * Starts the sandbox and a kube-apiserver for its clusters.
 *
 * @param {Run} run
 * @param {string} name - name of the installation, which appears in the names of tests.
 * @param {{ uaa?: string, uaaCa?: string }} external - the UAA, if it is not the sandbox's own.
 * @returns {Promise<Cluster>}
 */
async function startCluster({ folder, apiServer, signal, stops }, name, external) {
  const { startSandbox } = await importSandbox(folder);
  const own = join(folder, name.replaceAll(' ', '-'));
  const { endpoint, start } = await prepareApiServer(own);
  const sandbox = await startSandbox({
    // The creation of dev-2 has finished before the first test.
    provisionSeconds: 1,
    ...{ apiPort: 0, uaaPort: 0, dir: join(own, 'sandbox') },
    ...external,
    kubernetes: endpoint,
  });
  stops.push(sandbox.close);
  const { api, uaa, caCert } = sandbox;
  stops.push(await start({ program: apiServer, uaa, uaaCa: caCert, signal }));
  return { name, api, uaa, caCert, ...endpoint };
}

/**
 * Bundles and imports the sandbox, because Node 20 cannot run TypeScript.
 *
 * @param {string} folder
 * @returns {Promise<SandboxModule>}
 */
async function importSandbox(folder) {
  const outfile = join(folder, 'sandbox.mjs');
  await build({
    entryPoints: ['src/sandbox/sandbox.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.12',
    banner: {
      js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
    },
  });
  return import(pathToFileURL(outfile).href);
}

/**
 * Starts the servers of the tests that need a cluster: a real UAA, and the sandbox's API with a
 * kube-apiserver as the Kubernetes API of its clusters, and a second installation with the sandbox's own
 * UAA and another kube-apiserver. With `TPKS_NIGHTLY=1`, the tests run one after the other.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import {
  createUaaVariables,
  requiredCommands as uaaCommands,
  withRealUaa,
} from '../real-uaa/start.mjs';
import { runJest } from '../support/runner/run-jest.mjs';
import { prepareApiServer } from './api-server.mjs';
import { buildPrograms, requiredCommands as buildCommands } from './build.mjs';

/** @typedef {import('./cluster.ts').Cluster} Cluster */
/** @typedef {typeof import('../../src/sandbox/sandbox.ts')} SandboxModule */
/**
 * @typedef {object} Run
 * @property {string} folder - for temporary files.
 * @property {SandboxModule['startSandbox']} startSandbox
 * @property {string} apiServer - path of the kube-apiserver.
 * @property {AbortSignal} signal
 * @property {(() => Promise<void>)[]} stops - functions that stop what has been started.
 */

/** The commands that the servers need, and how to install them. */
export const requiredCommands = {
  names: [...buildCommands.names, ...uaaCommands.names],
  installation: `${uaaCommands.installation}; ${buildCommands.installation}`,
};

/** Patterns for the paths of the test files that need a cluster. */
export const clusterFiles = [
  'test/real-cluster/',
  'test/contract/kubernetes',
  'test/e2e/kubeconfig-kubectl',
];

const isNightly = process.env.TPKS_NIGHTLY === '1';

/**
 * Runs jest while the servers run.
 *
 * @param {object} options
 * @param {string[]} options.projects
 * @param {string[]} options.args - arguments for jest.
 * @param {string[]} options.defaultFiles - patterns of the files to run if `args` does not start with a path.
 * @returns {Promise<number>} the exit code.
 */
export async function runJestWithClusters({ projects, args, defaultFiles }) {
  const { apiServer, kubectl137, kubectl120 } = await buildPrograms();
  const hasPaths = args[0] !== undefined && !args[0].startsWith('-');
  return withRealUaa(async (uaa, signal) => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'tpks-real-cluster-')));
    /** @type {(() => Promise<void>)[]} */
    const stops = [];
    try {
      const { startSandbox } = await importSandbox(folder);
      const run = { folder, startSandbox, apiServer, signal, stops };
      const starts = [
        startCluster(run, 'the real UAA', { uaa: uaa.url, uaaCa: uaa.caCert }),
        startCluster(run, 'the sandbox', {}),
      ];
      // If one cannot start, the other must be stopped, too.
      await Promise.allSettled(starts);
      const clusters = await Promise.all(starts);
      return await runJest({
        projects,
        args: [
          ...(hasPaths ? [] : defaultFiles),
          ...args,
          // Nightly, the tests change the lifetimes of tokens at the UAA.
          ...(isNightly ? ['--runInBand'] : []),
        ],
        env: {
          ...createUaaVariables(uaa),
          TPKS_TEST_CLUSTERS: JSON.stringify(clusters),
          TPKS_KUBECTL_137: kubectl137,
          TPKS_KUBECTL_120: kubectl120,
          TPKS_KUBE_APISERVER: apiServer,
          TPKS_TEST_KUBECTL: [kubectl120, kubectl137].join(':'),
        },
      });
    } finally {
      await Promise.all(stops.map((stop) => stop()));
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/**
 * Starts the sandbox and a kube-apiserver for its clusters.
 *
 * @param {Run} run
 * @param {string} name - name of the installation, which appears in the names of tests.
 * @param {{ uaa?: string, uaaCa?: string }} external - the UAA, if it is not the sandbox's own.
 * @returns {Promise<Cluster>}
 */
async function startCluster({ folder, startSandbox, apiServer, signal, stops }, name, external) {
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

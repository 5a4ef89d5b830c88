/** Runs a kube-apiserver that accepts the ID tokens of a UAA, as a PKS cluster does. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCertificates } from '../real-uaa/certificates.mjs';
import { findFreePort, hasExited } from '../support/runner/server-process.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */
/** @typedef {import('../../src/sandbox/kubernetes/clusters.ts').KubernetesEndpoint} Endpoint */
/**
 * @typedef {object} ServerOptions
 * @property {string} program - path of the kube-apiserver.
 * @property {string} uaa - URL of the UAA, which must be running.
 * @property {string} uaaCa - path of the CA of the UAA.
 * @property {AbortSignal} signal - stops waiting for the server.
 */

const startTimeoutMilliseconds = 120_000;
const logTailLines = 30;

/**
 * Prepares a server. Its address and token are known before it starts, so that the sandbox can start
 * first: the server needs the sandbox's UAA, and the sandbox's API needs the server.
 *
 * @param {string} folder - for the certificates and the data; it is created.
 * @returns {Promise<{ endpoint: Endpoint, start: (options: ServerOptions) => Promise<() => Promise<void>> }>}
 *   `start` waits until the server is ready, and returns a function that stops it.
 */
export async function prepareApiServer(folder) {
  await mkdir(folder);
  await createCertificates(folder);
  const port = await findFreePort();
  const adminToken = randomBytes(18).toString('base64url');
  await writeFile(join(folder, 'tokens.csv'), `${adminToken},admin,1,"system:masters"\n`);
  const ca = await readFile(join(folder, 'ca.pem'), 'utf8');
  const endpoint = { server: `https://localhost:${port}`, ca, adminToken };
  return {
    endpoint,
    start: (options) => startApiServer({ ...options, folder, port, endpoint }),
  };
}

/** @param {ServerOptions & { folder: string, port: number, endpoint: Endpoint }} options */
async function startApiServer({ program, folder, port, endpoint, uaa, uaaCa, signal }) {
  const logFile = join(folder, 'server.log');
  const log = await open(logFile, 'w');
  const server = spawn(program, createArguments({ port, uaa, uaaCa }), {
    cwd: folder,
    // Ctrl-C must not stop the server before the tests have ended.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  const stop = async () => {
    if (server.pid === undefined || hasExited(server)) return;
    // The data is deleted, so the server does not have to save it.
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  try {
    await once(server, 'spawn');
    await waitUntilReady({ endpoint, server, logFile, signal });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await log.close();
  }
}

/** @param {{ port: number, uaa: string, uaaCa: string }} options */
function createArguments({ port, uaa, uaaCa }) {
  return [
    '--data-dir=etcd',
    ...[`--secure-port=${port}`, '--bind-address=127.0.0.1', '--client-ca-file=ca.pem'],
    ...['--tls-cert-file=tls.pem', '--tls-private-key-file=tls.key'],
    `--service-account-issuer=https://localhost:${port}`,
    ...['--service-account-signing-key-file=jwt.key', '--service-account-key-file=jwt.key'],
    ...['--authorization-mode=RBAC', '--token-auth-file=tokens.csv'],
    '--service-cluster-ip-range=10.100.200.0/24',
    ...[`--oidc-issuer-url=${uaa}/oauth/token`, '--oidc-client-id=pks_cluster_client'],
    ...['--oidc-username-claim=user_name', '--oidc-groups-claim=roles'],
    ...['--oidc-username-prefix=oidc:', '--oidc-groups-prefix=oidc:', `--oidc-ca-file=${uaaCa}`],
  ];
}

/**
 * @param {{ endpoint: Endpoint, server: ChildProcess, logFile: string, signal: AbortSignal }} options
 * @throws if the server exits, or is not ready after 2 minutes.
 */
async function waitUntilReady({ endpoint, server, logFile, signal }) {
  const deadline = Date.now() + startTimeoutMilliseconds;
  while ((await requestStatus(`${endpoint.server}/readyz`, endpoint.ca)) !== 200) {
    signal.throwIfAborted();
    const failure =
      (hasExited(server) && 'The kube-apiserver exited before it was ready') ||
      (Date.now() > deadline &&
        `The kube-apiserver was not ready after ${startTimeoutMilliseconds / 1000} s`);
    if (failure) {
      const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
      throw new Error(`${failure}. Its log ends with:\n${lines.slice(-logTailLines).join('\n')}`);
    }
    await sleep(200);
  }
}

/**
 * @param {string} url
 * @param {string} ca
 * @returns {Promise<number | undefined>} undefined if there was no response.
 */
function requestStatus(url, ca) {
  return new Promise((resolve) => {
    const request = get(url, { ca, agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      resolve(undefined);
    });
  });
}

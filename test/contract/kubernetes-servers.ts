import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { createHttpClient } from '../../src/sandbox/http-client.js';
import { createBuiltInKubernetes } from '../../src/sandbox/kubernetes/clusters.js';
import { releases } from '../../src/sandbox/pks-releases.js';
import { createRequestLog } from '../../src/sandbox/request-log.js';
import { startSandbox } from '../../src/sandbox/sandbox.js';
import { createMemoryStorage } from '../../src/sandbox/storage.js';
import { ensureCertificates } from '../../src/sandbox/tls.js';
import { isNightly } from '../support/runner/nightly.js';
import { describeIfPart } from '../support/runner/optional-part.js';
import { createCertificates } from '../support/servers/certificates.js';
import { freePort } from '../support/servers/free-port.js';
import { rawRequest, type RawRequest, type RawResponse } from '../support/servers/raw-request.js';

/** A Kubernetes API that accepts the ID tokens of a sandbox's UAA. */
export interface ClusterServer {
  readonly server: string;
  readonly adminToken: string;
  /** Path of the CA certificate. */
  readonly caPath: string;
  /** Returns the ID token or the access token of a user of the UAA. */
  readonly fetchToken: (
    user: string,
    options?: { readonly kind?: 'id_token' | 'access_token'; readonly client?: string },
  ) => Promise<string>;
  /** @param path - relative to the URL of the server. */
  readonly send: (path: string, request?: Omit<RawRequest, 'url' | 'ca'>) => Promise<RawResponse>;
  readonly stop: () => Promise<void>;
}

interface StartedServer extends Pick<ClusterServer, 'server' | 'adminToken' | 'stop'> {
  /** PEM. */
  readonly ca: string;
}

interface Uaa {
  readonly uaa: string;
  readonly caCert: string;
  readonly caPem: string;
  readonly pksClientSecret: string;
}

const { TPKS_KUBE_APISERVER: realServer = '' } = process.env;

/**
 * The Kubernetes APIs that must behave in the same way, as rows for `describe.each`: the sandbox, or
 * the real one in `npm run test:cluster`.
 */
export const clusterServers: [name: string, start: () => Promise<ClusterServer>][] = [
  realServer === ''
    ? ['the sandbox', () => startWithUaa(startBuiltIn)]
    : ['kube-apiserver', () => startWithUaa(startReal)],
];

async function startWithUaa(
  start: (uaa: Uaa, folder: string) => Promise<StartedServer>,
): Promise<ClusterServer> {
  const sandbox = await startSandbox({ apiPort: 0, uaaPort: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'tpks-cluster-'));
  const { ca, ...started } = await start(sandbox, folder);
  const caPath = join(folder, 'cluster-ca.pem');
  writeFileSync(caPath, ca);
  return {
    ...started,
    caPath,
    fetchToken: async (user, { kind = 'id_token', client = 'pks_cluster_client' } = {}) => {
      const form = {
        ...{ grant_type: 'password', response_type: 'id_token', client_id: client },
        ...{ client_secret: '', username: user, password: `${user}-password` },
      };
      const url = `${sandbox.uaa}/oauth/token`;
      const token = (await rawRequest({ url, ca: sandbox.caPem, form })).json()[kind];
      if (typeof token !== 'string') throw new Error(`${user} got no ${kind}`);
      return token;
    },
    send: (path, request = {}) => rawRequest({ ...request, url: `${started.server}${path}`, ca }),
    stop: async () => {
      await started.stop();
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startBuiltIn(
  { uaa, caPem, pksClientSecret }: Uaa,
  folder: string,
): Promise<StartedServer> {
  const http = createHttpClient(uaa, caPem);
  const cluster = {
    ...{ name: 'dev-1', uuid: 'b0e1a1a8-1111-4c4b-9d3f-3a2f9f6f5e11', plan_name: 'small' },
    ...{ last_action: 'CREATE' as const, last_action_state: 'succeeded' as const },
    ...{ last_action_description: '', kubernetes_master_ips: [], k8s_version: '1.16.7' },
    parameters: {
      ...{ kubernetes_master_host: 'dev-1.example.com', kubernetes_master_port: 8443 },
      kubernetes_worker_instances: 2,
    },
  };
  const kubernetes = await createBuiltInKubernetes({
    now: Date.now,
    log: createRequestLog(undefined),
    certificates: await ensureCertificates(folder),
    storage: createMemoryStorage(),
    kubeAuth: 'oidc',
    tokenCheck: { uaa: http, clientId: 'pks_client', clientSecret: pksClientSecret },
    release: releases['1.7'],
    findCluster: () => cluster,
  });
  const endpoint = await kubernetes.getEndpoint(cluster);
  return {
    ...endpoint,
    stop: async () => {
      await kubernetes.close();
      await http.close();
    },
  };
}

/**
 * Starts the kube-apiserver with the OIDC flags of a PKS cluster.
 * @see docs/contributing/servers/kubernetes.md#api-server
 */
async function startReal({ uaa, caCert }: Uaa, folder: string): Promise<StartedServer> {
  const [{ ca, good }, port] = [await createCertificates(), await freePort()];
  const server = `https://localhost:${String(port)}`;
  const adminToken = 'admin-token';
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const write = (name: string, text: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const accountKey = write('accounts.pem', privateKey.export({ type: 'sec1', format: 'pem' }));
  mkdirSync(join(folder, 'etcd'));
  const flags = {
    'data-dir': join(folder, 'etcd'),
    'secure-port': String(port),
    'bind-address': '127.0.0.1',
    'tls-cert-file': write('server.pem', good.cert),
    'tls-private-key-file': write('server-key.pem', good.key),
    'service-account-issuer': server,
    'service-account-signing-key-file': accountKey,
    'service-account-key-file': accountKey,
    'authorization-mode': 'RBAC',
    'token-auth-file': write('tokens.csv', `${adminToken},admin,admin,"system:masters"\n`),
    'service-cluster-ip-range': '10.100.200.0/24',
    'oidc-issuer-url': `${uaa}/oauth/token`,
    'oidc-client-id': 'pks_cluster_client',
    'oidc-username-claim': 'user_name',
    'oidc-groups-claim': 'roles',
    'oidc-username-prefix': 'oidc:',
    'oidc-groups-prefix': 'oidc:',
    'oidc-ca-file': caCert,
  };
  const words = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(realServer, words, { cwd: folder, stdio: 'ignore' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const send = (path: string, request: Partial<RawRequest> = {}) =>
    rawRequest({ ...request, url: `${server}${path}`, ca: ca.cert, bearer: adminToken });
  const isReady = async (): Promise<boolean> =>
    (await send('/readyz').catch(() => undefined))?.status === 200;
  for (let attempt = 0; attempt < 300 && !(await isReady()); attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${realServer} exited`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  // No kubelets run, so the nodes have to be created here.
  for (const name of ['vm-0', 'vm-1']) {
    const json = { apiVersion: 'v1', kind: 'Node', metadata: { name } };
    await send('/api/v1/nodes', { json });
  }
  return {
    ...{ server, adminToken, ca: ca.cert },
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}

/** A release of kubectl. */
export interface Kubectl {
  readonly version: string;
  readonly path: string;
}

const { TPKS_KUBECTL_120, TPKS_KUBECTL_137 } = process.env;
const givenKubectls = Object.entries({
  '1.20': isNightly ? TPKS_KUBECTL_120 : '',
  '1.37': TPKS_KUBECTL_137,
}).flatMap(([version, path = '']): Kubectl[] => (path === '' ? [] : [{ version, path }]));

/** The kubectl releases that environment variables name (1.20 only nightly); otherwise the one in the PATH. */
export const kubectls: readonly Kubectl[] =
  givenKubectls.length > 0 ? givenKubectls : [{ version: 'of this machine', path: 'kubectl' }];

/** Defines tests for each of the `kubectls`; they are skipped if none is found. */
export function describeKubectl(name: string, body: () => void): void {
  if (givenKubectls.length > 0) describe(name, body);
  else describeIfPart('kubectl', name, body);
}

/** Runs kubectl as the owner of a token. @returns stdout followed by stderr. */
export async function runKubectl(
  { path }: Kubectl,
  { server, caPath }: Pick<ClusterServer, 'server' | 'caPath'>,
  token: string,
  words: readonly string[],
): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'tpks-kubectl-'));
  const config = join(home, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority': caPath } }],
      users: [{ name: 'u', user: { token } }],
    }),
  );
  const env = { ...process.env, HOME: home, KUBECONFIG: config };
  try {
    return await new Promise((resolve) => {
      const child = execFile(path, words, { env, timeout: 20_000 }, (_error, stdout, stderr) => {
        resolve(stdout + stderr);
      });
      // After a 401, kubectl asks for a user name.
      child.stdin?.end();
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { Cluster } from '../../../src/sandbox/broker/cluster.js';
import type { HttpClient } from '../../../src/sandbox/http-client.js';
import {
  createBuiltInKubernetes,
  type BuiltInKubernetesOptions,
  type KubernetesEndpoint,
} from '../../../src/sandbox/kubernetes/clusters.js';
import { listen } from '../../../src/sandbox/listen.js';
import { releases } from '../../../src/sandbox/pks-releases.js';
import { createRequestLog } from '../../../src/sandbox/request-log.js';
import { text } from '../../../src/sandbox/router.js';
import { openState } from '../../../src/sandbox/storage.js';
import { ensureCertificates } from '../../../src/sandbox/tls.js';
import { rawRequest, type RawRequest } from '../../support/servers/raw-request.js';
import { folderWithCertificates, readLog, temporaryFolder } from '../running-sandbox.js';

const dev1 = createCluster('dev-1', 'b0e1a1a8-0000-4c4b-9d3f-3a2f9f6f5e11');
const dev2 = createCluster('dev-2', 'b0e1a1a8-0000-4c4b-9d3f-3a2f9f6f5e22');
const credentials = { clientId: 'pks_client', clientSecret: 'secret' };
const accounts = '/api/v1/namespaces/default/serviceaccounts';
const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';

const open: { readonly close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const { close } of open.splice(0).reverse()) await close();
});

function createCluster(name: string, uuid: string, workers = 1): Cluster {
  return {
    name,
    uuid,
    plan_name: 'small',
    last_action: 'CREATE',
    last_action_state: 'succeeded',
    last_action_description: '',
    kubernetes_master_ips: [],
    k8s_version: '1.16.7',
    parameters: {
      kubernetes_master_host: `${name}.example.com`,
      kubernetes_master_port: 8443,
      kubernetes_worker_instances: workers,
    },
  };
}

/** The built-in servers of these clusters, which a test can change. */
async function start(
  clusters: Cluster[],
  folder?: string,
  options: Partial<BuiltInKubernetesOptions> = {},
) {
  const dir = folder ?? (await folderWithCertificates());
  const state = openState(dir);
  const builtIn = await createBuiltInKubernetes({
    now: Date.now,
    log: createRequestLog(undefined),
    certificates: await ensureCertificates(dir),
    storage: state.getStorage('kubernetes'),
    kubeAuth: 'token',
    tokenCheck: { uaa: { baseUrl: 'https://uaa.example.com' } as HttpClient, ...credentials },
    release: releases['1.7'],
    findCluster: (name) => clusters.find((cluster) => cluster.name === name),
    ...options,
  });
  const close = async (): Promise<void> => {
    await builtIn.close();
    state.close();
  };
  open.push({ close });
  return { ...builtIn, close };
}

const send = (
  { server, ca, adminToken }: KubernetesEndpoint,
  path: string,
  request: Omit<RawRequest, 'url' | 'ca'> = {},
) => rawRequest({ bearer: adminToken, ...request, url: `${server}${path}`, ca });

/** Creates a service account with the role `cluster-admin`, as the binds route does without OIDC. */
async function createAccount(endpoint: KubernetesEndpoint): Promise<string> {
  const subject = { kind: 'ServiceAccount', namespace: 'default', name: 'robot' };
  const roleRef = { kind: 'ClusterRole', name: 'cluster-admin' };
  await send(endpoint, accounts, { json: { metadata: { name: 'robot' } } });
  await send(endpoint, rbac, { json: { metadata: { name: 'b' }, roleRef, subjects: [subject] } });
  const response = await send(endpoint, `${accounts}/robot/token`, { json: {} });
  return (response.json()['status'] as { token: string }).token;
}

test('keeps the address, the CA and all permissions after a restart', async () => {
  const dir = await folderWithCertificates();
  const first = await start([dev1], dir);
  const endpoint = await first.getEndpoint(dev1);
  const bearer = await createAccount(endpoint);
  await first.close();

  // The server starts with the sandbox, before the first request for credentials.
  const second = await start([dev1], dir);
  expect((await send(endpoint, '/api/v1/nodes', { bearer })).status).toBe(200);
  expect(await second.getEndpoint(dev1)).toEqual({ ...endpoint, adminToken: expect.any(String) });
});

test('clusters with OIDC reject the tokens of service accounts', async () => {
  const dir = await folderWithCertificates();
  const withoutOidc = await start([dev1], dir);
  const bearer = await createAccount(await withoutOidc.getEndpoint(dev1));
  await withoutOidc.close();
  const withOidc = await start([dev1], dir, { kubeAuth: 'oidc' });
  const { status } = await send(await withOidc.getEndpoint(dev1), '/version', { bearer });
  expect(status).toBe(401);
});

test('uses another port if the stored one is in use', async () => {
  const dir = await folderWithCertificates();
  const first = await start([dev1], dir);
  const { server } = await first.getEndpoint(dev1);
  await first.close();
  const port = Number(new URL(server).port);
  open.push(
    await listen({
      port,
      now: Date.now,
      createService: () => ({ handle: async () => text(200, '') }),
    }),
  );

  const endpoint = await (await start([dev1], dir)).getEndpoint(dev1);
  expect(endpoint.server).not.toBe(server);
  expect((await send(endpoint, '/api/v1/nodes')).status).toBe(200);
});

test('a token is valid only for one cluster', async () => {
  const kubernetes = await start([dev1, dev2]);
  const first = await kubernetes.getEndpoint(dev1);
  const second = await kubernetes.getEndpoint(dev2);
  const bearer = await createAccount(first);
  expect((await send(first, '/api/v1/nodes', { bearer })).status).toBe(200);
  expect((await send(second, '/api/v1/nodes', { bearer })).status).toBe(401);
  expect((await send(second, '/api', { bearer: first.adminToken })).status).toBe(401);
});

test('starts one server for parallel requests', async () => {
  const kubernetes = await start([dev1]);
  const endpoints = await Promise.all([1, 2, 3].map(() => kubernetes.getEndpoint(dev1)));
  expect(new Set(endpoints.map(({ server }) => server)).size).toBe(1);
});

test('shows a node for each worker, and the version of the cluster', async () => {
  const clusters = [dev1];
  const kubernetes = await start(clusters);
  const endpoint = await kubernetes.getEndpoint(dev1);
  const readNames = async () => {
    const { items } = (await send(endpoint, '/api/v1/nodes')).json();
    return (items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);
  };
  const [name] = await readNames();
  clusters[0] = createCluster('dev-1', dev1.uuid, 3);
  const names = await readNames();
  expect(names).toHaveLength(3);
  expect(names).toContain(name);
  expect(names).toEqual([...names].sort());
  expect((await send(endpoint, '/version')).json()).toMatchObject({
    major: '1',
    minor: '16',
    gitVersion: 'v1.16.7',
  });
});

test('a cluster with the name of a deleted one has its own server and permissions', async () => {
  const clusters = [dev1];
  const kubernetes = await start(clusters);
  const endpoint = await kubernetes.getEndpoint(dev1);
  const bearer = await createAccount(endpoint);
  const recreated = { ...dev1, uuid: dev2.uuid };
  clusters[0] = recreated;

  expect((await send(endpoint, '/version', { bearer })).status).toBe(503);
  const next = await kubernetes.getEndpoint(recreated);
  expect(next.server).not.toBe(endpoint.server);
  expect((await send(next, '/version', { bearer })).status).toBe(401);
});

test('does not start the servers of clusters that were deleted before a restart', async () => {
  const dir = await folderWithCertificates();
  const first = await start([dev1], dir);
  const endpoint = await first.getEndpoint(dev1);
  await first.close();
  await start([], dir);
  await expect(send(endpoint, '/version')).rejects.toThrow('ECONNREFUSED');
});

test('logs the requests', async () => {
  const path = join(temporaryFolder(), 'log.jsonl');
  const kubernetes = await start([dev1], undefined, { log: createRequestLog(path) });
  await send(await kubernetes.getEndpoint(dev1), '/api/v1/nodes');
  expect(readLog(path)).toMatchObject([
    { server: 'kubernetes', method: 'GET', path: '/api/v1/nodes', status: 200 },
  ]);
});

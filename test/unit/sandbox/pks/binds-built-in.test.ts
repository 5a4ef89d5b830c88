import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { SandboxOptions } from '../../../../src/sandbox/sandbox.js';
import { rawRequest, type RawResponse } from '../../../support/servers/raw-request.js';
import { readLog, runSandbox, temporaryFolder } from '../running-sandbox.js';

/** A kubeconfig as the API returns it. */
interface Kubeconfig {
  readonly clusters: readonly [
    { cluster: { server: string; 'certificate-authority-data': string } },
  ];
  readonly users: readonly [{ name: string; user: { token?: string } }];
}

async function startInstallation(options: SandboxOptions = {}) {
  const log = join(temporaryFolder(), 'log.jsonl');
  const sandbox = await runSandbox({ log, ...options });
  const request = async (user: string, method: string, path: string): Promise<Kubeconfig> => {
    const bearer = await sandbox.fetchToken(user);
    const response = await sandbox.send(`/v1/clusters/${path}`, { method, bearer });
    return JSON.parse(response.text) as Kubeconfig;
  };
  return {
    log,
    bind: (user: string, cluster: string) => request(user, 'POST', `${cluster}/binds`),
    getKubeconfig: (user: string, cluster: string) =>
      request(user, 'GET', `${cluster}/binds/${user}?suppressClusterRoleBinding=true`),
    fetchIdToken: async (user: string): Promise<string> => {
      const client = { client_id: 'pks_cluster_client', client_secret: '' };
      const account = { grant_type: 'password', username: user, password: `${user}-password` };
      const response = await sandbox.sendToUaa('/oauth/token', { form: { ...client, ...account } });
      return String(response.json()['id_token']);
    },
  };
}

type Installation = Awaited<ReturnType<typeof startInstallation>>;

/** Sends a request to the cluster of a kubeconfig. */
function sendToCluster(
  { clusters: [{ cluster }] }: Kubeconfig,
  bearer: string,
  path: string,
  body?: unknown,
): Promise<RawResponse> {
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString('utf8');
  return rawRequest({ url: `${cluster.server}${path}`, ca, bearer, json: body });
}

const namespaces = '/api/v1/namespaces';

describe('credentials for the built-in Kubernetes APIs', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation();
  });

  test('the owner of a cluster is its administrator', async () => {
    const kubeconfig = await installation.bind('cody', 'dev-1');
    const token = await installation.fetchIdToken('cody');
    expect((await sendToCluster(kubeconfig, token, namespaces)).status).toBe(200);
  });

  test('a developer has no rights until a group gets them', async () => {
    const kubeconfig = await installation.getKubeconfig('naomi', 'dev-1');
    const naomi = await installation.fetchIdToken('naomi');
    expect((await sendToCluster(kubeconfig, naomi, namespaces)).status).toBe(403);
    await installation.bind('cody', 'dev-1');
    const cody = await installation.fetchIdToken('cody');
    const apiGroup = 'rbac.authorization.k8s.io';
    const created = await sendToCluster(
      kubeconfig,
      cody,
      `/apis/${apiGroup}/v1/clusterrolebindings`,
      {
        apiVersion: `${apiGroup}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'auditors' },
        roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup, kind: 'Group', name: 'oidc:auditors' }],
      },
    );
    expect(created.status).toBe(201);
    expect((await sendToCluster(kubeconfig, naomi, namespaces)).status).toBe(200);
  });

  test('a role binding applies only to one cluster', async () => {
    await installation.bind('alana', 'prod-1');
    const dev = await installation.getKubeconfig('alana', 'dev-1');
    const token = await installation.fetchIdToken('alana');
    expect((await sendToCluster(dev, token, namespaces)).status).toBe(403);
  });

  test('the log contains requests to clusters, and from clusters to the UAA with pks_client', async () => {
    const kubeconfig = await installation.bind('cody', 'dev-1');
    await sendToCluster(kubeconfig, await installation.fetchIdToken('cody'), namespaces);
    const lines = readLog(installation.log).map(
      ({ server, method, path, client }) => `${server} ${method} ${path} ${String(client)}`,
    );
    expect(lines).toContain(`kubernetes GET ${namespaces} pks_cluster_client`);
    expect(lines).toContain('uaa GET /token_keys pks_client');
  });
});

describe('credentials without OIDC', () => {
  test('contain a token of a service account', async () => {
    const installation = await startInstallation({ kubeAuth: 'token' });
    const kubeconfig = await installation.bind('cody', 'dev-1');
    const token = kubeconfig.users[0].user.token ?? '';
    expect((await sendToCluster(kubeconfig, token, namespaces)).status).toBe(200);
    const idToken = await installation.fetchIdToken('cody');
    expect((await sendToCluster(kubeconfig, idToken, namespaces)).status).toBe(401);
    const developer = await installation.getKubeconfig('dana', 'dev-1');
    const developerToken = developer.users[0].user.token ?? '';
    expect((await sendToCluster(developer, developerToken, namespaces)).status).toBe(403);
  });
});

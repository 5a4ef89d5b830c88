import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClusterAccess } from '../../../src/sandbox/kubernetes/client.js';
import type { KubeAuth, KubernetesEndpoint } from '../../../src/sandbox/kubernetes/clusters.js';
import { createBindsErrorSimulation, type BindsErrorKind } from '../../../src/sandbox/pks/binds.js';
import { json } from '../../../src/sandbox/router.js';
import { failure, startFakeKubernetes, type FakeKubernetes } from '../fake-kubernetes.js';
import { createInstallation, errorOf, type ApiResponse } from './installation.js';

let kubernetes: FakeKubernetes;
beforeAll(async () => {
  kubernetes = await startFakeKubernetes();
});
beforeEach(() => {
  kubernetes.requests.length = 0;
  kubernetes.override = undefined;
});

const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const accounts = '/api/v1/namespaces/default/serviceaccounts';
const lines = () => kubernetes.requests.map(({ line }) => line);

const clusterAccess = createClusterAccess();
afterAll(clusterAccess.close);

interface Settings {
  readonly kubeAuth?: KubeAuth;
  readonly bindsError?: BindsErrorKind;
  readonly endpoint?: KubernetesEndpoint;
}

function createBinds({ kubeAuth = 'oidc', bindsError, endpoint = kubernetes }: Settings = {}) {
  const { send } = createInstallation({
    provisionSeconds: 0,
    binds: {
      clusters: { getEndpoint: () => Promise.resolve(endpoint) },
      access: clusterAccess,
      kubeAuth,
      issuer: 'https://uaa.example.com/oauth/token',
      simulateError: createBindsErrorSimulation(bindsError),
    },
  });
  return {
    send,
    bind: (user: string, cluster: string) => send(user, 'POST', `clusters/${cluster}/binds`),
    getKubeconfig: (user: string, cluster: string, recipient = user) =>
      send(user, 'GET', `clusters/${cluster}/binds/${recipient}?suppressClusterRoleBinding=true`),
  };
}

function userEntry({ json, body }: ApiResponse) {
  const { users: [user] = [] } = json as { users?: { name: string; user: unknown }[] };
  if (!user) throw new Error(`no user entry: ${body}`);
  return user;
}

const oidcEntry = (name: string) => ({
  name,
  user: {
    'auth-provider': {
      name: 'oidc',
      config: {
        'client-id': 'pks_cluster_client',
        cluster_client_secret: '',
        'idp-issuer-url': 'https://uaa.example.com/oauth/token',
      },
    },
  },
});

describe('POST /v1/clusters/NAME/binds with OIDC', () => {
  test('makes the owner a cluster administrator and returns a kubeconfig without tokens', async () => {
    const response = await createBinds().bind('cody', 'dev-1');
    expect([response.status, response.json]).toEqual([
      201,
      {
        preferences: {},
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'dev-1',
        contexts: [{ context: { cluster: 'dev-1', user: 'cody' }, name: 'dev-1' }],
        clusters: [
          {
            name: 'dev-1',
            cluster: {
              'certificate-authority-data': Buffer.from(kubernetes.ca).toString('base64'),
              server: kubernetes.server,
            },
          },
        ],
        users: [oidcEntry('cody')],
      },
    ]);
    expect(kubernetes.requests).toEqual([
      {
        line: `PUT ${bindings}/oidc%3Acody-cluster-admin`,
        body: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: 'oidc:cody-cluster-admin', labels: { generated: 'true' } },
          roleRef: {
            apiGroup: 'rbac.authorization.k8s.io',
            kind: 'ClusterRole',
            name: 'cluster-admin',
          },
          subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'oidc:cody' }],
        },
      },
    ]);
  });

  test('gives administrators and UAA clients credentials for the clusters of all owners', async () => {
    for (const name of ['alana', 'admin']) {
      expect(userEntry(await createBinds().bind(name, 'dev-1'))).toEqual(oidcEntry(name));
    }
  });

  test('a cluster of another owner is not found, like an unknown one', async () => {
    for (const name of ['prod-1', 'no-such-cluster']) {
      const message = `The cluster named "${name}" not found.`;
      expect(errorOf(await createBinds().bind('cody', name))).toEqual([404, message]);
    }
    expect(lines()).toEqual([]);
  });

  test('requires a scope that allows changes', async () => {
    for (const user of ['naomi', 'dana']) {
      expect((await createBinds().bind(user, 'dev-1')).status).toBe(403);
    }
    expect(lines()).toEqual([]);
  });

  test('rejects a cluster that is being deleted as busy', async () => {
    const { send } = createInstallation();
    await send('cody', 'DELETE', 'clusters/dev-1');
    expect(errorOf(await send('cody', 'POST', 'clusters/dev-1/binds'))).toEqual([
      409,
      'od-broker is processing a request for the same instance... please try again later',
    ]);
  });

  test.each([
    ['during an upgrade', 'alana', 'prod-2'],
    ['after a failed deletion', 'cody', 'dev-3'],
  ])('returns credentials %s', async (_when, user, cluster) => {
    expect((await createBinds().bind(user, cluster)).status).toBe(201);
  });

  test("the error names the cluster's reason if it rejects the role binding", async () => {
    kubernetes.override = json(422, failure('ClusterRoleBinding "x" is invalid'));
    expect(errorOf(await createBinds().bind('cody', 'dev-1'))).toEqual([
      500,
      'Status: 500; ErrorMessage: <nil>; Description: Create Binding: ' +
        'ClusterRoleBinding "x" is invalid; ResponseError: <nil>',
    ]);
  });

  test('uses the issuer in the Kubernetes profile of the cluster', async () => {
    const flags = { 'oidc-issuer-url': 'https://dex.example.com', 'oidc-client-id': 'kubectl' };
    const { send, bind } = createBinds();
    await send('cody', 'POST', 'kubernetes-profiles', {
      name: 'dex',
      customizations: [{ component: 'kube-apiserver', arguments: flags }],
    });
    await send('cody', 'POST', 'clusters', {
      name: 'c1',
      plan_name: 'small',
      kubernetes_profile_name: 'dex',
      parameters: { kubernetes_master_host: 'c1.example.com' },
    });
    expect(userEntry(await bind('cody', 'c1'))).toMatchObject({
      user: {
        'auth-provider': {
          config: { 'client-id': 'kubectl', 'idp-issuer-url': 'https://dex.example.com' },
        },
      },
    });
  });

  test('a cluster whose creation failed has no Kubernetes API', async () => {
    const { send, bind } = createBinds();
    const parameters = { kubernetes_master_host: 'c1.example.com' };
    await send('cody', 'POST', 'clusters', { name: 'c1', plan_name: 'fails', parameters });
    expect(errorOf(await bind('cody', 'c1'))).toEqual([
      500,
      expect.stringContaining('gathering binding info Could not fetch VMs info'),
    ]);
  });
});

describe('GET /v1/clusters/NAME/binds/USER with OIDC', () => {
  test.each(['naomi', 'dana'])('%s gets a kubeconfig without a role binding', async (user) => {
    const response = await createBinds().getKubeconfig(user, 'dev-1');
    expect([response.status, userEntry(response)]).toEqual([200, oidcEntry(user)]);
    expect(lines()).toEqual([]);
  });

  test('the spelling of the user name does not matter', async () => {
    const response = await createBinds().getKubeconfig('dana', 'prod-1', 'DANA');
    expect(userEntry(response).name).toBe('dana');
  });

  test('only an administrator of the cluster gets a kubeconfig for another user', async () => {
    const get = createBinds().getKubeconfig;
    expect(userEntry(await get('alana', 'dev-1', 'dana')).name).toBe('dana');
    expect(userEntry(await get('cody', 'dev-1', 'dana')).name).toBe('dana');
    expect((await get('cody', 'prod-1', 'dana')).status).toBe(404);
    expect((await get('naomi', 'dev-1', 'dana')).status).toBe(403);
  });

  test('an unknown cluster is not found', async () => {
    expect((await createBinds().getKubeconfig('dana', 'no-such-cluster')).status).toBe(404);
  });

  test('creates the role binding unless it is suppressed', async () => {
    const { send } = createBinds();
    const response = await send('alana', 'GET', 'clusters/dev-1/binds/dana');
    expect(userEntry(response).name).toBe('dana');
    expect(kubernetes.requests).toMatchObject([
      { body: { subjects: [{ kind: 'User', name: 'oidc:dana' }] } },
    ]);
    expect((await send('dana', 'GET', 'clusters/dev-1/binds/dana')).status).toBe(403);
  });
});

describe('binds without OIDC', () => {
  const settings = { kubeAuth: 'token' } as const;
  const uuid = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

  test('the user is a service account with a token, named by a UUID', async () => {
    const { name, user } = userEntry(await createBinds(settings).bind('cody', 'dev-1'));
    expect(name).toMatch(uuid);
    expect(user).toEqual({ token: `token of ${name}` });
    expect(kubernetes.requests).toMatchObject([
      { line: `POST ${accounts}`, body: { metadata: { name, namespace: 'default' } } },
      {
        line: `PUT ${bindings}/pks%3Acody-cluster-admin`,
        body: {
          metadata: { name: 'pks:cody-cluster-admin', labels: { generated: 'true' } },
          subjects: [{ kind: 'ServiceAccount', name, namespace: 'default' }],
        },
      },
      {
        line: `POST ${accounts}/${name}/token`,
        body: { kind: 'TokenRequest', spec: { expirationSeconds: 315_360_000 } },
      },
    ]);
  });

  test('a user has one service account, even after a restart', async () => {
    const bind = async (user: string) =>
      userEntry(await createBinds(settings).bind(user, 'dev-1')).name;
    const name = await bind('cody');
    expect(await bind('cody')).toBe(name);
    expect(await bind('alana')).not.toBe(name);
  });

  test('a developer gets a service account without a role binding', async () => {
    const { name } = userEntry(await createBinds(settings).getKubeconfig('dana', 'dev-1'));
    expect(lines()).toEqual([`POST ${accounts}`, `POST ${accounts}/${name}/token`]);
  });
});

describe('--binds-error', () => {
  test('busy: two of three requests for a cluster fail', async () => {
    const { bind, getKubeconfig } = createBinds({ bindsError: 'busy' });
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await bind('cody', 'dev-1')).status);
    expect(statuses).toEqual([409, 409, 201, 409]);
    expect((await getKubeconfig('cody', 'prod-1')).body).toContain('od-broker is processing');
  });

  test('refused: the broker cannot reach the cluster to create the role binding', async () => {
    const { bind, getKubeconfig } = createBinds({ bindsError: 'refused' });
    expect(errorOf(await bind('cody', 'dev-1'))).toEqual([
      500,
      'Status: 500; ErrorMessage: <nil>; Description: Create Binding: Put ' +
        `https://10.0.10.6:8443${bindings}/oidc:cody-cluster-admin: ` +
        'dial tcp 10.0.10.6:8443: connect: connection refused; ResponseError: <nil>',
    ]);
    expect((await getKubeconfig('cody', 'dev-1')).status).toBe(200);
  });

  test('bad-gateway: a load balancer responds with an HTML page', async () => {
    expect(await createBinds({ bindsError: 'bad-gateway' }).bind('cody', 'dev-1')).toMatchObject({
      status: 502,
      headers: { 'content-type': expect.stringMatching(/^text\/html/) },
      body: expect.stringContaining('502 Bad Gateway'),
    });
  });
});

test('a cluster that does not run causes the same error as a refused connection', async () => {
  const endpoint = { ...kubernetes, server: 'http://localhost:1' };
  expect((await createBinds({ endpoint }).bind('cody', 'dev-1')).body).toContain(
    `Create Binding: Put http://localhost:1${bindings}/oidc:cody-cluster-admin: ` +
      'dial tcp localhost:1: connect: connection refused',
  );
});

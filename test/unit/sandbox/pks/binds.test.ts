import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SandboxOptions } from '../../../../src/sandbox/sandbox.js';
import { json } from '../../../../src/sandbox/router.js';
import { runSandbox, type RawResponse, type RunningSandbox } from '../running-sandbox.js';
import { failure, startFakeKubernetes, type FakeKubernetes } from './fake-kubernetes.js';

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

async function startInstallation(options: SandboxOptions = {}) {
  const sandbox = await runSandbox({ kubernetes, tokenSeconds: 100_000, ...options });
  const send = async (user: string, method: string, path: string, body?: unknown) => {
    const bearer = await sandbox.fetchToken(user);
    return sandbox.send(`/v1/clusters${path}`, { method, bearer, json: body });
  };
  return {
    sandbox,
    send,
    bind: (user: string, cluster: string) => send(user, 'POST', `/${cluster}/binds`),
    getKubeconfig: (user: string, cluster: string, recipient = user) =>
      send(user, 'GET', `/${cluster}/binds/${recipient}?suppressClusterRoleBinding=true`),
  };
}

type Installation = Awaited<ReturnType<typeof startInstallation>>;

function userEntry(response: RawResponse): { readonly name: string; readonly user: unknown } {
  const [user] = response.json()['users'] as { name: string; user: unknown }[];
  if (!user) throw new Error(`no user entry: ${response.text}`);
  return user;
}

const oidcEntry = (name: string, { uaa }: RunningSandbox) => ({
  name,
  user: {
    'auth-provider': {
      name: 'oidc',
      config: {
        'client-id': 'pks_cluster_client',
        cluster_client_secret: '',
        'idp-issuer-url': `${uaa}/oauth/token`,
      },
    },
  },
});

describe('POST /v1/clusters/NAME/binds with OIDC', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation();
  });

  test('makes the owner a cluster administrator and returns a kubeconfig without tokens', async () => {
    const response = await installation.bind('cody', 'dev-1');
    expect(response.status).toBe(201);
    expect(response.json()).toEqual({
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
      users: [oidcEntry('cody', installation.sandbox)],
    });
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

  test('succeeds if the role binding exists', async () => {
    await installation.bind('alana', 'dev-1');
    expect((await installation.bind('alana', 'dev-1')).status).toBe(201);
    expect(lines()).toEqual(Array(2).fill(`PUT ${bindings}/oidc%3Aalana-cluster-admin`));
  });

  test('an administrator gets credentials for the clusters of all owners', async () => {
    expect(userEntry(await installation.bind('alana', 'dev-1')).name).toBe('alana');
  });

  test('a cluster of another owner is not found, like an unknown one', async () => {
    for (const name of ['prod-1', 'no-such-cluster']) {
      const response = await installation.bind('cody', name);
      expect(response.status).toBe(404);
      expect(response.json()).toEqual({ body: `The cluster named "${name}" not found.` });
    }
    expect(lines()).toEqual([]);
  });

  test('requires a scope that allows changes', async () => {
    expect((await installation.bind('naomi', 'dev-1')).status).toBe(403);
    expect((await installation.bind('dana', 'dev-1')).status).toBe(403);
    expect((await installation.sandbox.send('/v1/clusters/dev-1/binds')).status).toBe(401);
    expect(lines()).toEqual([]);
  });

  test('a UAA client gets the same kind of user entry', async () => {
    const bearer = await installation.sandbox.fetchAdminToken();
    const path = '/v1/clusters/dev-1/binds';
    const response = await installation.sandbox.send(path, { method: 'POST', bearer });
    expect(userEntry(response)).toEqual(oidcEntry('admin', installation.sandbox));
  });

  test('rejects a cluster that is being created as busy', async () => {
    const response = await installation.bind('cody', 'dev-2');
    expect(response.status).toBe(409);
    expect(response.json()).toEqual({
      body: 'od-broker is processing a request for the same instance... please try again later',
    });
  });

  test.each([
    ['during an upgrade', 'alana', 'prod-2'],
    ['after a failed deletion', 'cody', 'dev-3'],
  ])('returns credentials %s', async (_when, user, cluster) => {
    expect((await installation.bind(user, cluster)).status).toBe(201);
  });

  test("the error names the cluster's reason if it rejects the role binding", async () => {
    kubernetes.override = json(422, failure('ClusterRoleBinding "x" is invalid'));
    const response = await installation.bind('cody', 'dev-1');
    expect(response.status).toBe(500);
    expect(response.json()).toEqual({
      body:
        'Status: 500; ErrorMessage: <nil>; Description: Create Binding: ' +
        'ClusterRoleBinding "x" is invalid; ResponseError: <nil>',
    });
  });

  test('uses the issuer in the Kubernetes profile of the cluster', async () => {
    const profile = {
      name: 'dex',
      customizations: [
        {
          component: 'kube-apiserver',
          arguments: { 'oidc-issuer-url': 'https://dex.example.com', 'oidc-client-id': 'kubectl' },
        },
      ],
    };
    const { sandbox, send, bind } = await startInstallation({ provisionSeconds: 0 });
    const bearer = await sandbox.fetchToken('cody');
    await sandbox.send('/v1/kubernetes-profiles', { method: 'POST', bearer, json: profile });
    const created = await send('cody', 'POST', '', {
      name: 'c1',
      plan_name: 'small',
      kubernetes_profile_name: 'dex',
      parameters: { kubernetes_master_host: 'c1.example.com' },
    });
    expect(created.status).toBe(202);
    expect(userEntry(await bind('cody', 'c1'))).toMatchObject({
      user: {
        'auth-provider': {
          config: { 'client-id': 'kubectl', 'idp-issuer-url': 'https://dex.example.com' },
        },
      },
    });
  });

  test('a cluster whose creation failed has no Kubernetes API', async () => {
    const { send, bind } = await startInstallation({ provisionSeconds: 0 });
    const parameters = { kubernetes_master_host: 'c1.example.com' };
    await send('cody', 'POST', '', { name: 'c1', plan_name: 'fails', parameters });
    const response = await bind('cody', 'c1');
    expect(response.status).toBe(500);
    expect(response.text).toContain('gathering binding info Could not fetch VMs info');
  });
});

describe('GET /v1/clusters/NAME/binds/USER with OIDC', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation();
  });

  test.each(['naomi', 'dana'])('%s gets a kubeconfig without a role binding', async (user) => {
    const response = await installation.getKubeconfig(user, 'dev-1');
    expect(response.status).toBe(200);
    expect(userEntry(response)).toEqual(oidcEntry(user, installation.sandbox));
    expect(lines()).toEqual([]);
  });

  test('the spelling of the user name does not matter', async () => {
    const response = await installation.getKubeconfig('dana', 'prod-1', 'DANA');
    expect(userEntry(response).name).toBe('dana');
  });

  test('only an administrator of the cluster gets a kubeconfig for another user', async () => {
    const get = installation.getKubeconfig;
    expect(userEntry(await get('alana', 'dev-1', 'dana')).name).toBe('dana');
    expect(userEntry(await get('cody', 'dev-1', 'dana')).name).toBe('dana');
    expect((await get('cody', 'prod-1', 'dana')).status).toBe(404);
    expect((await get('naomi', 'dev-1', 'dana')).status).toBe(403);
  });

  test('an unknown cluster is not found', async () => {
    expect((await installation.getKubeconfig('dana', 'no-such-cluster')).status).toBe(404);
  });

  test('creates the role binding unless it is suppressed', async () => {
    const response = await installation.send('alana', 'GET', '/dev-1/binds/dana');
    expect(userEntry(response).name).toBe('dana');
    expect(kubernetes.requests).toMatchObject([
      { body: { subjects: [{ kind: 'User', name: 'oidc:dana' }] } },
    ]);
    expect((await installation.send('dana', 'GET', '/dev-1/binds/dana')).status).toBe(403);
  });
});

describe('binds without OIDC', () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation({ kubeAuth: 'token' });
  });
  const uuid = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

  test('the user is a service account with a token, named by a UUID', async () => {
    const { name, user } = userEntry(await installation.bind('cody', 'dev-1'));
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
    const { name } = userEntry(await installation.bind('cody', 'dev-1'));
    const other = await startInstallation({ kubeAuth: 'token' });
    expect(userEntry(await other.bind('cody', 'dev-1')).name).toBe(name);
    expect(userEntry(await other.bind('alana', 'dev-1')).name).not.toBe(name);
  });

  test('a developer gets a service account without a role binding', async () => {
    const { name } = userEntry(await installation.getKubeconfig('dana', 'dev-1'));
    expect(lines()).toEqual([`POST ${accounts}`, `POST ${accounts}/${name}/token`]);
  });
});

describe('--binds-error', () => {
  test('busy: two of three requests for a cluster fail', async () => {
    const { bind, getKubeconfig } = await startInstallation({ bindsError: 'busy' });
    const statuses = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await bind('cody', 'dev-1')).status);
    expect(statuses).toEqual([409, 409, 201, 409]);
    const other = await getKubeconfig('cody', 'prod-1');
    expect(other.text).toContain('od-broker is processing');
  });

  test('refused: the broker cannot reach the cluster to create the role binding', async () => {
    const { bind, getKubeconfig } = await startInstallation({ bindsError: 'refused' });
    const response = await bind('cody', 'dev-1');
    expect(response.status).toBe(500);
    expect(response.json()).toEqual({
      body:
        'Status: 500; ErrorMessage: <nil>; Description: Create Binding: Put ' +
        `https://10.0.10.6:8443${bindings}/oidc:cody-cluster-admin: ` +
        'dial tcp 10.0.10.6:8443: connect: connection refused; ResponseError: <nil>',
    });
    expect((await getKubeconfig('cody', 'dev-1')).status).toBe(200);
  });

  test('bad-gateway: a load balancer responds with an HTML page', async () => {
    const { bind } = await startInstallation({ bindsError: 'bad-gateway' });
    const { status, headers, text } = await bind('cody', 'dev-1');
    expect(status).toBe(502);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(text).toContain('502 Bad Gateway');
  });
});

test('a cluster that does not run causes the same error as a refused connection', async () => {
  const stopped = await startFakeKubernetes();
  await stopped.close();
  const { bind } = await startInstallation({ kubernetes: stopped });
  const { host } = new URL(stopped.server);
  expect((await bind('cody', 'dev-1')).text).toContain(
    `Create Binding: Put ${stopped.server}${bindings}/oidc:cody-cluster-admin: ` +
      `dial tcp ${host}: connect: connection refused`,
  );
});

describe('the sandbox does not start', () => {
  test.each<[string, () => Promise<Partial<FakeKubernetes>>, RegExp]>([
    [
      'with the wrong CA',
      async () => ({ ca: (await startFakeKubernetes()).ca }),
      /^Cannot connect to --kubernetes https:.*certificate.*; check --kubernetes-ca$/,
    ],
    [
      'with a host name that does not exist',
      async () => ({ server: 'https://kubernetes.invalid:6443' }),
      /^Cannot connect to --kubernetes https:.*ENOTFOUND/,
    ],
    [
      'with a token that the API server rejects',
      async () => ({ adminToken: 'expired' }),
      /^--kubernetes https:.* rejected the token of --kubernetes-token-file$/,
    ],
    [
      'with the token of a user who is not an administrator',
      async () => {
        kubernetes.override = json(201, { status: { allowed: false } });
        return {};
      },
      /^The token of --kubernetes-token-file does not belong to an administrator of https:/,
    ],
    [
      'with a server that is not a Kubernetes API',
      async () => {
        kubernetes.override = json(404, {});
        return {};
      },
      /^--kubernetes https:.* is not a Kubernetes API: HTTP 404$/,
    ],
  ])('%s', async (_description, describeServer, message) => {
    const server = { ...kubernetes, ...(await describeServer()) };
    await expect(startInstallation({ kubernetes: server })).rejects.toThrow(message);
  });
});

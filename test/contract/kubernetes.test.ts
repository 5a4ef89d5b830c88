import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RawResponse } from '../support/raw-request.js';
import {
  clusterServers,
  describeKubectl,
  kubectls,
  runKubectl,
  type ClusterServer,
  type Kubectl,
} from './kubernetes-servers.js';

const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const accounts = '/api/v1/namespaces/default/serviceaccounts';
const subjectReviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const accessReviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';

// The real server needs a few seconds to start.
const startMilliseconds = 90_000;

/** The binding that `get-credentials` creates. */
const createBinding = (user: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: `oidc:${user}-cluster-admin`, labels: { generated: 'true' } },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: `oidc:${user}` }],
});

describe.each(clusterServers)('the Kubernetes API of %s', (_name, start) => {
  let cluster: ClusterServer;
  /** Tokens of an administrator, of a user with the role `cluster-admin`, and of one without. */
  let tokens: Record<'admin' | 'alana' | 'cody', string>;

  beforeAll(async () => {
    cluster = await start();
    const [alana, cody] = [await cluster.fetchToken('alana'), await cluster.fetchToken('cody')];
    tokens = { admin: cluster.adminToken, alana, cody };
    await cluster.send(rbac, { bearer: tokens.admin, json: createBinding('alana') });
  }, startMilliseconds);
  afterAll(async () => {
    await cluster.stop();
  });

  const sendAs = (
    user: 'admin' | 'alana' | 'cody',
    path: string,
    request: Parameters<ClusterServer['send']>[1] = {},
  ): Promise<RawResponse> => cluster.send(path, { ...request, bearer: tokens[user] });

  const review = async (bearer: string | undefined): Promise<unknown> =>
    (
      await cluster.send(subjectReviews, { ...(bearer !== undefined && { bearer }), json: {} })
    ).json()['status'];

  describe('authentication', () => {
    test('accepts ID tokens and access tokens of the cluster client', async () => {
      expect(await review(tokens.cody)).toMatchObject({
        userInfo: { username: 'oidc:cody', groups: ['system:authenticated'] },
      });
      const access = await cluster.fetchToken('cody', { kind: 'access_token' });
      expect(await review(access)).toMatchObject({ userInfo: { username: 'oidc:cody' } });
    });

    test('identifies the token', async () => {
      const { jti } = JSON.parse(
        Buffer.from(tokens.cody.split('.')[1] ?? '', 'base64url').toString(),
      ) as { jti: string };
      expect(await review(tokens.cody)).toMatchObject({
        userInfo: { extra: { 'authentication.kubernetes.io/credential-id': [`JTI=${jti}`] } },
      });
    });

    test.each([
      [
        'a token of another client',
        () => cluster.fetchToken('cody', { kind: 'access_token', client: 'pks_cli' }),
      ],
      ['a token with a wrong signature', async () => `${tokens.cody.slice(0, -8)}AAAAAAAA`],
      ['a text that is not a token', async () => 'nonsense'],
    ])('rejects %s', async (_description, createToken) => {
      const response = await cluster.send('/version', { bearer: await createToken() });
      expect(response.status).toBe(401);
      expect(response.json()).toEqual({
        ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' },
        ...{ message: 'Unauthorized', reason: 'Unauthorized', code: 401 },
      });
    });

    test('treats requests without a token as anonymous', async () => {
      expect((await cluster.send('/version')).status).toBe(200);
      const response = await cluster.send('/api');
      expect([response.status, response.json()['message']]).toEqual([
        403,
        'forbidden: User "system:anonymous" cannot get path "/api"',
      ]);
    });
  });

  describe('authorization', () => {
    test.each([
      [
        '/api/v1/nodes',
        'nodes is forbidden: User "oidc:cody" cannot list resource "nodes" in API group "" at the cluster scope',
      ],
      [
        '/api/v1/namespaces/default',
        'namespaces "default" is forbidden: User "oidc:cody" cannot get resource "namespaces" in API group "" in the namespace "default"',
      ],
      [
        '/apis/apps/v1/namespaces/a/deployments',
        'deployments.apps is forbidden: User "oidc:cody" cannot list resource "deployments" in API group "apps" in the namespace "a"',
      ],
      [
        '/api/v1/nodes/vm-0/status',
        'nodes "vm-0" is forbidden: User "oidc:cody" cannot get resource "nodes/status" in API group "" at the cluster scope',
      ],
      [
        '/api/v1/namespaces?watch=true',
        'namespaces is forbidden: User "oidc:cody" cannot watch resource "namespaces" in API group "" at the cluster scope',
      ],
      ['/unknown', 'forbidden: User "oidc:cody" cannot get path "/unknown"'],
    ])('forbids %s without a role', async (path, message) => {
      const response = await sendAs('cody', path);
      expect([response.status, response.json()['message']]).toEqual([403, message]);
    });

    test('reviews access with the binding as the reason', async () => {
      const spec = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } };
      const json = { spec };
      expect((await sendAs('cody', accessReviews, { json })).json()['status']).toEqual({
        allowed: false,
      });
      expect((await sendAs('alana', accessReviews, { json })).json()).toMatchObject({
        spec,
        status: {
          allowed: true,
          reason:
            'RBAC: allowed by ClusterRoleBinding "oidc:alana-cluster-admin" of ClusterRole "cluster-admin" to User "oidc:alana"',
        },
      });
    });

    test('gives rights to groups and to service accounts', async () => {
      const metadata = { name: 'with-group' };
      const subjects = [
        { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'operators' },
        { kind: 'ServiceAccount', namespace: 'default', name: 'robot' },
      ];
      await sendAs('admin', rbac, { json: { ...createBinding('x'), metadata, subjects } });
      await sendAs('admin', accounts, { json: { metadata: { name: 'robot' } } });
      const response = await sendAs('admin', `${accounts}/robot/token`, { json: {} });
      const { token } = response.json()['status'] as { token: string };
      expect(await review(token)).toMatchObject({
        userInfo: {
          username: 'system:serviceaccount:default:robot',
          groups: [
            ...['system:serviceaccounts', 'system:serviceaccounts:default'],
            'system:authenticated',
          ],
        },
      });
      const readAs = async (headers: Record<string, string>, bearer: string) =>
        (await cluster.send('/api/v1/nodes', { bearer, headers })).status;
      expect(await readAs({}, token)).toBe(200);
      const group = { 'impersonate-user': 'zed', 'impersonate-group': 'operators' };
      expect(await readAs(group, tokens.admin)).toBe(200);
      expect(await readAs({ 'impersonate-user': 'zed' }, tokens.admin)).toBe(403);
    });
  });

  describe('resources', () => {
    test('lists namespaces, including as a table', async () => {
      const list = (await sendAs('alana', '/api/v1/namespaces')).json();
      const names = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
      expect(list).toMatchObject({
        kind: 'NamespaceList',
        items: names.map((name) => ({ metadata: { name }, status: { phase: 'Active' } })),
      });
      const response = await sendAs('alana', '/api/v1/namespaces', { headers: { accept: table } });
      expect(response.json()).toMatchObject({
        ...{ kind: 'Table', apiVersion: 'meta.k8s.io/v1' },
        columnDefinitions: [{ name: 'Name', format: 'name' }, { name: 'Status' }, { name: 'Age' }],
        rows: names.map((name) => ({
          cells: [name, 'Active', expect.stringMatching(/^\d+s$/)],
          object: { kind: 'PartialObjectMetadata', metadata: { name } },
        })),
      });
    });

    test.each([
      ['GET', '/api/v1/namespaces/zz', 404, 'namespaces "zz" not found'],
      ['GET', '/api/v1/nodes/zz', 404, 'nodes "zz" not found'],
      ['GET', `${rbac}/zz`, 404, 'clusterrolebindings.rbac.authorization.k8s.io "zz" not found'],
      ['GET', '/api/v1/unknown', 404, 'the server could not find the requested resource'],
      [
        'GET',
        '/api/v1/namespaces/default/nodes',
        404,
        'the server could not find the requested resource',
      ],
      [
        'GET',
        '/apis/authentication.k8s.io/v1beta1',
        404,
        'the server could not find the requested resource',
      ],
      [
        'PUT',
        '/api/v1/nodes',
        405,
        'the server does not allow this method on the requested resource',
      ],
      [
        'GET',
        subjectReviews,
        405,
        'the server does not allow this method on the requested resource',
      ],
      ['GET', '/api/v1/nodes?fieldSelector=foo%3Dbar', 400, 'field label not supported: foo'],
    ])('responds to %s %s with %d', async (method, path, status, message) => {
      const response = await sendAs('alana', path, { method });
      expect([response.status, response.json()['message']]).toEqual([status, message]);
      expect(response.json()).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    });

    test('creates, updates and deletes role bindings', async () => {
      const binding = { ...createBinding('dana'), subjects: [{ kind: 'User', name: 'oidc:dana' }] };
      const path = `${rbac}/${binding.metadata.name}`;
      const created = await sendAs('admin', path, { method: 'PUT', json: binding });
      expect([created.status, created.json()]).toMatchObject([201, createBinding('dana')]);
      expect((await sendAs('admin', path, { method: 'PUT', json: binding })).status).toBe(200);
      const repeated = await sendAs('admin', rbac, { json: binding });
      expect([repeated.status, repeated.json()['reason']]).toEqual([409, 'AlreadyExists']);
      const other = { ...binding, roleRef: { ...binding.roleRef, name: 'view' } };
      const changed = await sendAs('admin', path, { method: 'PUT', json: other });
      expect([changed.status, changed.json()['message']]).toEqual([
        422,
        'ClusterRoleBinding.rbac.authorization.k8s.io "oidc:dana-cluster-admin" is invalid: roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"view"}: field is immutable',
      ]);
      const deleted = await sendAs('admin', path, { method: 'DELETE' });
      expect([deleted.status, deleted.json()['status']]).toEqual([200, 'Success']);
      expect((await sendAs('admin', path)).status).toBe(404);
    });

    test.each([
      [
        rbac,
        { metadata: { name: 'a' } },
        '[roleRef.kind: Unsupported value: "": supported values: "ClusterRole", roleRef.name: Required value]',
      ],
      [
        rbac,
        { ...createBinding('a'), metadata: {} },
        'metadata.name: Required value: name or generateName is required',
      ],
      [
        rbac,
        { ...createBinding('a'), subjects: [{ kind: 'ServiceAccount', name: 'a' }] },
        'subjects[0].namespace: Required value',
      ],
      [
        `${accounts}/default-x/token`,
        { spec: { expirationSeconds: 10 } },
        'spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes',
      ],
    ])('rejects invalid objects: %s %j', async (path, json, problem) => {
      await sendAs('admin', accounts, { json: { metadata: { name: 'default-x' } } });
      const response = await sendAs('admin', path, { json });
      expect(response.status).toBe(422);
      expect(response.json()['message']).toContain(`is invalid: ${problem}`);
    });

    test('rejects bodies that are not the expected object', async () => {
      const create = async (json: unknown) => {
        const response = await sendAs('admin', rbac, { json });
        return `${String(response.status)} ${String(response.json()['message'])}`;
      };
      expect(await create([])).toMatch(
        /^400 the object provided is unrecognized \(must be of type ClusterRoleBinding\): couldn't get version\/kind; json parse error: /,
      );
      expect(await create({ apiVersion: 'v1', kind: 'Pod' })).toMatch(
        /^400 Pod in version "v1" cannot be handled as a ClusterRoleBinding: /,
      );
      const headers = { 'content-type': 'text/plain' };
      expect((await sendAs('admin', rbac, { json: {}, headers })).status).toBe(415);
      const large = await sendAs('admin', rbac, { json: 'x'.repeat(3_200_000) });
      expect([large.status, large.json()['reason']]).toEqual([413, 'RequestEntityTooLarge']);
    });

    test('does not accept tokens of a service account that was deleted', async () => {
      const account = { metadata: { name: 'short-lived' } };
      const path = `${accounts}/short-lived`;
      await sendAs('admin', accounts, { json: account });
      const json = { spec: { expirationSeconds: 315_360_000 } };
      const { token } = (await sendAs('admin', `${path}/token`, { json })).json()['status'] as {
        token: string;
      };
      const readVersion = async () => (await cluster.send('/version', { bearer: token })).status;
      expect(await readVersion()).toBe(200);
      await sendAs('admin', path, { method: 'DELETE' });
      await sendAs('admin', accounts, { json: account });
      // A real server caches valid tokens for a few seconds.
      for (let attempt = 0; attempt < 50 && (await readVersion()) === 200; attempt += 1) {
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      expect(await readVersion()).toBe(401);
    });
  });

  describeKubectl('kubectl', () => {
    describe.each(kubectls.map((kubectl) => [kubectl.version, kubectl] as const))(
      '%s',
      (_version, kubectl) => {
        defineKubectlTests(kubectl, (user, ...words) =>
          runKubectl(kubectl, cluster, tokens[user], words),
        );
      },
    );
  });
});

function defineKubectlTests(
  { version }: Kubectl,
  run: (user: 'alana' | 'cody', ...words: readonly string[]) => Promise<string>,
): void {
  test('shows nodes to users with a role', async () => {
    const [header = '', ...rows] = (await run('alana', 'get', 'nodes')).trimEnd().split('\n');
    expect(header).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION$/);
    expect(rows).toHaveLength(2);
    expect(await run('cody', 'get', 'nodes')).toBe(
      'Error from server (Forbidden): nodes is forbidden: User "oidc:cody" cannot list resource "nodes" in API group "" at the cluster scope\n',
    );
  });

  test('shows namespaces', async () => {
    expect((await run('alana', 'get', 'ns')).replaceAll(/\d+m?\d*s/g, 'AGE')).toMatch(
      /^NAME +STATUS +AGE\ndefault +Active +AGE\nkube-node-lease +Active +AGE\nkube-public +Active +AGE\nkube-system +Active +AGE\n$/,
    );
    expect(await run('alana', 'get', 'ns', 'zz')).toBe(
      'Error from server (NotFound): namespaces "zz" not found\n',
    );
    expect(await run('alana', 'get', 'ns', '-o', 'name')).toContain('namespace/kube-system\n');
  });

  test('shows what users may do', async () => {
    expect(await run('alana', 'auth', 'can-i', 'get', 'pods')).toBe('yes\n');
    expect(await run('cody', 'auth', 'can-i', 'get', 'pods')).toBe('no\n');
    expect(await run('alana', 'auth', 'can-i', '*', '*')).toBe('yes\n');
    expect(await run('cody', 'auth', 'can-i', '--list')).toMatch(
      /selfsubjectaccessreviews\.authorization\.k8s\.io +\[\] +\[\] +\[create\]/,
    );
  });

  test('shows the version of the server and the addresses of the cluster', async () => {
    expect(await run('cody', 'version')).toContain('Server Version: ');
    const info = await run('alana', 'cluster-info');
    expect(info).toMatch(/Kubernetes control plane.* is running at .*https:\/\/localhost:\d+/);
    expect(await run('cody', 'cluster-info')).toContain(
      'Error from server (Forbidden): services is forbidden: User "oidc:cody" cannot list resource "services" in API group "" in the namespace "kube-system"\n',
    );
  });

  test('rejects types that the user may not read, or that do not exist', async () => {
    expect(await run('cody', 'get', 'pods')).toBe(
      'Error from server (Forbidden): pods is forbidden: User "oidc:cody" cannot list resource "pods" in API group "" in the namespace "default"\n',
    );
    expect(await run('cody', 'get', 'deploy', '-n', 'a')).toContain(
      'deployments.apps is forbidden: User "oidc:cody" cannot list resource "deployments" in API group "apps" in the namespace "a"\n',
    );
    expect(await run('alana', 'get', 'unknown')).toBe(
      'error: the server doesn\'t have a resource type "unknown"\n',
    );
  });

  test('create of role bindings and service accounts', async () => {
    const words = ['create', 'clusterrolebinding', 'ops', '--clusterrole=cluster-admin'];
    expect(
      await run('alana', ...words, '--user=oidc:dana', '--serviceaccount=default:builder'),
    ).toBe('clusterrolebinding.rbac.authorization.k8s.io/ops created\n');
    expect(await run('alana', 'get', 'clusterrolebinding', 'ops', '-o', 'wide')).toMatch(
      /ClusterRole\/cluster-admin +\S+ +oidc:dana +default\/builder\n$/,
    );
    expect(await run('alana', 'auth', 'can-i', 'get', 'pods', '--as=oidc:dana')).toBe('yes\n');
    expect(await run('alana', 'delete', 'clusterrolebinding', 'ops')).toContain('"ops" deleted');
    expect(await run('alana', 'create', 'sa', 'builder')).toBe('serviceaccount/builder created\n');
    expect(await run('alana', 'delete', 'sa', 'builder')).toContain('"builder" deleted');
  });

  if (version !== '1.20') {
    test('shows the user and the groups', async () => {
      expect(await run('cody', 'auth', 'whoami')).toMatch(
        /^ATTRIBUTE +VALUE\nUsername +oidc:cody\nGroups +\[system:authenticated\]\n/,
      );
    });
  }
}

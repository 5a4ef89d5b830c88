import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { RawResponse } from '../support/servers/raw-request.js';
import {
  clusterServers,
  describeKubectl,
  kubectls,
  runKubectl,
  type ClusterServer,
  type Kubectl,
} from './kubernetes-servers.js';

const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const roleBindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings';
const allRoleBindings = '/apis/rbac.authorization.k8s.io/v1/rolebindings';
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

/** Gives a user the role `cluster-admin` in the namespace `default`. */
const createRoleBinding = (name: string, user: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name, namespace: 'default' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
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
    const readAs = async (path: string, headers: Record<string, string>) =>
      (await sendAs('admin', path, { headers })).status;
    /** Retries until a new binding applies, because this takes a moment on a real server. */
    const waitForAccess = async (path: string, headers: Record<string, string>) => {
      let status = await readAs(path, headers);
      for (let attempt = 0; status === 403 && attempt < 50; attempt += 1) {
        await sleep(100);
        status = await readAs(path, headers);
      }
      return status;
    };

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
        allRoleBindings,
        'rolebindings.rbac.authorization.k8s.io is forbidden: User "oidc:cody" cannot list resource "rolebindings" in API group "rbac.authorization.k8s.io" at the cluster scope',
      ],
      ['/unknown', 'forbidden: User "oidc:cody" cannot get path "/unknown"'],
    ])('forbids %s without a role', async (path, message) => {
      const response = await sendAs('cody', path);
      expect([response.status, response.json()['message']]).toEqual([403, message]);
    });

    test('reviews access', async () => {
      const spec = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } };
      const isAllowed = async (user: 'alana' | 'cody') =>
        (await sendAs(user, accessReviews, { json: { spec } })).json();
      expect(await isAllowed('alana')).toMatchObject({ spec, status: { allowed: true } });
      expect(await isAllowed('cody')).toMatchObject({ spec, status: { allowed: false } });
    });

    test('grants permissions to groups', async () => {
      const metadata = { name: 'with-group' };
      const subject = { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'operators' };
      const binding = { ...createBinding('x'), metadata, subjects: [subject] };
      await sendAs('admin', rbac, { json: binding });
      const group = { 'impersonate-user': 'zed', 'impersonate-group': 'operators' };
      expect(await waitForAccess('/api/v1/nodes', group)).toBe(200);
      expect(await readAs('/api/v1/nodes', { 'impersonate-user': 'zed' })).toBe(403);
    });

    test('grants permissions in one namespace', async () => {
      const binding = createRoleBinding('in-default', 'yan');
      expect((await sendAs('admin', roleBindings, { json: binding })).status).toBe(201);
      const user = { 'impersonate-user': 'yan' };
      expect(await waitForAccess(roleBindings, user)).toBe(200);
      for (const path of [roleBindings.replace('default', 'kube-public'), allRoleBindings, rbac]) {
        expect([path, await readAs(path, user)]).toEqual([path, 403]);
      }
      const isAllowed = async (namespace?: string) => {
        const spec = { resourceAttributes: { verb: 'get', resource: 'pods', namespace } };
        const request = { json: { spec }, headers: user };
        return (await sendAs('admin', accessReviews, request)).json()['status'];
      };
      expect(await isAllowed('default')).toMatchObject({ allowed: true });
      expect(await isAllowed()).toMatchObject({ allowed: false });
      await sendAs('admin', `${roleBindings}/in-default`, { method: 'DELETE' });
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
    ])('responds to %s %s with %d', async (method, path, status, message) => {
      const response = await sendAs('alana', path, { method });
      expect([response.status, response.json()['message']]).toEqual([status, message]);
      expect(response.json()).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    });

    test('creates, replaces, lists and deletes cluster role bindings', async () => {
      const binding = createBinding('dana');
      const path = `${rbac}/${binding.metadata.name}`;
      const created = await sendAs('admin', path, { method: 'PUT', json: binding });
      expect([created.status, created.json()]).toMatchObject([201, binding]);
      expect((await sendAs('admin', path, { method: 'PUT', json: binding })).status).toBe(200);
      const list = (await sendAs('admin', rbac)).json()['items'];
      expect(list).toContainEqual(expect.objectContaining({ subjects: binding.subjects }));
      const repeated = await sendAs('admin', rbac, { json: binding });
      expect([repeated.status, repeated.json()['reason']]).toEqual([409, 'AlreadyExists']);
      const deleted = await sendAs('admin', path, { method: 'DELETE' });
      expect([deleted.status, deleted.json()['status']]).toEqual([200, 'Success']);
      expect((await sendAs('admin', path)).status).toBe(404);
    });

    test('creates, replaces, lists and deletes role bindings', async () => {
      const list = async (path: string) => (await sendAs('alana', `${path}?limit=500`)).json();
      const kind = { kind: 'RoleBindingList', apiVersion: 'rbac.authorization.k8s.io/v1' };
      expect(await list(roleBindings)).toMatchObject({ ...kind, items: [] });
      const binding = createRoleBinding('dana-edits', 'oidc:dana');
      const path = `${roleBindings}/dana-edits`;
      const created = await sendAs('admin', roleBindings, { json: binding });
      expect([created.status, created.json()]).toMatchObject([201, binding]);
      const repeated = await sendAs('admin', roleBindings, { json: binding });
      expect([repeated.status, repeated.json()['reason']]).toEqual([409, 'AlreadyExists']);
      const subjects = [{ ...binding.subjects[0], kind: 'Group', name: 'oidc:editors' }];
      const changed = { ...binding, subjects };
      expect((await sendAs('admin', path, { method: 'PUT', json: changed })).status).toBe(200);
      expect((await sendAs('alana', path)).json()).toMatchObject(changed);
      // Items of a list have no kind.
      const { metadata, roleRef } = binding;
      const items = [{ metadata, roleRef, subjects }];
      expect(await list(roleBindings)).toMatchObject({ ...kind, items });
      expect((await list(allRoleBindings))['items']).toContainEqual(
        expect.objectContaining({ subjects }),
      );
      const elsewhere = roleBindings.replace('default', 'kube-node-lease');
      expect(await list(elsewhere)).toMatchObject({ ...kind, items: [] });
      expect((await sendAs('alana', `${elsewhere}/dana-edits`)).status).toBe(404);
      const deleted = await sendAs('admin', path, { method: 'DELETE' });
      expect([deleted.status, deleted.json()['status']]).toEqual([200, 'Success']);
      expect((await sendAs('admin', path)).json()['message']).toBe(
        'rolebindings.rbac.authorization.k8s.io "dana-edits" not found',
      );
    });

    test('creates role bindings only in a namespace', async () => {
      const json = createRoleBinding('nowhere', 'oidc:dana');
      expect((await sendAs('admin', allRoleBindings, { json })).status).toBe(405);
    });

    test.each([
      [422, { ...createBinding('a'), metadata: {} }],
      [422, { metadata: { name: 'a' } }],
      [400, []],
    ])('responds with %d to an invalid role binding: %j', async (status, json) => {
      const response = await sendAs('admin', rbac, { json });
      expect(response.status).toBe(status);
      expect(response.json()).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    });

    test('creates service accounts and their tokens', async () => {
      await sendAs('admin', accounts, { json: { metadata: { name: 'robot' } } });
      const json = { spec: { expirationSeconds: 315_360_000 } };
      const response = await sendAs('admin', `${accounts}/robot/token`, { json });
      expect([response.status, response.json()['kind']]).toEqual([201, 'TokenRequest']);
      const { token } = response.json()['status'] as { token: string };
      expect(decodeJwt(token)).toMatchObject({ sub: 'system:serviceaccount:default:robot' });
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

  test('shows the version of the server', async () => {
    expect(await run('cody', 'version')).toContain('Server Version: ');
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

  test('creates and deletes cluster role bindings', async () => {
    const words = ['create', 'clusterrolebinding', 'ops', '--clusterrole=cluster-admin'];
    expect(
      await run('alana', ...words, '--user=oidc:dana', '--serviceaccount=default:builder'),
    ).toBe('clusterrolebinding.rbac.authorization.k8s.io/ops created\n');
    expect(await run('alana', 'get', 'clusterrolebinding', 'ops', '-o', 'wide')).toMatch(
      /ClusterRole\/cluster-admin +\S+ +oidc:dana +default\/builder\n$/,
    );
    expect(await run('alana', 'auth', 'can-i', 'get', 'pods', '--as=oidc:dana')).toBe('yes\n');
    expect(await run('alana', 'delete', 'clusterrolebinding', 'ops')).toContain('"ops" deleted');
  });

  test('creates, shows and deletes role bindings of a namespace', async () => {
    const words = ['create', 'rolebinding', 'edit', '--clusterrole=edit', '-n', 'kube-public'];
    expect(await run('alana', ...words, '--user=oidc:dana', '--group=oidc:editors')).toBe(
      'rolebinding.rbac.authorization.k8s.io/edit created\n',
    );
    const shown = await run('alana', 'get', 'rolebindings', '-A', '-o', 'wide');
    expect(shown).toMatch(/^NAMESPACE +NAME +ROLE +AGE +USERS +GROUPS +SERVICEACCOUNTS *\n/);
    expect(shown).toMatch(
      /^kube-public +edit +ClusterRole\/edit +\S+ +oidc:dana +oidc:editors *$/m,
    );
    expect(await run('alana', 'delete', 'rolebinding', 'edit', '-n', 'kube-public')).toContain(
      '"edit" deleted',
    );
  });

  if (version !== '1.20') {
    test('shows the user and the groups', async () => {
      expect(await run('cody', 'auth', 'whoami')).toMatch(
        /^ATTRIBUTE +VALUE\nUsername +oidc:cody\nGroups +\[system:authenticated\]\n/,
      );
    });
  }
}

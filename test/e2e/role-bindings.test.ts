import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { toResponse } from '../support/fakes/fake-send.js';
import { createUser, type TestUser } from '../support/program/cli.js';
import { createTestServices } from '../support/program/test-services.js';
import { rawRequest } from '../support/servers/raw-request.js';
import { startTestSandbox, type TestSandbox } from '../support/servers/sandbox.js';

const rbac = '/apis/rbac.authorization.k8s.io/v1';

let sandbox: TestSandbox;
const cody = createUser();

beforeAll(async () => {
  sandbox = await startTestSandbox({ provisionSeconds: 0 });
  await sandbox.login(cody, 'cody');
  const env = { PKS_USER_PASSWORD: 'cody-password' };
  const { code } = await cody.tpks(['get-credentials', 'dev-1'], { env });
  expect(code).toBe(0);
  await createBinding('clusterrolebindings', 'viewers', 'view', ['Group oidc:cn=dev', 'User zed']);
  await createBinding('namespaces/default/rolebindings', 'editors', 'edit', ['User oidc:erin']);
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.clearRequests());

/** Creates a role binding in dev-1. */
async function createBinding(
  path: string,
  name: string,
  role: string,
  subjects: readonly string[],
): Promise<void> {
  const config = parse(readFileSync(join(dirname(cody.home), '.kube', 'config'), 'utf8')) as {
    readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  };
  const { server, 'certificate-authority-data': ca = '' } = config.clusters[0].cluster;
  const plugin = await cody.tpks(['kube-credential', '--context', 'cody@localhost']);
  const { status } = JSON.parse(plugin.stdout) as { readonly status: { readonly token: string } };
  const apiGroup = 'rbac.authorization.k8s.io';
  const response = await rawRequest({
    url: `${server}${rbac}/${path}`,
    ca: Buffer.from(ca, 'base64').toString(),
    bearer: status.token,
    json: {
      metadata: { name },
      roleRef: { apiGroup, kind: 'ClusterRole', name: role },
      subjects: subjects.map((subject) => {
        const [kind, subjectName] = subject.split(' ');
        return { apiGroup, kind, name: subjectName };
      }),
    },
  });
  expect(response.status).toBe(201);
}

async function readBindings(user: TestUser) {
  const services = await createTestServices(user);
  return services.roleBindings(await services.context());
}

describe('the role bindings of the clusters', () => {
  const noRights =
    'cody is not allowed to list clusterrolebindings and rolebindings in the cluster';
  const unread = { userBindings: [], groupBindings: [] };

  test('are read with one request for the clusters and three for each cluster', async () => {
    const inDev1 = { cluster: 'dev-1', namespace: null };
    expect(await readBindings(cody)).toEqual([
      {
        name: 'dev-1',
        userBindings: [
          {
            ...inDev1,
            user: 'cody',
            name: 'oidc:cody-cluster-admin',
            role: 'ClusterRole cluster-admin',
            hasOtherSubjects: false,
          },
          {
            ...inDev1,
            user: 'erin',
            namespace: 'default',
            name: 'editors',
            role: 'ClusterRole edit',
            hasOtherSubjects: false,
          },
        ],
        groupBindings: [{ ...inDev1, group: 'cn=dev', name: 'viewers', role: 'ClusterRole view' }],
      },
      { name: 'dev-2', problem: noRights, ...unread },
      { name: 'dev-3', problem: noRights, ...unread },
    ]);
    expect(sandbox.requests().toSorted()).toEqual([
      'api GET /v1/clusters',
      'api GET /v1/clusters/dev-1/binds/cody',
      'api GET /v1/clusters/dev-2/binds/cody',
      'api GET /v1/clusters/dev-3/binds/cody',
    ]);
    expect(sandbox.clusterRequests().toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => `kubernetes GET ${rbac}/clusterrolebindings`),
      `kubernetes GET ${rbac}/rolebindings`,
    ]);
  });

  test('have short time limits, so that one cluster does not delay the others', async () => {
    const limits: (readonly [path: string, seconds: number | undefined])[] = [];
    const oidc = { name: 'oidc', config: {} };
    const bind = {
      clusters: [{ cluster: { server: 'https://dev-1.example.com:8443' } }],
      users: [{ name: 'cody', user: { 'auth-provider': oidc } }],
    };
    const services = await createTestServices(cody, {}, async ({ url, timeoutSeconds }) => {
      const { pathname } = new URL(url);
      limits.push([pathname, timeoutSeconds]);
      if (pathname === '/v1/clusters') return toResponse({ body: [{ name: 'dev-1' }] });
      return toResponse({ body: pathname.startsWith('/v1/') ? bind : { items: [] } });
    });
    expect(await services.roleBindings(await services.context())).toEqual([
      { name: 'dev-1', ...unread },
    ]);
    expect(limits).toEqual([
      ['/v1/clusters', 300],
      ['/v1/clusters/dev-1/binds/cody', 30],
      [`${rbac}/clusterrolebindings`, 10],
      [`${rbac}/rolebindings`, 10],
    ]);
  });
});

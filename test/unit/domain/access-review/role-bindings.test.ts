import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import type { Bind } from '../../../../src/api/pks/binds.js';
import type { Cluster } from '../../../../src/api/pks/clusters.js';
import { TpksError, type ErrorKind } from '../../../../src/base/errors.js';
import {
  readRoleBindings,
  type RoleBindingsDeps,
} from '../../../../src/domain/access-review/role-bindings.js';
import type { Context } from '../../../../src/domain/contexts/context.js';
import type { HttpRequest, Trust } from '../../../../src/platform/http/send.js';
import { toResponse, type FakeResponse } from '../../../support/fakes/fake-send.js';
import {
  aClientContext,
  aCluster,
  aUserContext,
} from '../../../support/fixtures/contexts-and-clusters.js';
import { aBind, aTokenBind, fakeSessions, idToken, storedSession } from '../kube/access-sample.js';

const api = 'https://api.example.com:9021';
const cody = aUserContext({ name: 'work', api, uaa: storedSession.uaa, identity: 'cody' });
const workSession = { ...storedSession, name: 'work' };

function binding(name: string, subjects: readonly string[] | undefined, namespace?: string) {
  return {
    metadata: { name, namespace, uid: 'not used' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: subjects?.map((subject) => {
      const [kind, ...rest] = subject.split(' ');
      return { kind, name: rest.join(' ') };
    }),
  };
}

function list(items: readonly object[], next?: string): FakeResponse {
  return { body: { kind: 'List', metadata: { continue: next }, items } };
}

interface Setup {
  readonly context?: Context;
  readonly clusters?: readonly Cluster[];
  readonly sessions?: ReturnType<typeof fakeSessions>['sessions'];
  readonly find?: (cluster: string, user: string) => Promise<Bind>;
  readonly respond?: (request: HttpRequest) => FakeResponse;
}

/** Reads the role bindings, and records the requests to each cluster. */
async function read({
  context = cody,
  clusters = [aCluster({ name: 'dev-1' })],
  sessions = fakeSessions([workSession]).sessions,
  find = async (cluster) => aBind({ cluster }),
  respond = () => list([]),
}: Setup = {}) {
  const binds: string[] = [];
  const requests: string[] = [];
  const targets: Trust[] = [];
  const tokens: string[] = [];
  const deps: RoleBindingsDeps = {
    clusters: { list: async () => [...clusters] },
    binds: {
      find: async (cluster, user) => {
        binds.push(`${cluster} ${user}`);
        return find(cluster, user);
      },
    },
    sessions,
    connect: (target, { auth, explain }) => {
      targets.push(target);
      tokens.push(auth.reveal());
      return withStatusErrors(async (request) => {
        requests.push(`${request.method} ${request.url}`);
        const response = respond(request);
        if (response.error !== undefined) throw response.error;
        return toResponse(response);
      }, explain);
    },
  };
  const found = await readRoleBindings(context, deps);
  return { found, problem: found[0]?.problem, binds, requests, targets, tokens };
}

const failure = (kind: ErrorKind, message: string, status?: number) =>
  new TpksError(kind, message, { hint: 'not shown', status });

describe('readRoleBindings', () => {
  test('finds the bindings of users and groups of the UAA, without the prefix', async () => {
    const { found } = await read({
      respond: ({ url }) =>
        url.includes('/clusterrolebindings')
          ? list([
              binding('admins', ['User oidc:cody', 'Group oidc:cn=ops,dc=example', 'User admin']),
              binding('system:basic-user', ['Group system:authenticated']),
              binding('unused', undefined),
            ])
          : list([binding('editors', ['ServiceAccount ci', 'User oidc:oidc:odd'], 'shop')]),
    });
    const admins = { cluster: 'dev-1', namespace: null, name: 'admins', role: 'ClusterRole edit' };
    expect(found).toEqual([
      {
        name: 'dev-1',
        userBindings: [
          { user: 'cody', ...admins, hasOtherSubjects: true },
          {
            ...{ user: 'oidc:odd', ...admins, namespace: 'shop', name: 'editors' },
            hasOtherSubjects: true,
          },
        ],
        groupBindings: [{ group: 'cn=ops,dc=example', ...admins }],
      },
    ]);
  });

  test('sends only the ID token of the session, to the server that the PKS API names', async () => {
    const { targets, tokens, requests, binds } = await read({
      find: async () => aBind({ server: 'https://10.0.0.1:8443/' }),
    });
    expect(binds).toEqual(['dev-1 cody']);
    expect(targets).toEqual([{ caCert: 'CA', skipTlsVerification: false }]);
    expect(tokens).toEqual([idToken()]);
    const rbac = 'https://10.0.0.1:8443/apis/rbac.authorization.k8s.io/v1';
    expect(requests).toEqual([
      `GET ${rbac}/clusterrolebindings?limit=500`,
      `GET ${rbac}/rolebindings?limit=500`,
    ]);
  });

  test('verifies the certificate even if the context does not verify that of the PKS API', async () => {
    const { targets } = await read({
      context: { ...cody, skipTlsVerification: true },
      find: async () => aBind({ certificateAuthorityData: undefined }),
    });
    expect(targets).toEqual([{ caCert: undefined, skipTlsVerification: false }]);
  });

  test('reads all pages', async () => {
    const pages: Readonly<Record<string, FakeResponse>> = {
      '?limit=500': list([binding('one', ['User oidc:cody'])], 'a+b'),
      '?limit=500&continue=a%2Bb': list([binding('two', ['User oidc:cody'])], ''),
    };
    const { found } = await read({
      respond: ({ url }) =>
        url.includes('/rolebindings') ? pages[new URL(url).search]! : list([]),
    });
    expect(found[0]?.userBindings.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  test('reads the other clusters if one cannot be read', async () => {
    const { found } = await read({
      clusters: ['dev-1', 'dev-2', 'dev-3'].map((name) => aCluster({ name })),
      respond: ({ url }) =>
        url.startsWith('https://dev-2.')
          ? { error: failure('unavailable', 'Unable to send a request to dev-2') }
          : list([binding('admins', ['User oidc:cody'])]),
    });
    expect(
      found.map(({ name, problem, userBindings }) => [name, problem, userBindings.length]),
    ).toEqual([
      ['dev-1', undefined, 2],
      ['dev-2', 'Unable to send a request to dev-2', 0],
      ['dev-3', undefined, 2],
    ]);
  });

  test.each([
    ['CREATE', 'in progress', 'The cluster is still being created'],
    ['CREATE', 'queued', 'The cluster is still being created'],
    ['CREATE', 'failed', 'Creating the cluster failed'],
    ['DELETE', 'in progress', 'The cluster is being deleted'],
  ])('sends no request for a cluster in the state %s %s', async (action, state, problem) => {
    const cluster = aCluster({ name: 'dev-1', last_action: action, last_action_state: state });
    const result = await read({ clusters: [cluster] });
    expect(result).toMatchObject({ problem, binds: [], requests: [] });
  });

  test.each([
    ['UPDATE', 'in progress'],
    ['DELETE', 'failed'],
  ])('reads a cluster in the state %s %s', async (action, state) => {
    const cluster = aCluster({ name: 'dev-1', last_action: action, last_action_state: state });
    const { problem, requests } = await read({ clusters: [cluster] });
    expect(problem).toBeUndefined();
    expect(requests).toHaveLength(2);
  });

  test.each<[string, Bind, string]>([
    [
      'that does not use OpenID Connect',
      aTokenBind(),
      'The cluster does not use OpenID Connect, so it has no role bindings for UAA users',
    ],
    [
      'that uses another issuer',
      aBind({ login: { kind: 'oidc', issuer: 'https://login.example.net' } }),
      'The cluster accepts only tokens from https://login.example.net, not from the UAA',
    ],
  ])('does not connect to a cluster %s', async (_, bind, problem) => {
    const result = await read({ find: async () => bind });
    expect(result).toMatchObject({ problem, requests: [], tokens: [] });
  });

  const noCredentials = 'The PKS API returned no cluster credentials for cody';
  test.each<[string, TpksError, string]>([
    ['of another owner', failure('forbidden', 'You do not have enough privileges'), noCredentials],
    ['that was deleted', failure('notFound', 'Cluster dev-1 not found'), noCredentials],
    [
      'whose broker fails',
      failure('unavailable', 'Create Binding: eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln'),
      'Create Binding: •••',
    ],
  ])('reports the PKS API failure for a cluster %s', async (_, error, problem) => {
    expect(await read({ find: () => Promise.reject(error) })).toMatchObject({ problem });
  });

  test.each<[string, FakeResponse, string]>([
    ['a token that it rejects', { status: 401 }, 'The cluster rejected the ID token of cody'],
    [
      'missing rights',
      { status: 403, body: { kind: 'Status', message: 'is forbidden: User "oidc:cody" cannot' } },
      'cody is not allowed to list clusterrolebindings and rolebindings in the cluster',
    ],
    [
      'an untrusted certificate',
      { error: failure('untrusted', 'The certificate of dev-1 is self-signed') },
      'The certificate of dev-1 is self-signed',
    ],
    ['a server error', { status: 503, body: { message: 'etcd is down' } }, 'etcd is down'],
    [
      'a redirect to another host',
      { status: 302, headers: { location: 'https://evil.example.com/' } },
      'dev-1.example.com:8443 redirected the request to https://evil.example.com/ (HTTP 302), which is another host; tpks did not follow it',
    ],
  ])('names the reason for %s', async (_, response, problem) => {
    expect(await read({ respond: () => response })).toMatchObject({ problem });
  });
});

describe('the Kubernetes session', () => {
  const clusters = [aCluster({ name: 'dev-1' }), aCluster({ name: 'dev-2' })];

  /** Reads two clusters, and expects the same problem for both and no requests. */
  async function readWithoutSession(setup: Setup) {
    const { found, binds, requests } = await read({ clusters, ...setup });
    expect([...binds, ...requests]).toEqual([]);
    expect(found.map(({ name }) => name)).toEqual(['dev-1', 'dev-2']);
    expect(found[1]?.problem).toBe(found[0]?.problem);
    return found[0]?.problem;
  }

  test('is required', async () => {
    const { sessions } = fakeSessions();
    expect(await readWithoutSession({ sessions })).toBe(
      'No Kubernetes session found for cody; to fix it: tpks get-credentials CLUSTER --context work',
    );
    expect(await readWithoutSession({ sessions, context: { ...cody, store: 'none' } })).toBe(
      'No Kubernetes session found for cody; to fix it: tpks get-credentials CLUSTER',
    );
  });

  test('must not have ended', async () => {
    const { sessions } = fakeSessions([workSession], 'ended');
    expect(await readWithoutSession({ sessions })).toContain('The session has ended');
  });

  test.each([
    ['another user', { identity: 'naomi' }],
    ['another installation', { api: 'https://other.example.com:9021' }],
    ['another UAA', { uaa: 'https://other.example.com:8443' }],
  ])('of %s is not used', async (_, changes) => {
    const { sessions } = fakeSessions([{ ...workSession, ...changes }]);
    expect(await readWithoutSession({ sessions })).toContain('No Kubernetes session');
  });

  test.each(['client_credentials', 'jwt_bearer'] as const)(
    'does not exist for the grant %s',
    async (grant) => {
      const context =
        grant === 'jwt_bearer' ? { ...cody, grant } : aClientContext({ api, identity: 'cody' });
      expect(await readWithoutSession({ context })).toBe(
        'The UAA issues tokens for clusters only to users, and cody is a client or a CI job; to fix it: log in as a user: tpks login -a api.example.com -u USER',
      );
    },
  );
});

import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import { createBinds } from '../../../../src/api/pks/binds.js';
import { explainPksFailure } from '../../../../src/api/pks/pks-api.js';
import { fakeSend, type FakeResponse } from '../../../support/fakes/fake-send.js';

const api = 'https://api.example.com:9021';

/** The kubeconfig of a cluster, with the value of its user entry. */
function kubeconfig(user: object, name = 'cody') {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'dev-1',
    contexts: [{ name: 'dev-1', context: { cluster: 'dev-1', user: name } }],
    clusters: [
      {
        name: 'dev-1',
        cluster: {
          'certificate-authority-data': 'Q0E=',
          server: 'https://dev-1.example.com:8443',
        },
      },
    ],
    users: [{ name, user }],
  };
}

const caKey = 'certificate-authority-data';

/** The kubeconfig of a cluster, with other members in its cluster entry. */
function withCluster(changes: object) {
  const { clusters, ...rest } = kubeconfig(oidcUser);
  return {
    ...rest,
    clusters: clusters.map(({ cluster }) => ({ cluster: { ...cluster, ...changes } })),
  };
}

const issuer = 'https://api.example.com:8443/oauth/token';
const oidcUser = { 'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': issuer } } };

function createTestBinds(...responses: FakeResponse[]) {
  const { send, requests } = fakeSend(...responses);
  const notes: string[] = [];
  const pauses: number[] = [];
  const binds = createBinds(withStatusErrors(send, explainPksFailure('tpks login')), api, {
    clock: { sleep: async (milliseconds) => void pauses.push(milliseconds) },
    note: (text) => notes.push(text),
  });
  return { binds, requests, notes, pauses };
}

/** A failure of the broker, as the API reports it. */
function brokerFailure(description: string): FakeResponse {
  const text = `Status: 500; ErrorMessage: <nil>; Description: ${description}; ResponseError: <nil>`;
  return { status: 500, body: { body: text } };
}

const busy = brokerFailure(
  'od-broker is processing a request for the same instance... please try again later',
);

describe('createBinds', () => {
  test('sends a POST request without a body to bind the user', async () => {
    const { binds, requests } = createTestBinds({ status: 201, body: kubeconfig(oidcUser) });
    expect(await binds.create('dev 1')).toEqual({
      cluster: 'dev 1',
      server: 'https://dev-1.example.com:8443',
      certificateAuthorityData: 'Q0E=',
      userName: 'cody',
      login: { kind: 'oidc', issuer },
    });
    expect(requests).toMatchObject([
      {
        method: 'POST',
        url: `${api}/v1/clusters/dev%201/binds`,
        headers: { 'content-type': 'application/json' },
      },
    ]);
    expect(requests[0]).not.toHaveProperty('body');
  });

  test('suppresses the role binding for the kubeconfig of a user', async () => {
    const { binds, requests } = createTestBinds({ body: kubeconfig(oidcUser) });
    await binds.find('dev-1', 'na/omi');
    expect(requests).toMatchObject([
      {
        method: 'GET',
        url: `${api}/v1/clusters/dev-1/binds/na%2Fomi?suppressClusterRoleBinding=true`,
      },
    ]);
  });

  test('recognizes a cluster without OpenID Connect by the token', async () => {
    const name = '8be333bf-50af-43b0-a344-b28c2cdaf63a';
    const { binds } = createTestBinds({ body: kubeconfig({ token: 'service-token' }, name) });
    const { userName, login } = await binds.create('dev-1');
    expect(userName).toBe(name);
    expect(login.kind === 'token' && login.token.reveal()).toBe('service-token');
  });

  test.each([
    ['has no user', { ...kubeconfig(oidcUser), users: [] }, /users/],
    ['has a user without credentials', kubeconfig({}), /neither token nor auth-provider/],
    [
      'has a server without TLS',
      { ...kubeconfig(oidcUser), clusters: [{ name: 'x', cluster: { server: 'http://x:1' } }] },
      /https/,
    ],
    ['has a local file as the server', withCluster({ server: 'file:///etc/passwd' }), /https/],
    ['has a password in the server', withCluster({ server: 'https://a:b@x.test' }), /not a URL/],
    ['has a line break in the server', withCluster({ server: 'https://x.test\n/' }), /not a URL/],
    // kubectl could not load any entry of the file.
    ['has a CA that is not base64', withCluster({ [caKey]: '<html>' }), /not base64/],
    ['has a CA with missing padding', withCluster({ [caKey]: 'Q0E' }), /not base64/],
    ['has a number as the CA', withCluster({ [caKey]: 7 }), /certificate-authority-data/],
    ['has a token with a line break', kubeconfig({ token: 'a\nb' }), /the token/],
    ['has an object as the token', kubeconfig({ token: { a: 'b' } }), /token/],
    ['has a user without a name', kubeconfig(oidcUser, ''), /name of the user/],
    ['has escape sequences in the name', kubeconfig(oidcUser, '\u001b[2Jx'), /name of the user/],
    ['has a number as the name', { ...kubeconfig(oidcUser), users: [{ name: 7 }] }, /name/],
    ['has a list of clusters with null', { ...kubeconfig(oidcUser), clusters: [null] }, /clusters/],
    ['is a list', [], /a list/],
  ])('rejects a response that %s', async (_name, body, message) => {
    const { binds } = createTestBinds({ body });
    await expect(binds.create('dev-1')).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(message),
    });
  });

  test('sends the request again while the broker is busy', async () => {
    const { binds, requests, notes, pauses } = createTestBinds(busy, busy, {
      body: kubeconfig(oidcUser),
    });
    expect(await binds.create('dev-1')).toMatchObject({ userName: 'cody' });
    expect(requests).toHaveLength(3);
    expect(pauses).toEqual([10_000, 10_000]);
    expect(notes).toEqual([
      'The broker is processing another request for cluster dev-1. Trying again in 10 s (1 of 3) ...',
      'The broker is processing another request for cluster dev-1. Trying again in 10 s (2 of 3) ...',
    ]);
  });

  test('gives up if the broker is still busy after three more requests', async () => {
    const { binds, requests } = createTestBinds(busy);
    await expect(binds.create('dev-1')).rejects.toMatchObject({
      kind: 'unavailable',
      hint: expect.stringContaining('tpks wait dev-1'),
    });
    expect(requests).toHaveLength(4);
  });

  test.each([
    [
      'the broker cannot reach the cluster',
      brokerFailure(
        'Create Binding: Put https://172.16.0.2:8443/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/x: dial tcp 172.16.0.2:8443: connect: connection refused',
      ),
      'unavailable',
      /cannot reach the Kubernetes API of dev-1.*tpks cluster dev-1/,
    ],
    [
      'a load balancer rejects the response',
      { status: 502, body: '<html>' },
      'unavailable',
      /load balancer.*response headers/,
    ],
    [
      'the user does not own the cluster',
      { status: 403, body: '' },
      'forbidden',
      /only the owner.*tpks get-kubeconfig dev-1 -a api\.example\.com/,
    ],
    ['the cluster does not exist', { status: 404, body: {} }, 'notFound', /tpks clusters/],
    ['the token is rejected', { status: 401, body: {} }, 'unauthenticated', /tpks login/],
  ])('explains the error if %s', async (_name, response, kind, hint) => {
    const { binds, requests } = createTestBinds(response);
    await expect(binds.create('dev-1')).rejects.toMatchObject({
      kind,
      hint: expect.stringMatching(hint),
    });
    expect(requests).toHaveLength(1);
  });
});

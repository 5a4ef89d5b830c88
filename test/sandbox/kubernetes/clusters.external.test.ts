import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  connectExternalKubernetes,
  type KubernetesEndpoint,
} from '../../../src/sandbox/kubernetes/clusters.js';
import { listen } from '../../../src/sandbox/listen.js';
import { json } from '../../../src/sandbox/router.js';
import { ensureCertificates } from '../../../src/sandbox/tls.js';
import { startFakeKubernetes, type FakeKubernetes } from '../fake-kubernetes.js';
import { addCleanup, temporaryFolder } from '../running-sandbox.js';

let kubernetes: FakeKubernetes;
beforeEach(async () => {
  kubernetes = await startFakeKubernetes();
});

describe('an external Kubernetes API', () => {
  const connect = (change: Partial<KubernetesEndpoint> = {}) =>
    connectExternalKubernetes({ ...kubernetes, ...change });

  test('is used for all clusters, even if it does not run yet', async () => {
    const { getEndpoint } = await connect({ server: `${kubernetes.server}/` });
    expect(await getEndpoint({} as Parameters<typeof getEndpoint>[0])).toMatchObject({
      server: kubernetes.server,
    });
    await connect({ server: 'http://localhost:1' });
  });

  test.each<
    [string, () => Partial<KubernetesEndpoint> | Promise<Partial<KubernetesEndpoint>>, RegExp]
  >([
    [
      'the CA is wrong',
      async () => {
        const certificate = await ensureCertificates(temporaryFolder());
        const { ca } = await ensureCertificates(temporaryFolder());
        const createService = () => ({ handle: async () => json(200, {}) });
        const server = await listen({ port: 0, now: Date.now, certificate, createService });
        addCleanup(server.close);
        return { server: server.origin, ca };
      },
      /^Cannot connect to the Kubernetes API https:.*certificate.*; check --kubernetes-ca$/,
    ],
    [
      'the hostname does not exist',
      () => ({ server: 'https://kubernetes.invalid:6443' }),
      /^Cannot connect to the Kubernetes API https:.*ENOTFOUND/,
    ],
    [
      'it rejects the token',
      () => ({ adminToken: 'expired' }),
      /^The Kubernetes API http:.* rejected the token in --kubernetes-token-file$/,
    ],
    [
      'the token belongs to a user who is not an administrator',
      () => {
        kubernetes.override = json(201, { status: { allowed: false } });
        return {};
      },
      /^The token in --kubernetes-token-file does not belong to an administrator of http:/,
    ],
    [
      'the server is not a Kubernetes API',
      () => {
        kubernetes.override = json(404, {});
        return {};
      },
      /^http:.* is not a Kubernetes API: it responded with status 404$/,
    ],
  ])('is rejected if %s', async (_description, describeServer, message) => {
    await expect(connect(await describeServer())).rejects.toThrow(message);
  });
});

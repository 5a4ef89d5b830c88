import { isObject } from './body.js';
import { createHttpClient, type HttpResponse } from './http-client.js';
import type { KubernetesClusters, KubernetesEndpoint } from './kubernetes/clusters.js';

/**
 * Uses an external API server for all clusters.
 *
 * @throws {Error} if the API server rejects the token, or cannot be connected to although it runs.
 */
export async function connectExternalKubernetes(
  endpoint: KubernetesEndpoint,
): Promise<KubernetesClusters> {
  const shared = { ...endpoint, server: endpoint.server.replace(/\/+$/, '') };
  await checkAdministrator(shared);
  return { getEndpoint: () => Promise.resolve(shared) };
}

/**
 * Checks that the token belongs to an administrator, so that errors are reported when the sandbox starts.
 * An API server that is not running yet is accepted, because it may need the UAA of the sandbox.
 */
async function checkAdministrator(endpoint: KubernetesEndpoint): Promise<void> {
  const { server } = endpoint;
  const { status = 503, body = '' } = (await requestAccessReview(endpoint)) ?? {};
  // A load balancer may run before the API server does.
  if (status >= 500) return;
  if (status === 401) {
    throw new Error(`--kubernetes ${server} rejected the token of --kubernetes-token-file`);
  }
  if (![201, 403].includes(status)) {
    throw new Error(`--kubernetes ${server} is not a Kubernetes API: HTTP ${String(status)}`);
  }
  if (!/"allowed": *true/.test(body)) {
    throw new Error(
      `The token of --kubernetes-token-file does not belong to an administrator of ${server}`,
    );
  }
}

/**
 * Checks with the API server whether the token permits all actions.
 * @returns undefined if the connection is refused.
 */
async function requestAccessReview({
  server,
  ca,
  adminToken,
}: KubernetesEndpoint): Promise<HttpResponse | undefined> {
  const http = createHttpClient(server, ca);
  const spec = { resourceAttributes: { verb: '*', group: '*', resource: '*' } };
  try {
    return await http.send({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ spec }),
    });
  } catch (error) {
    const { code, message } = isObject(error) ? error : {};
    if (code === 'ECONNREFUSED') return undefined;
    const advice = /CERT|SIGNATURE|SSL/.test(String(code)) ? '; check --kubernetes-ca' : '';
    throw new Error(`Cannot connect to --kubernetes ${server}: ${String(message)}${advice}`, {
      cause: error,
    });
  } finally {
    await http.close();
  }
}

import { hasCode } from '../files.js';
import { createHttpClient, describeError, type HttpClient } from '../http-client.js';
import { isObject, parseJson, type JsonObject } from '../json.js';
import type { KubernetesEndpoint } from './clusters.js';
import { deriveUuid } from './objects.js';

/** Gives PKS users access to clusters, with the token of a cluster administrator. */
export interface ClusterAccess {
  /**
   * Makes a user of the UAA an administrator of the cluster. Does nothing if the user is one already.
   * @throws {Error} if the cluster cannot be reached or rejects the request, with the real broker's text.
   */
  readonly bindUser: (endpoint: KubernetesEndpoint, userName: string) => Promise<void>;
  /**
   * Creates a service account for a user of a cluster without OIDC, or finds the existing one.
   * @param options.isAdmin - whether the account becomes an administrator of the cluster.
   * @returns the name of the account, which is a UUID, and a token.
   * @throws {Error} as in `bindUser`.
   */
  readonly createServiceAccount: (
    endpoint: KubernetesEndpoint,
    userName: string,
    options: { readonly isAdmin: boolean },
  ) => Promise<{ readonly name: string; readonly token: string }>;
  readonly close: () => Promise<void>;
}

const rbacGroup = 'rbac.authorization.k8s.io';
const bindingsPath = `/apis/${rbacGroup}/v1/clusterrolebindings`;
const accountsPath = '/api/v1/namespaces/default/serviceaccounts';

/** Ten years. Tokens of real clusters without OIDC do not expire. */
const tokenSeconds = 10 * 365 * 86_400;

/** @see docs/contributing/servers/kubernetes.md#role-bindings */
export function createClusterAccess(): ClusterAccess {
  const clients = new Map<string, HttpClient>();

  function getClient({ server, ca }: KubernetesEndpoint): HttpClient {
    const key = `${server}\n${ca}`;
    const client = clients.get(key) ?? createHttpClient(server, ca);
    clients.set(key, client);
    return client;
  }

  async function send(
    endpoint: KubernetesEndpoint,
    method: 'POST' | 'PUT',
    path: string,
    content: JsonObject,
  ): Promise<unknown> {
    // The broker is written in Go, which capitalizes the method in errors.
    const verb = method === 'PUT' ? 'Put' : 'Post';
    const action = `${verb} ${endpoint.server}${decodeURIComponent(path)}`;
    const headers = {
      authorization: `Bearer ${endpoint.adminToken}`,
      accept: 'application/json',
      'content-type': 'application/json',
    };
    const { status, body } = await getClient(endpoint)
      .send({ method, path, headers, body: JSON.stringify(content) })
      .catch((error: unknown) => {
        throw new Error(`${action}: ${describeConnectionError(error, endpoint)}`, { cause: error });
      });
    const value = parseJson(body);
    // 409: the object exists, or a concurrent request has created it.
    if (status < 300 || status === 409) return value;
    const message = isObject(value) ? value['message'] : undefined;
    throw new Error(typeof message === 'string' ? message : `${action}: HTTP ${String(status)}`);
  }

  /** Creates a role binding or replaces the one with this name, in one request. */
  const bind = async (
    endpoint: KubernetesEndpoint,
    name: string,
    subject: JsonObject,
  ): Promise<void> => {
    await send(endpoint, 'PUT', `${bindingsPath}/${encodeURIComponent(name)}`, {
      apiVersion: `${rbacGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name, labels: { generated: 'true' } },
      roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [subject],
    });
  };

  return {
    bindUser: async (endpoint, userName) => {
      const name = `oidc:${userName}`;
      await bind(endpoint, formatOidcBindingName(userName), {
        apiGroup: rbacGroup,
        kind: 'User',
        name,
      });
    },
    createServiceAccount: async (endpoint, userName, { isAdmin }) => {
      // The name is also the name of the kubeconfig's user entry, so it must differ between clusters.
      const name = deriveUuid(`${endpoint.server} ${userName}`);
      const account = { name, namespace: 'default' };
      await send(endpoint, 'POST', accountsPath, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { ...account, labels: { generated: 'true' } },
      });
      if (isAdmin) {
        const subject = { kind: 'ServiceAccount', ...account };
        await bind(endpoint, `pks:${userName}-cluster-admin`, subject);
      }
      const tokenPath = `${accountsPath}/${name}/token`;
      const request = {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: tokenSeconds },
      };
      const response = await send(endpoint, 'POST', tokenPath, request);
      const status = isObject(response) ? response['status'] : undefined;
      const token = isObject(status) ? status['token'] : undefined;
      if (typeof token !== 'string') throw new Error('the response has no token');
      return { name, token };
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

export function formatOidcBindingName(userName: string): string {
  return `oidc:${userName}-cluster-admin`;
}

export function formatBindingUrl(server: string, bindingName: string): string {
  return `${server}${bindingsPath}/${bindingName}`;
}

/** Uses the error text of Go, because the real broker is written in Go. */
function describeConnectionError(error: unknown, { server }: KubernetesEndpoint): string {
  if (hasCode(error, 'ECONNREFUSED')) return formatRefusedConnection(new URL(server).host);
  return describeError(error);
}

/** @param address - host and port. */
export function formatRefusedConnection(address: string): string {
  return `dial tcp ${address}: connect: connection refused`;
}

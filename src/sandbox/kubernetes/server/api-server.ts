import type { Cluster } from '../../broker/cluster.js';
import type { HttpClient } from '../../http-client.js';
import { text, toErrorResponse, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { withCommit, type Storage } from '../../storage/storage.js';
import { applyImpersonation, createAuthentication } from './authentication.js';
import { clusterRoleBindingKind, createClusterRoleBindings } from './cluster-role-bindings.js';
import { describeVersion, discover } from './discovery.js';
import type { Identity } from './identity.js';
import { createNamespaces } from './namespaces.js';
import { createNodes } from './nodes.js';
import { createObjectStore, formatTimestamp } from './objects.js';
import { createOidcAuthenticator } from './oidc.js';
import { createAuthorization } from './rbac.js';
import { parseRequestInfo, type ResourceRequest } from './request-info.js';
import { resourceTypes, type ResourceType } from './resource-types.js';
import { createResourceHandler, type Resource, type ResourceHandler } from './resource.js';
import { createReviews } from './reviews.js';
import { createServiceAccountTokens } from './service-account-tokens.js';
import { createServiceAccounts, serviceAccountKind } from './service-accounts.js';
import {
  badRequestError,
  forbiddenPathError,
  forbiddenResourceError,
  methodNotAllowedError,
  respond,
  unknownPathError,
} from './status.js';
import { nameColumn } from './table.js';

export interface ApiServerOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Stores the key for service accounts, and all objects that clients create. */
  readonly storage: Storage;
  /** Creation time of the namespaces and nodes, in epoch milliseconds. */
  readonly createdAt: number;
  /** Bearer token of an administrator. */
  readonly adminToken: string;
  /** The UAA whose tokens are accepted; undefined for a cluster without OIDC. */
  readonly uaa: HttpClient | undefined;
  /** Returns the current state of the cluster. @throws {ErrorResponse} if it was deleted. */
  readonly readCluster: () => Cluster;
  /** Returns the version of Kubernetes of the cluster, e.g. `1.16.7`. */
  readonly readVersion: (cluster: Cluster) => string;
}

const healthPaths = ['/healthz', '/livez', '/readyz'];

/**
 * Creates the Kubernetes API of a cluster. It authenticates and authorizes requests like a real API
 * server with the flags of a PKS cluster, but serves only what is needed to try credentials:
 * discovery, reviews, and a few resources. All other requests that the user may send are rejected
 * with 404 or 405.
 *
 * @see real-kubernetes; https://kubernetes.io/docs/reference/using-api/
 */
export function createApiServer(
  options: ApiServerOptions,
): (request: SandboxRequest) => Promise<SandboxResponse> {
  const { now, storage, createdAt, adminToken, uaa, readCluster, readVersion } = options;
  const store = createObjectStore(storage);
  const tokens = createServiceAccountTokens({
    ...{ storage, now, hasOidc: uaa !== undefined },
    findAccount: (namespace, name) => store.find(serviceAccountKind, namespace, name),
  });
  const authenticate = createAuthentication(adminToken, [
    ...(uaa ? [createOidcAuthenticator(uaa, now)] : []),
    tokens.authenticate,
  ]);
  const authorization = createAuthorization(() => store.list(clusterRoleBindingKind));
  const reviews = createReviews(authorization, now);
  const creationTimestamp = formatTimestamp(createdAt);
  const handlers = createHandlers(
    [
      createNamespaces(creationTimestamp),
      createNodes(readCluster, readVersion, creationTimestamp),
      createServiceAccounts(store, tokens, now),
      services,
      createClusterRoleBindings(store),
    ],
    (resource, type) => createResourceHandler(resource, type, store, now),
  );

  async function handleResource(
    info: ResourceRequest,
    request: SandboxRequest,
    identity: Identity,
  ): Promise<SandboxResponse> {
    const type = resourceTypes.find(
      ({ group, version, name }) =>
        group === info.group && version === info.version && name === info.resource,
    );
    if (!type) throw unknownPathError();
    const review = reviews.get(type.name);
    if (review) {
      if (info.verb !== 'create' || info.name !== '') throw methodNotAllowedError();
      return review(identity, request);
    }
    const handle = handlers.get(type);
    if (!handle) throw unknownPathError();
    return handle(info, request);
  }

  function handlePath(path: string, request: SandboxRequest, cluster: Cluster): SandboxResponse {
    const response = healthPaths.includes(path)
      ? text(200, 'ok')
      : path === '/version'
        ? respond(200, describeVersion(readVersion(cluster)))
        : discover(path, request.headers['accept'] ?? '');
    if (!response) throw unknownPathError();
    if (request.method !== 'GET') throw methodNotAllowedError();
    return response;
  }

  async function handle(request: SandboxRequest): Promise<SandboxResponse> {
    const cluster = readCluster();
    const user = await authenticate(request.headers['authorization']);
    const identity = applyImpersonation(user, request, authorization);
    const info = parseRequestInfo(request);
    if (!info) throw badRequestError('the path is not correctly encoded');
    if (!authorization.authorize(identity, info).isAllowed) {
      throw info.isResource
        ? forbiddenResourceError(identity.username, info)
        : forbiddenPathError(identity.username, info.verb, info.path);
    }
    return info.isResource
      ? handleResource(info, request, identity)
      : handlePath(info.path.replace(/(?<=.)\/$/, ''), request, cluster);
  }

  return withCommit(storage, async (request) => handle(request).catch(toErrorResponse));
}

/** `kubectl cluster-info` lists the services in `kube-system`. The sandbox has no services. */
const services: Resource = { group: '', name: 'services', columns: [nameColumn], list: () => [] };

function createHandlers(
  resources: readonly Resource[],
  create: (resource: Resource, type: ResourceType) => ResourceHandler,
): ReadonlyMap<ResourceType, ResourceHandler> {
  return new Map(
    resources.flatMap((resource) =>
      resourceTypes
        .filter(({ group, name }) => group === resource.group && name === resource.name)
        .map((type) => [type, create(resource, type)] as const),
    ),
  );
}

import { isObject, parseJson, type JsonObject } from '../json.js';
import { json, toErrorResponse, type SandboxRequest, type SandboxResponse } from '../router.js';
import {
  createAuthentication,
  type Identity,
  type ServiceAccountTokens,
  type TokenAuthenticator,
} from './authentication.js';
import {
  accessReviewSchema,
  applyImpersonation,
  createAuthorization,
  forbiddenError,
  readAction,
  createReviewStatus,
  reviewTypes,
  type ResourceAction,
} from './authorization.js';
import { discover, formatApiVersion, resourceTypes, type ResourceType } from './discovery.js';
import {
  createNamespaces,
  createNodes,
  createStoredObject,
  createTable,
  formatTimestamp,
  storedObjectSchema,
  type ClusterState,
  type KubernetesObject,
  type StoredObject,
} from './objects.js';
import { decodeProtobuf, type MessageSchema } from './protobuf.js';
import {
  alreadyExistsError,
  badRequestError,
  methodNotAllowedError,
  objectNotFoundError,
  unknownPathError,
} from './status.js';

/** The objects of a cluster that clients have created. */
interface ObjectStore {
  readonly read: () => readonly StoredObject[];
  readonly write: (objects: readonly StoredObject[]) => void;
}

interface ApiServerOptions {
  /** Returns epoch milliseconds. */
  readonly now: () => number;
  /** Creation time of the namespaces and nodes, in epoch milliseconds. */
  readonly createdAt: number;
  readonly store: ObjectStore;
  /** Bearer token of an administrator. */
  readonly adminToken: string;
  /** Authenticates users with the tokens of the UAA or of service accounts. */
  readonly authenticate: TokenAuthenticator;
  readonly tokens: ServiceAccountTokens;
  /** Returns the current state of the cluster. @throws {ErrorResponse} if it was deleted. */
  readonly readCluster: () => ClusterState;
}

const defaultTokenSeconds = 3600;

/**
 * Creates the Kubernetes API of a cluster. It authenticates users like a real API server with the
 * flags of a PKS cluster, but serves only what is needed to test credentials: the version, discovery,
 * reviews, nodes, namespaces, role bindings and service accounts. Lists of other types are empty.
 * @see docs/contributing/servers/kubernetes.md#api-server; https://kubernetes.io/docs/reference/using-api/
 */
export function createApiServer(
  options: ApiServerOptions,
): (request: SandboxRequest) => Promise<SandboxResponse> {
  const { now, createdAt, store, adminToken, tokens, readCluster } = options;
  const authenticate = createAuthentication(adminToken, options.authenticate);
  const authorization = createAuthorization(() =>
    store.read().filter((object) => object.kind !== 'ServiceAccount'),
  );

  /** @param namespace - empty for the objects of all namespaces. */
  function listObjects(kind: string, namespace: string): readonly KubernetesObject[] {
    const creationTimestamp = formatTimestamp(createdAt);
    if (kind === 'Namespace') return createNamespaces(creationTimestamp);
    if (kind === 'Node') return createNodes(readCluster(), creationTimestamp);
    return findStored(kind, namespace);
  }

  const findStored = (kind: string, namespace: string): readonly StoredObject[] =>
    store
      .read()
      .filter((object) => object.kind === kind)
      .filter(({ metadata }) => namespace === '' || metadata.namespace === namespace);

  function handleRead(
    { kind }: ResourceType,
    { verb, group, resource, namespace, name }: ResourceAction,
    { headers, query }: SandboxRequest,
  ): SandboxResponse {
    const isList = verb === 'list';
    const objects = listObjects(kind, namespace)
      .filter(({ metadata }) => isList || metadata.name === name)
      .toSorted((a, b) => (createSortKey(a) < createSortKey(b) ? -1 : 1));
    if (!isList && objects.length === 0) throw objectNotFoundError(group, resource, name);
    if (acceptsTable(headers['accept'])) {
      const includesObjects = query.get('includeObject') === 'Object';
      return json(200, createTable(kind, objects, includesObjects, now()));
    }
    if (!isList) return json(200, objects[0]);
    const apiVersion = formatApiVersion(group);
    return json(200, { kind: `${kind}List`, apiVersion, metadata: {}, items: objects });
  }

  /** Only bindings and service accounts can be changed. */
  function handleChange(
    { kind, isNamespaced }: ResourceType,
    { verb, group, resource, namespace, name }: ResourceAction,
    request: SandboxRequest,
  ): SandboxResponse {
    if (kind !== 'ClusterRoleBinding' && kind !== 'RoleBinding' && kind !== 'ServiceAccount') {
      throw methodNotAllowedError();
    }
    if (isNamespaced && namespace === '') throw methodNotAllowedError();
    const find = (wanted: string): StoredObject | undefined =>
      findStored(kind, namespace).find(({ metadata }) => metadata.name === wanted);
    const readOthers = (object: StoredObject | undefined): readonly StoredObject[] =>
      store.read().filter((other) => other !== object);

    if (verb === 'delete' && name !== '') {
      const storedObject = find(name);
      if (!storedObject) throw objectNotFoundError(group, resource, name);
      store.write(readOthers(storedObject));
      return json(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
    }
    if (verb !== 'create' && verb !== 'update') throw methodNotAllowedError();
    const content = readBody(request, storedObjectSchema);
    const object = createStoredObject(kind, content, namespace, now());
    const { name: newName } = object.metadata;
    if (verb === 'update' && newName !== name) {
      throw badRequestError('the name in the body differs from the name in the path');
    }
    const replacedObject = find(newName);
    if (replacedObject && verb === 'create') throw alreadyExistsError(group, resource, newName);
    store.write([...readOthers(replacedObject), object]);
    return json(replacedObject ? 200 : 201, object);
  }

  function handleReview(
    { name, kind, group }: ResourceType,
    request: SandboxRequest,
    identity: Identity,
  ): SandboxResponse {
    // The status of other reviews does not depend on the content.
    const content = readBody(request, name === reviewTypes.access ? accessReviewSchema : {});
    const status = createReviewStatus(name, content, identity, authorization);
    const metadata = { creationTimestamp: formatTimestamp(now()) };
    const { spec = {} } = content;
    return json(201, { kind, apiVersion: formatApiVersion(group), metadata, spec, status });
  }

  async function createToken(
    { namespace, name }: ResourceAction,
    request: SandboxRequest,
  ): Promise<SandboxResponse> {
    const { spec } = readBody(request, {});
    const requestedSeconds = isObject(spec) ? spec['expirationSeconds'] : undefined;
    const isValid =
      typeof requestedSeconds === 'number' && requestedSeconds > 0 && requestedSeconds < 2 ** 32;
    const seconds = isValid ? requestedSeconds : defaultTokenSeconds;
    return json(201, {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace },
      status: {
        token: await tokens.issue(namespace, name, seconds),
        expirationTimestamp: formatTimestamp(now() + seconds * 1000),
      },
    });
  }

  async function handleResource(
    action: ResourceAction,
    request: SandboxRequest,
    identity: Identity,
  ): Promise<SandboxResponse> {
    const { verb, group, resource, subresource } = action;
    const type = resourceTypes.find((known) => known.group === group && known.name === resource);
    if (!type) throw unknownPathError();
    if (resource === 'serviceaccounts' && subresource === 'token' && verb === 'create') {
      return createToken(action, request);
    }
    if (subresource !== '') throw unknownPathError();
    // Otherwise, the request would be handled as a normal list or change.
    if (request.query.has('watch') || request.query.has('dryRun')) throw methodNotAllowedError();
    if (resource.startsWith('selfsubject')) {
      if (verb !== 'create') throw methodNotAllowedError();
      return handleReview(type, request, identity);
    }
    if (verb === 'list' || verb === 'get') return handleRead(type, action, request);
    return handleChange(type, action, request);
  }

  async function handle(request: SandboxRequest): Promise<SandboxResponse> {
    const cluster = readCluster();
    const user = await authenticate(request.headers['authorization']);
    const identity = applyImpersonation(user, request, authorization);
    const action = readAction(request);
    if (!authorization.isAllowed(identity, action)) {
      throw forbiddenError(identity.username, action);
    }
    if (!('path' in action)) return handleResource(action, request, identity);
    const content = discover(action.path, cluster.version);
    if (!content) throw unknownPathError();
    return json(200, content);
  }

  return (request) => handle(request).catch(toErrorResponse);
}

const createSortKey = ({ metadata }: KubernetesObject): string =>
  `${'namespace' in metadata ? metadata.namespace : ''}/${metadata.name}`;

/** Whether the client prefers a table, as `kubectl get` does. */
function acceptsTable(accept = ''): boolean {
  return accept.replaceAll(' ', '').startsWith('application/json;as=Table;');
}

/** @throws {ErrorResponse} 400 if the body is not an object in JSON or protobuf. */
function readBody(request: SandboxRequest, schema: MessageSchema): JsonObject {
  if (!request.headers['content-type']?.includes('protobuf')) {
    const value = parseJson(request.body);
    if (!isObject(value)) throw badRequestError('the body is not a JSON object');
    return value;
  }
  try {
    return decodeProtobuf(request.bytes ?? Buffer.alloc(0), schema);
  } catch (error) {
    throw badRequestError(`the body is not a protobuf object: ${String(error)}`);
  }
}

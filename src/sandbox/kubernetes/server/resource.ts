import type { JsonObject } from '../../body.js';
import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { negotiateRepresentation } from './media-types.js';
import { createList, type KubernetesObject, type ObjectStore } from './objects.js';
import type { ResourceRequest } from './request-info.js';
import { createResourceChanger } from './resource-changes.js';
import { formatApiVersion, type ResourceType } from './resource-types.js';
import type { MessageSchema } from './protobuf.js';
import { createSelector } from './selectors.js';
import { methodNotAllowedError, objectNotFoundError, respond, unknownPathError } from './status.js';
import { createTable, type Column } from './table.js';

/** A resource that the sandbox serves. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  /** Plural name, e.g. `nodes`. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** Returns all objects, sorted by namespace and name. */
  readonly list: () => readonly KubernetesObject[];
  /** If absent, the objects cannot be changed. */
  readonly changes?: ResourceChanges;
  /** Handles the `create` requests for subresources, by their names, e.g. `token`. */
  readonly subresources?: ReadonlyMap<string, SubresourceHandler>;
}

/** @param object - the object that the subresource belongs to. */
export type SubresourceHandler = (
  object: KubernetesObject,
  request: SandboxRequest,
) => Promise<SandboxResponse>;

/** Properties of a resource whose objects can be changed. */
export interface ResourceChanges {
  /** Whether an update of an object that does not exist creates it. */
  readonly canCreateOnUpdate: boolean;
  /** The members other than `metadata` of objects in the protobuf format. */
  readonly protobuf: MessageSchema;
  /** Whether the response to a deletion contains the deleted object instead of a `Status`. */
  readonly returnsDeleted: boolean;
  /** Returns why a name is invalid; undefined if it is valid. */
  readonly describeNameProblem: (name: string) => string | undefined;
  /**
   * Validates the object in a request.
   *
   * @param name - name of the object, for errors.
   * @param stored - the object that is updated; undefined if it is created.
   * @returns its members other than `kind`, `apiVersion` and `metadata`.
   * @throws {ErrorResponse} 422 if it is invalid.
   */
  readonly readContent: (
    content: JsonObject,
    name: string,
    stored: KubernetesObject | undefined,
  ) => JsonObject;
}

/** Handles the requests for one resource, which the user may send. */
export type ResourceHandler = (
  info: ResourceRequest,
  request: SandboxRequest,
) => Promise<SandboxResponse>;

/**
 * @param type - the type of the objects.
 * @param now - epoch milliseconds.
 */
export function createResourceHandler(
  resource: Resource,
  type: ResourceType,
  store: ObjectStore,
  now: () => number,
): ResourceHandler {
  const { group, name: plural, columns } = resource;
  const { kind, isNamespaced } = type;
  const change = resource.changes && createResourceChanger(resource.changes, type, store, now);

  /** Creates the response to a read request. */
  function present(
    request: SandboxRequest,
    objects: readonly KubernetesObject[],
    resourceVersion: string,
    createPlain: () => JsonObject,
  ): SandboxResponse {
    const form = negotiateRepresentation(request.headers['accept'] ?? '', true);
    if (!form.isTable) return respond(200, createPlain());
    const includeObject = request.query.get('includeObject');
    const input = { columns, objects, resourceVersion, includeObject, now: now() };
    return respond(200, createTable({ ...input, version: form.version }));
  }

  function list(info: ResourceRequest, request: SandboxRequest): SandboxResponse {
    const isSelected = createSelector(request.query);
    const objects = resource
      .list()
      .filter((object) => isInNamespace(object, info.namespace) && isSelected(object));
    const version = store.version();
    return present(request, objects, version, () =>
      createList(kind, formatApiVersion(type), version, objects),
    );
  }

  const isInNamespace = ({ metadata }: KubernetesObject, namespace: string): boolean =>
    !isNamespaced || namespace === '' || metadata.namespace === namespace;

  function find({ namespace, name }: ResourceRequest): KubernetesObject {
    const object = resource
      .list()
      .find((candidate) => candidate.metadata.name === name && isInNamespace(candidate, namespace));
    if (!object) throw objectNotFoundError({ group, resource: plural, name });
    return object;
  }

  return async (info, request) => {
    checkScope(info, type);
    if (request.method === 'HEAD') throw methodNotAllowedError();
    if (info.subresource !== '') {
      const handle = resource.subresources?.get(info.subresource);
      if (!handle) throw unknownPathError();
      if (info.verb !== 'create') throw methodNotAllowedError();
      return handle(find(info), request);
    }
    if (info.verb === 'list') return list(info, request);
    if (info.verb === 'get') {
      const object = find(info);
      return present(request, [object], object.metadata.resourceVersion, () => ({ ...object }));
    }
    if (!change) throw methodNotAllowedError();
    return change(info, request);
  };
}

/** Rejects paths that do not exist, e.g. `/api/v1/namespaces/default/nodes`. */
function checkScope({ namespace, name, resource }: ResourceRequest, type: ResourceType): void {
  const isMissingNamespace = type.isNamespaced && namespace === '' && name !== '';
  const hasNamespace = namespace !== '' && resource !== 'namespaces';
  if (isMissingNamespace || (!type.isNamespaced && hasNamespace)) throw unknownPathError();
}

import { randomBytes } from 'node:crypto';
import { isObject } from '../../body.js';
import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { namespaceNames } from './namespaces.js';
import { createMetadata, type KubernetesObject, type ObjectStore } from './objects.js';
import type { MessageSchema } from './protobuf.js';
import { readObject } from './request-body.js';
import type { ResourceRequest } from './request-info.js';
import type { ResourceChanges } from './resource.js';
import { formatApiVersion, type ResourceType } from './resource-types.js';
import {
  alreadyExistsError,
  badRequestError,
  deletedResponse,
  invalidObjectError,
  methodNotAllowedError,
  objectNotFoundError,
  respond,
  type StatusCause,
} from './status.js';

/** @see https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/generated.proto */
const metadataProtobuf: MessageSchema = {
  1: ['name', 'text'],
  2: ['generateName', 'text'],
  3: ['namespace', 'text'],
  11: ['labels', 'map'],
  12: ['annotations', 'map'],
};

/**
 * Returns a function that creates, updates and deletes the objects of one type. With the query
 * parameter `dryRun`, it only checks the request.
 *
 * @param now - epoch milliseconds.
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/
 */
export function createResourceChanger(
  changes: ResourceChanges,
  type: ResourceType,
  store: ObjectStore,
  now: () => number,
): (info: ResourceRequest, request: SandboxRequest) => SandboxResponse {
  const { kind, group } = type;
  const apiVersion = formatApiVersion(type);
  const refer = (name: string) => ({ group, resource: type.name, name });
  const isDryRun = ({ query }: SandboxRequest): boolean => query.has('dryRun');

  function save(object: KubernetesObject, request: SandboxRequest): KubernetesObject {
    return isDryRun(request) ? object : store.put(object);
  }

  function readRequest({ namespace }: ResourceRequest, request: SandboxRequest) {
    const protobuf: MessageSchema = { ...changes.protobuf, 1: ['metadata', metadataProtobuf] };
    const { metadata, ...content } = readObject(request, { kind, apiVersion, protobuf });
    const properties = readMetadata(metadata);
    if (type.isNamespaced && ![undefined, namespace].includes(properties.namespace)) {
      throw badRequestError(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    return { properties, content };
  }

  /** Returns the members of the metadata that the client determines. */
  function describeObject(
    namespace: string,
    { name = '', labels, annotations }: ReturnType<typeof readMetadata>,
  ) {
    return {
      name,
      ...(type.isNamespaced && { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    };
  }

  function create(info: ResourceRequest, request: SandboxRequest): SandboxResponse {
    if (type.isNamespaced && !namespaceNames.includes(info.namespace)) {
      throw objectNotFoundError({ group: '', resource: 'namespaces', name: info.namespace });
    }
    const { properties, content } = readRequest(info, request);
    const { name, generateName } = properties;
    const newName = name ?? (generateName === undefined ? '' : completeName(generateName));
    const cause = findNameProblem(newName, changes);
    if (cause) throw invalidObjectError({ group, kind, name: newName }, [cause]);
    const members = changes.readContent(content, newName, undefined);
    if (store.find(kind, info.namespace, newName)) throw alreadyExistsError(refer(newName));
    const description = describeObject(info.namespace, { ...properties, name: newName });
    const metadata = createMetadata(description, now());
    return respond(201, save({ kind, apiVersion, metadata, ...members }, request));
  }

  function update(info: ResourceRequest, request: SandboxRequest): SandboxResponse {
    const { namespace, name } = info;
    const stored = store.find(kind, namespace, name);
    if (!stored && !changes.canCreateOnUpdate) throw objectNotFoundError(refer(name));
    const { properties, content } = readRequest(info, request);
    const { name: newName = '' } = properties;
    if (newName !== name) {
      throw badRequestError(
        `the name of the object (${newName}) does not match the name on the URL (${name})`,
      );
    }
    if (!stored) return create(info, request);
    const members = changes.readContent(content, name, stored);
    const { uid, resourceVersion, creationTimestamp } = stored.metadata;
    const metadata = {
      ...describeObject(namespace, properties),
      ...{ uid, resourceVersion, creationTimestamp },
    };
    return respond(200, save({ kind, apiVersion, metadata, ...members }, request));
  }

  function remove({ namespace, name }: ResourceRequest, request: SandboxRequest): SandboxResponse {
    const stored = store.find(kind, namespace, name);
    if (!stored) throw objectNotFoundError(refer(name));
    if (!isDryRun(request)) store.delete(stored);
    return changes.returnsDeleted
      ? respond(200, stored)
      : deletedResponse(refer(name), stored.metadata.uid);
  }

  return (info, request) => {
    const isForObject = info.name !== '';
    if (type.isNamespaced && info.namespace === '') throw methodNotAllowedError();
    if (info.verb === 'create' && !isForObject) return create(info, request);
    if (info.verb === 'update' && isForObject) return update(info, request);
    if (info.verb === 'delete') return remove(info, request);
    throw methodNotAllowedError();
  };
}

/** Reads the members of the metadata that a client can set. Others are ignored. */
function readMetadata(metadata: unknown) {
  const { name, namespace, generateName, labels, annotations } = isObject(metadata) ? metadata : {};
  return {
    name: readText(name),
    namespace: readText(namespace),
    generateName: readText(generateName),
    labels: readTexts(labels),
    annotations: readTexts(annotations),
  };
}

/** @returns undefined if the value is empty or not a text. */
function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @returns undefined if the value contains no strings. */
function readTexts(value: unknown): Readonly<Record<string, string>> | undefined {
  const texts = Object.entries(isObject(value) ? value : {}).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text] as const] : [],
  );
  return texts.length > 0 ? Object.fromEntries(texts) : undefined;
}

function completeName(prefix: string): string {
  return `${prefix}${randomBytes(4).toString('hex').slice(0, 5)}`;
}

function findNameProblem(
  name: string,
  { describeNameProblem }: ResourceChanges,
): StatusCause | undefined {
  const field = 'metadata.name';
  if (name === '') {
    const message = 'Required value: name or generateName is required';
    return { reason: 'FieldValueRequired', message, field };
  }
  const problem = describeNameProblem(name);
  if (problem === undefined) return undefined;
  const message = `Invalid value: ${JSON.stringify(name)}: ${problem}`;
  return { reason: 'FieldValueInvalid', message, field };
}

import { ErrorResponse, json, type SandboxResponse } from '../../router.js';
import type { ResourceRequest } from './request-info.js';

/** The members of `details` of a `Status` object. */
interface StatusDetails {
  readonly name?: string | undefined;
  readonly group?: string | undefined;
  readonly kind?: string | undefined;
  readonly uid?: string | undefined;
  readonly causes?: readonly StatusCause[] | undefined;
}

/** A field of an object that was rejected. */
export interface StatusCause {
  readonly reason: 'FieldValueInvalid' | 'FieldValueNotSupported' | 'FieldValueRequired';
  readonly message: string;
  readonly field: string;
}

/** Identifies a type of objects or one object in messages, e.g. `nodes "vm-0"`. */
export interface ObjectReference {
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
}

/** Creates a response with a Kubernetes object. */
export function respond(status: number, value: unknown, type?: string): SandboxResponse {
  return json(status, value, {
    'content-type': type ?? 'application/json',
    'cache-control': 'no-cache, private',
  });
}

/**
 * Creates an error whose response is a `Status` object, as all errors of a Kubernetes API are.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/definitions/status-v1-meta/
 */
function statusError(
  code: number,
  reason: string,
  message: string,
  details?: StatusDetails,
): ErrorResponse {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message };
  return new ErrorResponse(respond(code, { ...status, reason, details, code }), message);
}

/** The credentials of the request are invalid. */
export const unauthorizedError = (): ErrorResponse =>
  statusError(401, 'Unauthorized', 'Unauthorized');

/** The user may not access this path, which does not belong to a resource. */
export function forbiddenPathError(username: string, verb: string, path: string): ErrorResponse {
  const message = `forbidden: User ${quote(username)} cannot ${verb} path ${quote(path)}`;
  return statusError(403, 'Forbidden', message, {});
}

/** The user may not access this resource. */
export function forbiddenResourceError(username: string, request: ResourceRequest): ErrorResponse {
  const { group, resource, subresource, name, namespace, verb } = request;
  const target = subresource === '' ? resource : `${resource}/${subresource}`;
  const place = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`;
  const message =
    `${formatReference({ group, resource, name })} is forbidden: User ${quote(username)} ` +
    `cannot ${verb} resource ${quote(target)} in API group ${quote(group)} ${place}`;
  return statusError(403, 'Forbidden', message, toDetails({ group, resource, name }));
}

/** Creates the error for an unknown path, or for a resource that the sandbox does not have. */
export const unknownPathError = (): ErrorResponse =>
  statusError(404, 'NotFound', 'the server could not find the requested resource', {});

export const methodNotAllowedError = (): ErrorResponse =>
  statusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );

export function objectNotFoundError(reference: ObjectReference): ErrorResponse {
  const message = `${formatReference(reference)} not found`;
  return statusError(404, 'NotFound', message, toDetails(reference));
}

export function alreadyExistsError(reference: ObjectReference): ErrorResponse {
  const message = `${formatReference(reference)} already exists`;
  return statusError(409, 'AlreadyExists', message, toDetails(reference));
}

export const badRequestError = (message: string): ErrorResponse =>
  statusError(400, 'BadRequest', message);

export function notAcceptableError(acceptedTypes: string): ErrorResponse {
  const message = `only the following media types are accepted: ${acceptedTypes}`;
  return statusError(406, 'NotAcceptable', message);
}

export function unsupportedTypeError(acceptedTypes: string): ErrorResponse {
  const message = `the body of the request was in an unknown format - accepted media types include: ${acceptedTypes}`;
  return statusError(415, 'UnsupportedMediaType', message);
}

/** The cluster behind this server has been deleted. */
export const clusterGoneError = (): ErrorResponse =>
  statusError(503, 'ServiceUnavailable', 'the cluster was deleted');

/**
 * Rejects an object with invalid fields.
 *
 * @param object - its group, its kind, such as `ClusterRoleBinding`, and its name.
 */
export function invalidObjectError(
  { group, kind, name }: { readonly group: string; readonly kind: string; readonly name: string },
  causes: readonly StatusCause[],
): ErrorResponse {
  const problems = causes.map(({ field, message }) => `${field}: ${message}`);
  const summary = problems.length === 1 ? problems.join() : `[${problems.join(', ')}]`;
  const qualifiedKind = group === '' ? kind : `${kind}.${group}`;
  return statusError(422, 'Invalid', `${qualifiedKind} ${quote(name)} is invalid: ${summary}`, {
    name: name || undefined,
    group: group || undefined,
    kind: kind || undefined,
    causes,
  });
}

/** Creates the response to the deletion of an object without finalizers. */
export function deletedResponse(reference: ObjectReference, uid: string): SandboxResponse {
  const details = { ...toDetails(reference), uid };
  return respond(200, {
    ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' },
    details,
  });
}

/** Quotes a string of printable characters like Go's `%q`. */
function quote(value: string): string {
  return JSON.stringify(value);
}

function formatReference({ group, resource, name = '' }: ObjectReference): string {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  return name === '' ? qualified : `${qualified} ${quote(name)}`;
}

function toDetails({ group, resource, name = '' }: ObjectReference): StatusDetails {
  return { name: name || undefined, group: group || undefined, kind: resource };
}

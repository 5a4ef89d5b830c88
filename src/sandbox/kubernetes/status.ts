import { ErrorResponse, json } from '../router.js';

/**
 * Creates an error with a `Status` object as the response, like all errors of a Kubernetes API.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/definitions/status-v1-meta/
 */
export function statusError(code: number, reason: string, message: string): ErrorResponse {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' };
  return new ErrorResponse(json(code, { ...status, message, reason, code }), message);
}

export const unauthorizedError = (): ErrorResponse =>
  statusError(401, 'Unauthorized', 'Unauthorized');

/** The path is unknown, or the sandbox does not have this type of objects. */
export const unknownPathError = (): ErrorResponse =>
  statusError(404, 'NotFound', 'the server could not find the requested resource');

export const methodNotAllowedError = (): ErrorResponse =>
  statusError(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
  );

export const objectNotFoundError = (group: string, resource: string, name: string): ErrorResponse =>
  statusError(404, 'NotFound', `${formatReference(group, resource, name)} not found`);

export const alreadyExistsError = (group: string, resource: string, name: string): ErrorResponse =>
  statusError(409, 'AlreadyExists', `${formatReference(group, resource, name)} already exists`);

export const badRequestError = (message: string): ErrorResponse =>
  statusError(400, 'BadRequest', message);

export const invalidObjectError = (message: string): ErrorResponse =>
  statusError(422, 'Invalid', message);

export const clusterGoneError = (): ErrorResponse =>
  statusError(503, 'ServiceUnavailable', 'the cluster was deleted');

/** Formats a reference, e.g. `nodes "vm-0"`. @param name - empty for all objects of the type. */
export function formatReference(group: string, resource: string, name: string): string {
  const type = group === '' ? resource : `${resource}.${group}`;
  return name === '' ? type : `${type} ${JSON.stringify(name)}`;
}

import type { SandboxRequest } from '../../router.js';
import { JsonError } from '../jackson/json-error.js';
import { parseJava, type JavaType } from '../jackson/java-types.js';
import { badScimRequestError } from './error.js';

/** How the real server reads the body of a route. */
export interface JavaBody<Value> {
  readonly type: JavaType<Value>;
  /** The signature of the Java method, which is in the error for a missing body. */
  readonly method: string;
}

/**
 * Reads the JSON value in a request's body.
 *
 * @throws ErrorResponse 400 `scim` for a content type other than JSON, an empty body, or an invalid
 *   value.
 */
export function readJavaBody<Value>(
  { headers, body }: SandboxRequest,
  { type, method }: JavaBody<Value>,
): NonNullable<Value> {
  const contentType = headers['content-type'] || undefined;
  const missingBodyError = () =>
    badScimRequestError(`Required request body is missing: ${method}`);
  if (contentType === undefined && body === '') throw missingBodyError();
  checkContentType(contentType ?? 'application/octet-stream');
  if (body === '') throw missingBodyError();
  try {
    const value = parseJava(type, body);
    if (value) return value;
  } catch (error) {
    throw error instanceof JsonError ? badScimRequestError(error.describe()) : error;
  }
  throw missingBodyError();
}

function checkContentType(contentType: string): void {
  if (!contentType.includes('/')) {
    throw badScimRequestError(`Invalid mime type "${contentType}": does not contain '/'`);
  }
  if (!/^application\/(.+\+)?json\b/i.test(contentType)) {
    throw badScimRequestError(`Content type '${contentType}' not supported`);
  }
}

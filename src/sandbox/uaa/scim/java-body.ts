import type { SandboxRequest } from '../../router.js';
import { JsonError } from '../jackson/json-error.js';
import { parseJava, type JavaType } from '../jackson/java-types.js';
import { isJsonType } from '../requests.js';
import { badScimRequestError } from '../errors.js';

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
  const missingBodyError = () => badScimRequestError(`Required request body is missing: ${method}`);
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
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim());
  const problem = findTypeProblem(type, parameters);
  if (problem !== undefined) {
    throw badScimRequestError(`Invalid mime type "${contentType}": ${problem}`);
  }
  if (isJsonType(type)) return;
  const typeText = [type.toLowerCase(), ...parameters.filter((part) => part !== '')].join(';');
  throw badScimRequestError(`Content type '${typeText}' not supported`);
}

/** @see Spring `MimeTypeUtils.parseMimeType` */
function findTypeProblem(type: string, parameters: readonly string[]): string | undefined {
  const slash = type === '*' ? 0 : type.indexOf('/');
  if (slash === -1) return "does not contain '/'";
  if (slash === type.length - 1 && type !== '*') return "does not contain subtype after '/'";
  for (const parameter of parameters) {
    const charset = /^charset="?([^"]*)"?$/i.exec(parameter)?.[1];
    if (charset !== undefined && charset === '') return `unsupported charset '${charset}'`;
  }
  return undefined;
}

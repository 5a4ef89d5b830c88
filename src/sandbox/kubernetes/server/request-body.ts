import { isObject, type JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { decodeProtobuf, type MessageSchema } from './protobuf.js';
import { badRequestError, unsupportedTypeError } from './status.js';

/** The object that a request must contain. */
export interface ExpectedObject {
  readonly kind: string;
  readonly apiVersion: string;
  /** The members that protobuf requests can have. */
  readonly protobuf: MessageSchema;
}

const protobufType = 'application/vnd.kubernetes.protobuf';
const snippetLength = 30;

/**
 * Reads the object in the body of a request. `kind` and `apiVersion` are optional, as on a real
 * server.
 *
 * @throws {ErrorResponse} 400 if the body is not such an object, or 415 if its type is unknown.
 */
export function readObject(request: SandboxRequest, expected: ExpectedObject): JsonObject {
  const value = decodeBody(request, expected);
  const { kind = '', apiVersion = '' } = value;
  const { kind: expectedKind, apiVersion: expectedVersion } = expected;
  if (kind !== '' && kind !== expectedKind) {
    const found = `${String(kind)} in version "${String(apiVersion)}"`;
    throw badRequestError(`${found} cannot be handled as a ${expectedKind}: unknown conversion`);
  }
  if (apiVersion !== '' && apiVersion !== expectedVersion) {
    throw badRequestError(
      `the API version in the data (${String(apiVersion)}) does not match the expected API version (${expectedVersion})`,
    );
  }
  return value;
}

function decodeBody(request: SandboxRequest, { kind, protobuf }: ExpectedObject): JsonObject {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  const mediaType = type.trim() || 'application/json';
  try {
    if (mediaType === protobufType) {
      return decodeProtobuf(request.bytes ?? Buffer.from(request.body), protobuf);
    }
    if (mediaType === 'application/json') return parseObject(request.body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badRequestError(
      `the object provided is unrecognized (must be of type ${kind}): ${reason} (${summarize(request.body)})`,
    );
  }
  throw unsupportedTypeError(`application/json, ${protobufType}`);
}

function parseObject(text: string): JsonObject {
  const failure = "couldn't get version/kind; json parse error";
  if (text === '') throw new Error(`${failure}: unexpected end of JSON input`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${failure}: ${String(error)}`, { cause: error });
  }
  if (value === null) return {};
  if (!isObject(value)) throw new Error(`${failure}: expected an object`);
  return value;
}

function summarize(body: string): string {
  if (body === '') return '<empty>';
  return body.length > snippetLength ? `${body.slice(0, snippetLength)} ...` : body;
}

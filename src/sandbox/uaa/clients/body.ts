import { isObject, type JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { readJsonBody } from '../http/json-request.js';
import { containerError } from '../http/servlet-container.js';

/**
 * Reads a list of objects.
 *
 * @param parse - parses an object. All are parsed before any of them is processed.
 * @returns the parsed objects. Each is a function that throws an ErrorResponse 500 if the list
 *   contains null instead of an object.
 * @throws ErrorResponse 415 if the content type is not JSON, or 400 if it is not a list of objects.
 */
export function readClientBodies<Parsed>(
  request: SandboxRequest,
  parse: (body: JsonObject) => Parsed,
): readonly (() => Parsed)[] {
  const body = readJsonBody(request, () => containerError(request, 400));
  if (!Array.isArray(body)) throw containerError(request, 400);
  return body.map((item: unknown) => {
    if (item === null) {
      return () => {
        throw containerError(request, 500);
      };
    }
    if (!isObject(item)) throw containerError(request, 400);
    const parsed = parse(item);
    return () => parsed;
  });
}

import { isObject, type JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { readJsonBody } from '../http/json-request.js';
import { containerError } from '../http/servlet-container.js';

/**
 * Reads a list of objects.
 *
 * @param parse - parses an object. All objects are parsed before the first one is processed.
 * @returns a function for each item, which returns the parsed object, or throws ErrorResponse 500 if
 *   the item is null. The real server fails only when it processes the null, after earlier items.
 * @throws ErrorResponse 415 if the content type is not JSON, or 400 if the body is not a list of
 *   objects.
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

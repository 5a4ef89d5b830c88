import { statusError } from '../errors.js';
import { readJsonBody } from '../requests.js';
import { isObject, type JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';

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
  const body = readJsonBody(request);
  if (!Array.isArray(body)) throw statusError(request, 400);
  return body.map((item: unknown) => {
    if (item === null) {
      return () => {
        throw statusError(request, 500);
      };
    }
    if (!isObject(item)) throw statusError(request, 400);
    const parsed = parse(item);
    return () => parsed;
  });
}

import { isObject, parseJson, type JsonObject } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { containerError } from '../http/servlet-container.js';

/** @throws ErrorResponse 415 if the content type is not JSON, or 400 if the body is not an object. */
export function readClientBody(request: SandboxRequest): JsonObject {
  const body = readBody(request);
  if (isObject(body)) return body;
  throw containerError(request, 400);
}

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
  const body = readBody(request);
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

function readBody(request: SandboxRequest): unknown {
  const { headers, body } = request;
  const contentType = headers['content-type'];
  if (contentType === undefined && body === '') throw containerError(request, 400);
  const isJson = /^application\/(.+\+)?json\b/i.test(contentType ?? '');
  if (!isJson || !hasKnownCharset(contentType ?? '')) throw containerError(request, 415);
  return parseFirstValue(body);
}

/** The body is always read as UTF-8, but an unknown charset is rejected. */
function hasKnownCharset(contentType: string): boolean {
  const [, charset] = /;\s*charset="?([^";\s]+)/i.exec(contentType) ?? [];
  if (charset === undefined) return true;
  try {
    return new TextDecoder(charset).encoding !== '';
  } catch {
    return false;
  }
}

/** Like Jackson, ignores a byte order mark, and all text that follows the first object or list. */
function parseFirstValue(body: string): unknown {
  const text = body.replace(/^\ufeff/, '');
  const value = parseJson(text);
  return value === undefined ? parseJson(text.slice(0, findEnd(text))) : value;
}

/** Finds the end of the object or list that a text starts with. */
function findEnd(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth === 0) return index + token.length;
  }
  return text.length;
}

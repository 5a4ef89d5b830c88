import { ErrorResponse, json } from '../router.js';

export type Json = Readonly<Record<string, unknown>>;

/** The object in a request. @throws {ErrorResponse} 400 */
export function objectIn(body: string): Json {
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw invalid('JSON parse error: the body must be an object');
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @returns undefined for null and what is absent. @throws {ErrorResponse} 400 for anything but a text. */
export function textIn(value: Json, member: string): string | undefined {
  const found = value[member] ?? undefined;
  if (found === undefined || typeof found === 'string') return found;
  throw invalid(`${member} must be a text`);
}

/** @throws {ErrorResponse} 400 for anything but a whole number. */
export function integerIn(value: Json, member: string): number | undefined {
  const found = value[member] ?? undefined;
  if (found === undefined) return undefined;
  if (typeof found === 'number' && Number.isSafeInteger(found)) return found;
  throw invalid(`${member} must be a whole number`);
}

/** @throws {ErrorResponse} 400 for anything but a list of texts. */
export function textsIn(value: Json, member: string): readonly string[] | undefined {
  const found = value[member] ?? undefined;
  if (found === undefined) return undefined;
  if (Array.isArray(found) && found.every((each) => typeof each === 'string')) return found;
  throw invalid(`${member} must be a list of texts`);
}

/** What a server of this release does not know, in the words of its parser. @throws {ErrorResponse} 400 */
export function refuseUnknown(value: Json, known: ReadonlySet<string>): void {
  const unknown = Object.keys(value).find((member) => !known.has(member));
  if (unknown !== undefined) throw invalid(`JSON parse error: Unrecognized field "${unknown}"`);
}

/** @see pks-api, section 11 */
export function invalid(body: string): ErrorResponse {
  return new ErrorResponse(json(400, { body }));
}

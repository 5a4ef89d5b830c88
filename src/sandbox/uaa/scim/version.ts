import type { SandboxRequest } from '../../router.js';
import { badScimRequestError } from './error.js';

/**
 * Reads the version in the header `If-Match`: a number, with or without quotes.
 *
 * @returns undefined for `*`, which means any version, and `absent` if the header is missing.
 * @throws ErrorResponse 400 `scim` for anything else.
 */
export function readIfMatch({ headers }: SandboxRequest): number | undefined | 'absent' {
  const header = headers['if-match'];
  if (header === undefined || header === '') return 'absent';
  const value = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (value === '*') return undefined;
  if (/^[+-]?\d+$/.test(value)) return Number(value);
  throw badScimRequestError(`Invalid version match header (should be a version number): ${header}`);
}

/**
 * Like `readIfMatch`, but the header is required.
 *
 * @param method - the method in the error message, which can differ from the request's method.
 */
export function readRequiredIfMatch(
  request: SandboxRequest,
  method: 'PUT' | 'PATCH',
): number | undefined {
  const version = readIfMatch(request);
  if (version === 'absent') throw badScimRequestError(`Missing If-Match for ${method}`);
  return version;
}

/** @returns the `ETag` of a versioned resource. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${String(version)}"`;
}

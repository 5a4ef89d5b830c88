import type { SandboxRequest } from '../../router.js';
import { badScimRequest } from './error.js';

/**
 * The version that a request's `If-Match` names: a number, quoted or not.
 *
 * @returns undefined for `*`, which any version is; `absent` when there is no such header.
 * @throws ErrorResponse 400 `scim` for anything else.
 */
export function ifMatch({ headers }: SandboxRequest): number | undefined | 'absent' {
  const header = headers['if-match'];
  if (header === undefined || header === '') return 'absent';
  const value = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (value === '*') return undefined;
  if (/^[+-]?\d+$/.test(value)) return Number(value);
  throw badScimRequest(`Invalid version match header (should be a version number): ${header}`);
}

/**
 * As `ifMatch`, of a request that must have one.
 *
 * @param method - the method that the error names, which is not always the request's.
 */
export function requiredIfMatch(
  request: SandboxRequest,
  method: 'PUT' | 'PATCH',
): number | undefined {
  const version = ifMatch(request);
  if (version === 'absent') throw badScimRequest(`Missing If-Match for ${method}`);
  return version;
}

/** @returns the `ETag` of what has a version. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${String(version)}"`;
}

import { badScimRequestError } from '../errors.js';
import type { SandboxRequest } from '../../router.js';

/**
 * Reads the version in the header `If-Match`: an `int`, with or without quotes.
 *
 * @param emptyHeader - whether an empty header is the same as a missing one.
 * @returns undefined for `*`, which means any version, and `absent` if the header is missing.
 * @throws ErrorResponse 400 `scim` for anything else.
 */
export function readIfMatch(
  { headers }: SandboxRequest,
  emptyHeader: 'absent' | 'invalid' = 'absent',
): number | undefined | 'absent' {
  const header = headers['if-match'];
  if (header === undefined || (header === '' && emptyHeader === 'absent')) return 'absent';
  const value = header.trim().replace(/^"+|"+$/g, '');
  if (value === '*') return undefined;
  const version = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (version >= -(2 ** 31) && version < 2 ** 31) return version;
  throw badScimRequestError(`Invalid version match header (should be a version number): ${header}`);
}

/**
 * Like `readIfMatch`, but the header is required.
 *
 * @throws ErrorResponse 400 `scim`. As on the real server, the message contains PUT even for a PATCH.
 */
export function readRequiredIfMatch(request: SandboxRequest): number | undefined {
  // `NaN` is the real server's default for a missing header.
  const version = request.headers['if-match'] === 'NaN' ? 'absent' : readIfMatch(request);
  if (version === 'absent') throw badScimRequestError('Missing If-Match for PUT');
  return version;
}

/** Whether a request is for another version of a resource. Negative versions are ignored. */
export function isOtherVersion(
  version: number | undefined | 'absent',
  resource: { readonly version: number },
): boolean {
  return typeof version === 'number' && version >= 0 && version !== resource.version;
}

/** @returns the `ETag` of a versioned resource. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${String(version)}"`;
}

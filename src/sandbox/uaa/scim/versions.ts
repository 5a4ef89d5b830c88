import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { badScimRequestError, scimError } from '../errors.js';

/**
 * Reads the version in the header `If-Match`: a number, with or without quotes.
 * @returns `any` for `*`; undefined if the header is missing.
 * @throws ErrorResponse 400 `scim` for anything else.
 */
export function readIfMatch({ headers }: SandboxRequest): number | 'any' | undefined {
  const header = headers['if-match'];
  if (!header) return undefined;
  const value = header.trim().replace(/^"+|"+$/g, '');
  if (value === '*') return 'any';
  if (/^[+-]?\d{1,9}$/.test(value)) return Number(value);
  throw badScimRequestError(`Invalid version match header (should be a version number): ${header}`);
}

/** Like {@link readIfMatch}, but the header is required. @throws ErrorResponse 400 `scim`. */
export function readRequiredIfMatch(request: SandboxRequest): number | 'any' {
  const version = readIfMatch(request);
  if (version === undefined) throw badScimRequestError('Missing If-Match for PUT');
  return version;
}

/** Whether a request is for another version of a resource. */
export function isOtherVersion(
  version: number | 'any' | undefined,
  resource: { readonly version: number },
): boolean {
  return typeof version === 'number' && version !== resource.version;
}

export function formatEtag({ version }: { readonly version: number }): string {
  return `"${String(version)}"`;
}

export function staleUserError(
  status: number,
  error: string,
  { id, version }: { readonly id: string; readonly version: number },
  found: number | 'any' | undefined,
): ErrorResponse {
  const versions = `expected=${String(version)} but found=${String(found)}`;
  const message = `Attempt to update a user (${id}) with wrong version: ${versions}`;
  return scimError(status, error, message);
}

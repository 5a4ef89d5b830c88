import { addQuery, checkEncoding, formatResponse, replaceFragment } from './redirect-uri.js';

/** Prevents caches from storing a response of `/oauth/authorize`. */
export const noStore = { 'cache-control': 'no-store' };

/** Parses the response types, in alphabetical order. */
export function parseResponseTypes(fields: URLSearchParams): ReadonlySet<string> {
  return new Set((fields.get('response_type') ?? '').split(/\s+/).filter(Boolean).toSorted());
}

/**
 * Adds an error to a redirect URI.
 *
 * @param isInFragment - whether to use the fragment instead of the query (default: for token
 *   requests).
 */
export function createErrorLocation(
  { error, message }: { readonly error: string; readonly message: string },
  { redirectUri, fields }: { readonly redirectUri: string; readonly fields: URLSearchParams },
  isInFragment = parseResponseTypes(fields).has('token'),
): string {
  checkEncoding(redirectUri);
  const state = fields.get('state');
  const params = { error, error_description: message, ...(state !== null && { state }) };
  const text = formatResponse(params);
  return isInFragment ? replaceFragment(redirectUri, text) : addQuery(redirectUri, text);
}

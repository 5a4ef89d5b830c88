import { ErrorResponse, html, json, type SandboxRequest, type SandboxResponse } from '../router.js';
import { renderErrorPage } from './browser/pages.js';
import type { Behaviour } from './behaviour.js';

/**
 * Creates an error response of the servlet container: `{}` for clients that accept JSON, and an
 * HTML page for all others.
 */
export function containerError(
  request: SandboxRequest,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): ErrorResponse {
  const response = wantsJson(request) ? json(status, {}) : errorPageResponse(request, status);
  return new ErrorResponse({ ...response, headers: { ...response.headers, ...headers } });
}

/** Whether the `Accept` header contains a JSON type. Wildcards do not count. */
export function wantsJson({ headers }: SandboxRequest): boolean {
  return /\bapplication\/(.+\+)?json\b/i.test(headers['accept'] ?? '');
}

export function errorPageResponse({ headers }: SandboxRequest, status: number): SandboxResponse {
  const charset = headers['accept']?.includes('text/html') ? 'UTF-8' : 'ISO-8859-1';
  return html(status, renderErrorPage(), { 'content-type': `text/html;charset=${charset}` });
}

/** Reads request parameters as servlets do: the query, followed by the form fields of a POST. */
export function readParameters(request: SandboxRequest): URLSearchParams {
  const all = new URLSearchParams(request.query);
  if (request.method === 'POST' && isForm(request)) {
    for (const [name, value] of new URLSearchParams(request.body)) all.append(name, value);
  }
  return all;
}

export function isForm({ headers }: SandboxRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/**
 * Adds the headers that all responses have. If the client does not accept JSON, a JSON response is
 * replaced by status 406 after the request has been processed, as on the real server.
 */
export function finishResponse(
  request: SandboxRequest,
  response: SandboxResponse,
  { hasJsonCharset }: Pick<Behaviour, 'hasJsonCharset'>,
): SandboxResponse {
  const type = response.headers['content-type'];
  const isJson = typeof type === 'string' && type.startsWith('application/json');
  if (isJson && !acceptsJson(request.headers['accept'])) {
    return finishResponse(request, errorPageResponse(request, 406), { hasJsonCharset });
  }
  const withoutCharset = isJson &&
    !hasJsonCharset && { 'content-type': type.replace(/;\s*charset=.*$/i, '') };
  const filterHeaders = response.isUnfiltered
    ? { 'strict-transport-security': 'max-age=31536000' }
    : { ...(hasCacheHeader(response.headers) ? {} : cacheHeaders), ...securityHeaders };
  return { ...response, headers: { ...filterHeaders, ...response.headers, ...withoutCharset } };
}

function hasCacheHeader(headers: SandboxResponse['headers']): boolean {
  return Object.keys(cacheHeaders).some((name) => headers[name] !== undefined);
}

function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept
    .split(',')
    .map((entry) => (entry.split(';')[0] ?? '').trim().toLowerCase())
    .some(
      (type) =>
        ['application/json', 'application/*+json', 'application/*', '*/*'].includes(type) ||
        /^application\/.+\+json$/.test(type),
    );
}

/** Added if the response has none of them. */
const cacheHeaders = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
};

const securityHeaders = {
  'strict-transport-security': 'max-age=31536000 ; includeSubDomains',
  'x-xss-protection': '1; mode=block',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
};

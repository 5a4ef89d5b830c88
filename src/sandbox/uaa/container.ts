import { ErrorResponse, html, json, type SandboxRequest, type SandboxResponse } from '../router.js';
import { errorPageHtml } from './browser/pages.js';
import type { Behaviour } from './behaviour.js';

/** An error of the servlet container: `{}` for clients that accept JSON, a page for all others. */
export function containerError(
  request: SandboxRequest,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): ErrorResponse {
  const response = wantsJson(request) ? json(status, {}) : errorPage(request, status);
  return new ErrorResponse({ ...response, headers: { ...response.headers, ...headers } });
}

/** @returns whether the client's Accept header names JSON. */
export function wantsJson({ headers }: SandboxRequest): boolean {
  return /\bapplication\/(.+\+)?json\b/i.test(headers['accept'] ?? '');
}

export function errorPage({ headers }: SandboxRequest, status: number): SandboxResponse {
  const charset = headers['accept']?.includes('text/html') ? 'UTF-8' : 'ISO-8859-1';
  return html(status, errorPageHtml(), { 'content-type': `text/html;charset=${charset}` });
}

/** Query and, for a POST, form fields, as servlets see them; the query comes first. */
export function parameters(request: SandboxRequest): URLSearchParams {
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
 * Adds the headers that every response has. A client that does not accept JSON gets 406 instead of
 * it, after the request has been processed.
 */
export function presented(
  request: SandboxRequest,
  response: SandboxResponse,
  { namesCharset }: Pick<Behaviour, 'namesCharset'>,
): SandboxResponse {
  const type = response.headers['content-type'];
  const isJson = typeof type === 'string' && type.startsWith('application/json');
  if (isJson && !acceptsJson(request.headers['accept'])) {
    return presented(request, errorPage(request, 406), { namesCharset });
  }
  const bare = isJson && !namesCharset && { 'content-type': type.replace(/;\s*charset=.*$/i, '') };
  return { ...response, headers: { ...securityHeaders, ...response.headers, ...bare } };
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

const securityHeaders = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'strict-transport-security': 'max-age=31536000 ; includeSubDomains',
  'x-xss-protection': '1; mode=block',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
};

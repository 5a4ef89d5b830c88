import { ErrorResponse, json, type SandboxRequest, type SandboxResponse } from '../router.js';
import { errorPageHtml } from './browser/pages.js';

/**
 * An error of the servlet container: `{}` for clients that accept JSON, a page for all others.
 */
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
  return {
    status,
    headers: { 'content-type': `text/html;charset=${charset}` },
    body: errorPageHtml(),
  };
}

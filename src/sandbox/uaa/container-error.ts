import type { SandboxRequest, SandboxResponse } from '../router.js';
import { json } from '../router.js';
import { errorPageHtml } from './browser/pages.js';
import { Refusal } from './refusal.js';

/**
 * An error that the servlet container answers: `{}` for a client that wants JSON, a page for
 * everybody else.
 */
export function sendError(
  request: SandboxRequest,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  const response = wantsJson(request) ? json(status, {}) : errorPage(request, status);
  return new Refusal({ ...response, headers: { ...response.headers, ...headers } });
}

/** @returns whether JSON is what the client's Accept header names. */
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

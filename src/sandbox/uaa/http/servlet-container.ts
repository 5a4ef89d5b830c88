import {
  ErrorResponse,
  html,
  json,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { renderErrorPage } from '../browser/pages.js';
import type { Behaviour } from '../behaviour.js';
import { isUnfiltered } from './security-chains.js';
import { selectLanguage, selectView } from './negotiation.js';
import { renderResponse } from './rendering.js';

/**
 * Creates an error response of the servlet container: a page, or `{}` for clients that prefer JSON.
 */
export function containerError(
  request: SandboxRequest,
  status: number,
  headers: SandboxResponse['headers'] = {},
): ErrorResponse {
  const response = errorPageResponse(request, status);
  return new ErrorResponse({ ...response, headers: { ...response.headers, ...headers } });
}

/**
 * Creates the response to an exception that no filter has handled. The headers that filters add are
 * missing.
 */
export function escapedError(request: SandboxRequest): ErrorResponse {
  return new ErrorResponse({ ...errorPageResponse(request, 500), rendering: 'escaped' });
}

/** @param alert - HTML above the usual text. */
export function errorPageResponse(
  request: SandboxRequest,
  status: number,
  alert?: string,
): SandboxResponse {
  const { format, contentType } = selectView(request);
  const type = { 'content-type': contentType, 'content-language': selectLanguage(request) };
  return format === 'json'
    ? { ...json(status, {}, type), rendering: 'errorView' }
    : { ...html(status, renderErrorPage(alert), type), rendering: 'errorView' };
}

/** Reads request parameters as servlets do: the query, followed by the form fields of a POST. */
export function readParameters(request: SandboxRequest): URLSearchParams {
  const all = new URLSearchParams(request.query);
  // Unlike the filters of the UAA, Tomcat compares the whole type.
  const type = request.headers['content-type']?.split(';')[0]?.trim();
  if (request.method === 'POST' && type === 'application/x-www-form-urlencoded') {
    for (const [name, value] of new URLSearchParams(request.body)) all.append(name, value);
  }
  return all;
}

export function isForm({ headers }: SandboxRequest): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
}

/**
 * Adapts the response to the `Accept` header and adds the headers that the security filters and the
 * views add.
 */
export function finishResponse(
  request: SandboxRequest,
  response: SandboxResponse,
  { hasJsonCharset }: Pick<Behaviour, 'hasJsonCharset'>,
): SandboxResponse {
  const rendered = renderResponse(request, response, (status) =>
    errorPageResponse(request, status),
  );
  const type = rendered.headers['content-type'];
  const withoutCharset = typeof type === 'string' &&
    !hasJsonCharset &&
    type.startsWith('application/json') && { 'content-type': type.replace(/;\s*charset=.*$/i, '') };
  const headers = { ...rendered.headers, ...withoutCharset };
  if (response.isUnfiltered) {
    // Only the first filter has run for such a response.
    return {
      ...rendered,
      headers: { 'strict-transport-security': 'max-age=31536000', ...headers },
    };
  }
  const isFiltered =
    response.rendering === 'filter' ||
    (rendered.rendering !== 'escaped' && !isUnfiltered(request.path));
  return { ...rendered, headers: addHeaders(headers, isFiltered, rendered) };
}

function addHeaders(
  headers: SandboxResponse['headers'],
  isFiltered: boolean,
  { rendering, body }: SandboxResponse,
): SandboxResponse['headers'] {
  const filterHeaders = isFiltered
    ? { ...(hasCacheHeader(headers) ? {} : cacheHeaders), ...securityHeaders }
    : {};
  // The error view runs after the filters, so both of them set this header.
  const isErrorView = rendering === 'errorView' || rendering === 'escaped';
  const viewHeaders = isErrorView &&
    body === '{}' && {
      'cache-control': isFiltered ? [cacheHeaders['cache-control'], 'no-store'] : 'no-store',
    };
  return { ...filterHeaders, ...headers, ...viewHeaders };
}

function hasCacheHeader(headers: SandboxResponse['headers']): boolean {
  return Object.keys(cacheHeaders).some((name) => headers[name] !== undefined);
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

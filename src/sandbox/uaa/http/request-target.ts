import { ErrorResponse, type SandboxRequest } from '../../router.js';
import { escapeHtml } from './html-escape.js';
import { parseMediaTypes } from './media-types.js';
import { errorPageResponse, escapedError, readParameters } from './servlet-container.js';

/** Tomcat's limit for the request line and the headers together. */
const maximumHeaderBytes = 8192;

/**
 * Rejects requests that the real server rejects before any filter runs, because of their path,
 * query, headers or parameters.
 *
 * @throws ErrorResponse 400 with Tomcat's own page, or 400 or 500 with the page of the UAA.
 */
export function checkRequestTarget(request: SandboxRequest): void {
  if (request.method === 'TRACE') throw traceResponse(request);
  checkByTomcat(request);
  checkByFirewall(request);
  const hasZeroByte = [...readParameters(request).values()].some((value) => value.includes('\0'));
  if (hasZeroByte && !request.path.startsWith('/healthz')) {
    const alert = 'The request contains an invalid parameter that can not be processed.';
    const page = errorPageResponse(request, 400, alert);
    throw new ErrorResponse({ ...page, rendering: 'escaped' });
  }
}

function checkByTomcat(request: SandboxRequest): void {
  const { path, rawQuery = '' } = request;
  const target = rawQuery === '' ? path : `${path}?${rawQuery}`;
  if (countHeaderBytes(request, target) > maximumHeaderBytes) {
    throw tomcatError('Request header is too large');
  }
  if (/["#<>[\\\]^`{|}]/.test(target)) {
    const escaped = escapeHtml(target).replaceAll('/', '&#47;');
    throw tomcatError(
      `Invalid character found in the request target [${escaped} ]. ` +
        'The valid characters are defined in RFC 7230 and RFC 3986',
    );
  }
  const problem = findInvalidEscape(path);
  if (problem !== undefined) throw tomcatError(`Invalid URI: [${problem}]`);
  if (/%(00|5c)/i.test(path) || leavesRoot(path)) throw tomcatError('Invalid URI');
}

function countHeaderBytes(request: SandboxRequest, target: string): number {
  const text = `${request.method} ${target} HTTP/1.1\r\n${formatHeaders(request)}\r\n`;
  return Buffer.byteLength(text, 'latin1');
}

function formatHeaders({ headers }: SandboxRequest): string {
  return Object.entries(headers)
    .map(([name, value = '']) => `${name}: ${value}\r\n`)
    .join('');
}

function findInvalidEscape(path: string): string | undefined {
  for (const [escape] of path.matchAll(/%.{0,2}/gs)) {
    if (escape.length < 3) return 'End of file (EOF)';
    if (!/^%[\da-f]{2}$/i.test(escape)) return 'The hexadecimal encoding is invalid';
    if (escape.toLowerCase() === '%2f') return 'The encoded slash character is not allowed';
  }
  return undefined;
}

/** Whether the path leaves the root through `..` segments. */
function leavesRoot(path: string): boolean {
  let depth = 0;
  for (const segment of path.replaceAll(/%2e/gi, '.').split('/').filter(Boolean)) {
    if (segment === '..') depth--;
    else if (segment !== '.') depth++;
    if (depth < 0) return true;
  }
  return false;
}

/**
 * Rejects paths like Spring Security: semicolons, encoded periods and percent signs, and paths that
 * are not normalized.
 */
function checkByFirewall(request: SandboxRequest): void {
  const { path, headers } = request;
  if (/%2[5e]|%3b|;|\/\/|\/\.\.?(\/|$)/i.test(path)) throw escapedError(request);
  // For these paths, the real server parses this header to select a filter chain.
  const accept = headers['accept'];
  const isParsed = /^\/oauth\/(authorize|token(?!\/(revoke|list)))/.test(path);
  if (isParsed && accept !== undefined && !parseMediaTypes(accept)?.length) {
    throw escapedError(request);
  }
}

/**
 * Tomcat rejects TRACE, but requests the error page with TRACE, too, so the response repeats the
 * request.
 */
function traceResponse(request: SandboxRequest): ErrorResponse {
  return new ErrorResponse({
    status: 405,
    headers: { allow: 'GET, HEAD, POST', 'content-type': 'message/http' },
    body: `TRACE /error HTTP/1.1\r\n${formatHeaders(request)}`,
    rendering: 'escaped',
  });
}

function tomcatError(message: string): ErrorResponse {
  const title = 'HTTP Status 400 \u2013 Bad Request';
  const description =
    'The server cannot or will not process the request due to something that is perceived to be ' +
    'a client error (e.g., malformed request syntax, invalid request message framing, or ' +
    'deceptive request routing).';
  const body =
    `<!doctype html><html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1>` +
    `<p><b>Type</b> Status Report</p><p><b>Message</b> ${message}</p>` +
    `<p><b>Description</b> ${description}</p><h3>Apache Tomcat/9.0.98</h3></body></html>`;
  const headers = { 'content-type': 'text/html;charset=utf-8', 'content-language': 'en' };
  return new ErrorResponse({ status: 400, headers, body, rendering: 'escaped' });
}

/**
 * Decodes escaped letters, digits, `-`, `_` and `~` of a path, which have the same meaning without
 * an escape.
 */
export function decodeUnreserved(path: string): string {
  return path.replace(/%([\da-f]{2})/gi, (escape, code: string) => {
    const character = String.fromCharCode(parseInt(code, 16));
    return /[\w~-]/.test(character) ? character : escape;
  });
}

/**
 * Returns the path that selects a route. The real server ignores a trailing slash, except for paths
 * with their own filter chain, which does not match the path with a slash. All other paths below
 * `/oauth/token` belong to the token endpoint.
 */
export function findRoutePath(path: string): string {
  if (/^\/oauth\/token\/(?!(revoke|list|\.well-known)(\/|$))/.test(path)) return '/oauth/token';
  const isExact =
    /^\/(userinfo|check_token|introspect|clientinfo|token_keys?|info|error|(accounts\/)?email_sent|invalid_request|saml_error|oauth_error|session|session_management|favicon\.ico|square-logo\.png)\/$/;
  return isExact.test(path) || path.endsWith('/.well-known/openid-configuration/')
    ? path
    : path.replace(/\/$/, '');
}

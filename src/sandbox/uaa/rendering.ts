import type { SandboxRequest, SandboxResponse } from '../router.js';
import { sortLikeHashMap } from './java-hash-map.js';
import {
  selectExceptionType,
  selectFilterFormat,
  selectJsonType,
  selectLanguage,
} from './negotiation.js';

type CreatePage = (status: number) => SandboxResponse;

/**
 * Adapts a response to the `Accept` header.
 *
 * @param createPage - creates the error page for a status.
 */
export function renderResponse(
  request: SandboxRequest,
  response: SandboxResponse,
  createPage: CreatePage,
): SandboxResponse {
  const rendered = selectBody(request, response, createPage);
  const isView =
    rendered.rendering === 'exception' ||
    rendered.rendering === 'errorView' ||
    String(rendered.headers['content-type']).startsWith('text/html');
  const language = isView && { 'content-language': selectLanguage(request) };
  return { ...rendered, headers: { ...language, ...rendered.headers } };
}

function selectBody(
  request: SandboxRequest,
  response: SandboxResponse,
  createPage: CreatePage,
): SandboxResponse {
  switch (response.rendering) {
    case 'filter':
      return renderFilterError(request, response, createPage);
    case 'exception':
      return renderException(request, response);
    case undefined:
      return isJson(response) || isEmptyError(response)
        ? renderJson(request, response, createPage)
        : response;
    default:
      return response;
  }
}

function isJson({ headers }: SandboxResponse): boolean {
  return String(headers['content-type']).startsWith('application/json');
}

function isEmptyError({ status, body }: SandboxResponse): boolean {
  return status >= 400 && body === '';
}

function renderFilterError(
  request: SandboxRequest,
  response: SandboxResponse,
  createPage: CreatePage,
): SandboxResponse {
  const selected = selectFilterFormat(request);
  if (selected === 'invalid') return createPage(500);
  if (!selected) return createPage(406);
  return {
    ...withType(response, selected.contentType),
    ...(selected.format === 'xml' && { body: response.xml ?? '' }),
  };
}

function renderException(request: SandboxRequest, response: SandboxResponse): SandboxResponse {
  const contentType = selectExceptionType(request);
  if (contentType !== undefined) return withType(response, contentType);
  const { 'content-type': _, ...headers } = response.headers;
  return { ...response, headers, body: '' };
}

/**
 * Renders the result of a route. If the client does not accept JSON, this is only known after the
 * request has been processed; the exception is handled like others of the same routes.
 */
function renderJson(
  request: SandboxRequest,
  response: SandboxResponse,
  createPage: CreatePage,
): SandboxResponse {
  const contentType = selectJsonType(request);
  if (response.body === '') {
    return contentType === undefined && !isParsable(request) ? createPage(500) : response;
  }
  if (contentType !== undefined) return withType(response, contentType);
  const { status, headers } = response;
  // The exception handler cannot write its own response either, so the original exception remains.
  if (status === 405) return withHeader(createPage(405), 'allow', headers['allow'] ?? 'GET, POST');
  if (status >= 400) return createPage(500);
  if (/^\/(Users|Groups|ids)(\/|$)/.test(request.path)) {
    return renderException(request, notAcceptableException);
  }
  if (/^\/identity-zones(\/|$)/.test(request.path)) return { status: 500, headers: {}, body: '' };
  const page = createPage(406);
  return headers['etag'] === undefined ? page : withHeader(page, 'etag', headers['etag']);
}

function isParsable(request: SandboxRequest): boolean {
  return selectExceptionType(request) !== undefined;
}

const notAcceptable = 'Could not find acceptable representation';

/** How the SCIM routes report a client that does not accept JSON. */
const notAcceptableException: SandboxResponse = {
  status: 400,
  headers: {},
  body: JSON.stringify(
    sortLikeHashMap({ error: 'scim', message: notAcceptable, error_description: notAcceptable }),
  ),
  rendering: 'exception',
};

function withType(response: SandboxResponse, contentType: string): SandboxResponse {
  return withHeader(response, 'content-type', contentType);
}

function withHeader(
  response: SandboxResponse,
  name: string,
  value: string | string[],
): SandboxResponse {
  return { ...response, headers: { ...response.headers, [name]: value } };
}

import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { sortLikeHashMap } from '../java/hash-order.js';
import { protectFromDownload } from './download-protection.js';
import {
  selectExceptionType,
  selectFilterFormat,
  selectJsonType,
  selectJsonViewType,
  selectLanguage,
  selectTextType,
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
    ['exception', 'jsonView'].includes(rendered.rendering ?? '') ||
    (rendered.rendering !== 'text' &&
      String(rendered.headers['content-type']).startsWith('text/html'));
  const language = isView && { 'content-language': selectLanguage(request) };
  const cors = Object.entries(response.headers).filter(([name]) =>
    name.startsWith('access-control-'),
  );
  return {
    ...rendered,
    headers: { ...language, ...rendered.headers, ...Object.fromEntries(cors) },
  };
}

function selectBody(
  request: SandboxRequest,
  response: SandboxResponse,
  createPage: CreatePage,
): SandboxResponse {
  const { rendering } = response;
  if (rendering === 'filter') return renderFilterError(request, response, createPage);
  if (rendering === 'exception') return renderException(request, response);
  if (rendering === 'jsonView') {
    const contentType = selectJsonViewType(request);
    return contentType === undefined ? createPage(406) : withType(response, contentType);
  }
  if (rendering === 'result') return renderJson(request, response, createPage);
  if (rendering !== undefined) return response;
  if (isJson(response) || isEmptyError(response)) return renderJson(request, response, createPage);
  return isText(response) ? renderText(request, response, createPage) : response;
}

function isJson({ headers }: SandboxResponse): boolean {
  return String(headers['content-type']).startsWith('application/json');
}

function isText({ headers }: SandboxResponse): boolean {
  return String(headers['content-type']).startsWith('text/plain');
}

function renderText(
  request: SandboxRequest,
  response: SandboxResponse,
  createPage: CreatePage,
): SandboxResponse {
  const contentType = selectTextType(request);
  if (contentType === undefined) return createPage(response.status < 400 ? 406 : 500);
  return { ...withType(response, contentType), rendering: 'text' };
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
  const headers = Object.entries(response.headers).filter(([name]) => name !== 'content-type');
  return { ...response, headers: Object.fromEntries(headers), body: '' };
}

/**
 * Renders the result of a route. The real server notices that the client does not accept JSON only
 * after it has processed the request, and handles this like other exceptions of the route.
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
  const { status, headers, rendering } = response;
  if (contentType !== undefined) {
    // The token endpoint has already set the type of its successful responses.
    const isToken = request.path === '/oauth/token' && status === 200;
    if (isToken) return response;
    return protectFromDownload(request, withType(response, contentType));
  }
  // The exception handler cannot write its own response either, so the original exception remains.
  if (status === 405) return createPage(405);
  if (status >= 400 && rendering !== 'result') return createPage(500);
  if (/^\/(Users|Groups|ids)(\/|$)/.test(request.path)) {
    return keepEtag(renderException(request, createException('scim', notAcceptable)), headers);
  }
  if (/^\/approvals(\/|$)/.test(request.path)) {
    return renderException(request, createException('uaa', "Error accessing user's approvals"));
  }
  if (/^\/identity-zones(\/|$)/.test(request.path)) return { status: 500, headers: {}, body: '' };
  return keepEtag(createPage(406), headers);
}

/** Keeps the header that the route has already set. */
function keepEtag(
  response: SandboxResponse,
  { etag }: SandboxResponse['headers'],
): SandboxResponse {
  return etag === undefined ? response : withHeader(response, 'etag', etag);
}

function isParsable(request: SandboxRequest): boolean {
  return selectExceptionType(request) !== undefined;
}

const notAcceptable = 'Could not find acceptable representation';

/** Creates the error that some routes return if the client does not accept JSON. */
function createException(error: string, message: string): SandboxResponse {
  return {
    status: 400,
    headers: {},
    body: JSON.stringify(sortLikeHashMap({ error, message, error_description: message })),
    rendering: 'exception',
  };
}

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

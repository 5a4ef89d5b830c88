import { html, json, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { selectForwardedView, selectLanguage, selectView } from '../http/negotiation.js';

/** A page of the UAA and the data that it shows. */
export interface Page {
  readonly html: () => string;
  /** For clients that prefer JSON. */
  readonly data: () => unknown;
}

/** Renders a page as HTML, or its data as JSON if the client prefers it. */
export function renderView(
  request: SandboxRequest,
  page: Page,
  { status = 200, headers = {} }: Partial<Pick<SandboxResponse, 'status' | 'headers'>> = {},
): SandboxResponse {
  const isForwarded = request.path.startsWith('/oauth/authorize');
  const { format, contentType } = isForwarded ? selectForwardedView(request) : selectView(request);
  const all = {
    'content-type': contentType,
    'content-language': selectLanguage(request),
    ...headers,
  };
  if (format === 'html') return { ...html(status, page.html(), all), rendering: 'view' };
  const response = json(status, page.data(), {
    ...all,
    'cache-control': joinCacheControl(headers),
  });
  return { ...response, rendering: 'view' };
}

/** The JSON view adds its own directive to those of the route. */
function joinCacheControl(headers: SandboxResponse['headers']): string {
  return headers['cache-control'] === undefined ? 'no-store' : 'no-store, no-store';
}

/** Adds the language, which all responses of browser routes contain, even redirects. */
export function withLanguage(request: SandboxRequest, response: SandboxResponse): SandboxResponse {
  const language = { 'content-language': selectLanguage(request) };
  return { ...response, headers: { ...language, ...response.headers } };
}

import { empty, html, json, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { selectLanguage, selectView } from '../http/negotiation.js';

/** A page, and its data for clients that prefer JSON. */
export interface View {
  /** Default: 200. */
  readonly status?: number;
  readonly html: string;
  readonly model?: Readonly<Record<string, unknown>>;
}

/**
 * Renders a page, or its model as JSON. Like Spring MVC, shows only the value if the model has one
 * member, and prevents that JSON is stored in caches.
 *
 * @see Spring MVC 4.3 `MappingJackson2JsonView`
 */
export function renderView(request: SandboxRequest, view: View): SandboxResponse {
  const { status = 200, model = {} } = view;
  const { format, contentType } = selectView(selectRequestedFormat(request));
  const headers = { 'content-type': contentType, 'content-language': selectLanguage(request) };
  if (format === 'html') return { ...html(status, view.html, headers), rendering: 'view' };
  const values = Object.values(model);
  const body = values.length === 1 ? values[0] : model;
  return {
    ...json(status, body, { ...headers, 'cache-control': 'no-store' }),
    rendering: 'view',
  };
}

/** The parameter `format` takes precedence over the `Accept` header. `html` has a typing error. */
function selectRequestedFormat(request: SandboxRequest): SandboxRequest {
  const format = request.query.get('format');
  if (format === null) return request;
  const accept = { json: 'application/json', html: 'test/html' }[format] ?? 'application/xml';
  return { ...request, headers: { ...request.headers, accept } };
}

/** Creates the redirect of a route. @param location - a URL, or a path that starts with a slash. */
export function redirectView(request: SandboxRequest, location: string): SandboxResponse {
  return empty(302, {
    location: toAbsolute(request, location),
    'content-language': selectLanguage(request),
  });
}

/** Creates the redirect of a security filter. */
export function redirectByFilter(request: SandboxRequest, path: string): SandboxResponse {
  return empty(302, { location: toAbsolute(request, path) });
}

function toAbsolute({ origin }: SandboxRequest, location: string): string {
  return location.startsWith('/') ? `${origin}${location}` : location;
}

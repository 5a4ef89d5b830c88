import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { renderView as renderPageOrData } from '../browser/views.js';
import { selectLanguage } from '../http/negotiation.js';

/** A page, and its data for clients that prefer JSON. */
export interface View {
  /** Default: 200. */
  readonly status?: number;
  readonly html: string;
  readonly model?: Readonly<Record<string, unknown>>;
}

/**
 * Renders a page as HTML, or its model as JSON. If the model has only one member, Spring MVC
 * returns the value of this member instead of the whole model.
 *
 * @see Spring MVC 4.3 `MappingJackson2JsonView`
 */
export function renderView(request: SandboxRequest, view: View): SandboxResponse {
  const { status = 200, model = {} } = view;
  const values = Object.values(model);
  const data = values.length === 1 ? values[0] : model;
  return renderPageOrData(request, { html: () => view.html, data: () => data }, { status });
}

/**
 * Creates the redirect of a route. Unlike filters, Spring MVC adds the language.
 *
 * @param location - a URL, or a path that starts with a slash.
 */
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
